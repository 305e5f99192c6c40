-- name: streaks
-- what: the longest runs of days that all closed up, or all down
-- parameters: $limit, $sign (1 up, -1 down)
-- columns: ticker, name, start, end, days, total_return
-- needs: days
-- source: a day without a change ends a run; the return counts from the close before the run
WITH marked AS (
    SELECT ticker, date, adj_close, previous_close, sign(simple_return) = $sign AS inside,
           count(*) FILTER (sign(simple_return) IS DISTINCT FROM $sign) OVER (
               PARTITION BY ticker ORDER BY date
           ) AS run
    FROM days
), runs AS (
    SELECT ticker, min(date) AS start, max(date) AS "end", count(*) AS days,
           arg_max(adj_close, date) / arg_min(previous_close, date) - 1 AS total_return
    FROM marked
    WHERE inside
    GROUP BY ticker, run
)
SELECT ticker, name, start, "end", days, total_return
FROM runs JOIN companies USING (ticker)
ORDER BY days DESC, $sign * total_return DESC, start, ticker
LIMIT $limit
