-- name: pieces_daily
-- what: every day, and the base price before the first, for a running maximum
-- parameters: none
-- columns: ticker, bucket, date, high, low, drawdown
-- needs: days
-- source: the base price takes part
SELECT ticker, bucket, date, adj_close AS high, adj_close AS low, 0 AS drawdown FROM days
UNION ALL
SELECT ticker, bucket, min(previous_date), arg_min(previous_close, date),
       arg_min(previous_close, date), 0
FROM days
WHERE previous_close IS NOT NULL
GROUP BY ticker, bucket
