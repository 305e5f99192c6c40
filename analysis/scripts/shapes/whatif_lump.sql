-- name: whatif_lump
-- what: what an amount that was invested once became
-- parameters: $amount, $limit; {entity}, {label}
-- columns: ticker, name, invested, value, total_return
-- needs: days
-- source: bought at the base price, valued at the window's last close
WITH held AS (
    SELECT ticker, coalesce(arg_min(previous_close, date), arg_min(adj_close, date)) AS base,
           arg_max(adj_close, date) AS last
    FROM days
    GROUP BY ticker
)
SELECT {entity} AS ticker, {label} AS name, $amount AS invested, $amount * last / base AS value,
       last / base - 1 AS total_return
FROM held LEFT JOIN companies ON companies.ticker::VARCHAR = held.ticker::VARCHAR
ORDER BY value DESC, ticker
LIMIT $limit
