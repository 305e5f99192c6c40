-- name: drawdown
-- what: the deepest fall from a peak inside the window
-- parameters: none
-- columns: max_drawdown
-- needs: pieces
-- source: min(P_t / running maximum - 1), the base price included
WITH running AS (
    SELECT ticker, bucket, low, drawdown,
           max(high) OVER (
               PARTITION BY ticker, bucket ORDER BY date
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
           ) AS peak
    FROM pieces
)
SELECT ticker, bucket, min(least(drawdown, coalesce(low / peak - 1, 0))) AS max_drawdown
FROM running
GROUP BY ticker, bucket
