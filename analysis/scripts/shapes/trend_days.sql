-- name: trend_days
-- what: price, growth, total return or drawdown on every day of the window
-- parameters: {metric}; {sampled}: empty, or what keeps the last day of each step
-- columns: date, ticker, {metric}
-- needs: days
-- source: growth = P_t / P_base; drawdown = P_t / running maximum - 1, the base price included
WITH based AS (
    SELECT ticker, date, adj_close AS price, simple_return AS day_return,
           first_value(coalesce(previous_close, adj_close)) OVER series AS base,
           greatest(max(adj_close) OVER series, base) AS peak
    FROM days
    WINDOW series AS (PARTITION BY ticker ORDER BY date)
), lines AS (
    SELECT date, ticker, price, day_return, price / base AS growth,
           price / base - 1 AS total_return, price / peak - 1 AS max_drawdown,
           price / peak - 1 AS current_drawdown
    FROM based
)
SELECT date, ticker, {metric}
FROM lines
{sampled}
ORDER BY date, ticker
