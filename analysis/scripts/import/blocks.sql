-- name: blocks
-- what: what a drawdown needs to know of a ticker's month, so that it need not read its days
-- parameters: none; reads prices
-- columns: none; creates blocks (ticker, first_day, high, low, drawdown)
-- source: min over t of P_t / max(M, m_t), where M is the maximum before the month and m_t the
--   running one inside it, is the lesser of low / M and the month's own drawdown
CREATE TABLE blocks AS
WITH running AS (
    SELECT ticker, date_trunc('month', date)::DATE AS first_day, adj_close,
           max(adj_close) OVER (
               PARTITION BY ticker, date_trunc('month', date) ORDER BY date
           ) AS peak
    FROM prices
)
SELECT ticker, first_day, max(adj_close) AS high, min(adj_close) AS low,
       min(adj_close / peak - 1) AS drawdown
FROM running
GROUP BY ticker, first_day
ORDER BY ticker, first_day;
