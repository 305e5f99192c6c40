-- name: momentum
-- what: the return since some calendar months ago
-- parameters: $end, $months (look-back), $skipped (latest months left out: 1 for 12-1, else 0)
-- columns: momentum
-- needs: members
-- source: closes at or before the same day some months ago: P_(t - skipped) / P_(t - months) - 1
WITH closes AS (
    SELECT ticker,
           arg_max(adj_close, date)
               FILTER (date <= $end - to_months($skipped)) AS recent,
           arg_max(adj_close, date)
               FILTER (date <= $end - to_months($months)) AS past
    FROM prices
    WHERE date <= $end AND date > $end - to_months($months + 1)
      AND ticker IN (SELECT ticker FROM members)
    GROUP BY ticker
)
SELECT ticker, $end AS bucket, recent / past - 1 AS momentum
FROM closes
