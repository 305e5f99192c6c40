-- name: holding
-- what: what holding from the base price to the last close brought
-- parameters: $held_from (the window's start, where it has one)
-- columns: total_return, growth, cagr
-- needs: days
-- source: CAGR = (P_end / P_base)^(365.25 / calendar days between the two closes) - 1, null where
--   the window, or what the ticker has of it, is shorter than 365 days
WITH ends AS (
    SELECT ticker, bucket,
           coalesce(arg_min(previous_close, date), arg_min(adj_close, date)) AS base,
           coalesce(arg_min(previous_date, date), min(date)) AS base_date,
           arg_max(adj_close, date) AS last, max(date) AS last_date, max(until) AS until
    FROM days
    GROUP BY ticker, bucket
)
SELECT ticker, bucket, last / base - 1 AS total_return, last / base AS growth,
       CASE WHEN until - greatest(base_date, $held_from) >= 365
            THEN pow(last / base, 365.25 / (last_date - base_date)) - 1 END AS cagr
FROM ends
