-- name: drawdowns
-- what: falls from a peak, with the dates of peak, trough and recovery
-- parameters: $end, $limit, $each (falls of one ticker); {which}, {low}, {trough}, {metric}
-- columns: ticker, name, {metric}, peak, trough, recovery, days
-- needs: days
-- source: P_t / running maximum - 1, the base price included; recovery is the first close at or
--   above the peak, looked for to the end of the data; days are calendar days from the peak to
--   the recovery, or to the last close
WITH closes AS (
    SELECT ticker, date, adj_close FROM days
    UNION ALL
    SELECT ticker, min(previous_date), arg_min(previous_close, date)
    FROM days WHERE previous_close IS NOT NULL GROUP BY ticker
), running AS (
    SELECT *, max(adj_close) OVER (PARTITION BY ticker ORDER BY date) AS high FROM closes
), numbered AS (
    SELECT *, count(*) FILTER (adj_close = high) OVER (PARTITION BY ticker ORDER BY date) AS fall
    FROM running
), falls AS (
    SELECT ticker, fall, min(date) AS peak, max(date) AS last, any_value(high) AS high,
           {trough} AS trough, {low} / any_value(high) - 1 AS depth
    FROM numbered
    GROUP BY ticker, fall
), chosen AS (
    SELECT * FROM falls
    WHERE {which}
    QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY depth, peak) <= $each
    ORDER BY depth, ticker LIMIT $limit
), recovered AS (
    SELECT chosen.ticker, fall, min(date) AS recovery
    FROM chosen JOIN prices ON prices.ticker = chosen.ticker AND date > trough AND adj_close >= high
    GROUP BY chosen.ticker, fall
)
SELECT ticker, name, depth AS {metric}, peak, trough, recovery,
       coalesce(recovery, last_date) - peak AS days
FROM chosen LEFT JOIN recovered USING (ticker, fall) JOIN companies USING (ticker)
ORDER BY {metric}, ticker, peak
