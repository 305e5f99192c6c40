-- name: highs
-- what: how far the last close is from the highs and lows before it
-- parameters: $end, $high_from (current drawdown counts from here on)
-- columns: price, high_52w, low_52w, all_time_high, current_drawdown, high_52w_price, high_52w_date, low_52w_price, low_52w_date, all_time_high_price, all_time_high_date
-- needs: members
-- source: adjusted closes; 52 weeks are the last 252 trading days; the current drawdown counts
--   from the all-time high unless a window is named
WITH year_ago AS (
    SELECT max(number) - 252 AS number FROM calendar WHERE date <= $end
), recent AS (
    SELECT ticker, max(adj_close) AS high, arg_max(date, adj_close) AS high_date,
           min(adj_close) AS low, arg_min(date, adj_close) AS low_date
    FROM prices
    WHERE date <= $end AND ticker IN (SELECT ticker FROM members)
      AND date > (SELECT max(date) FROM calendar
                  WHERE number <= greatest((SELECT number FROM year_ago), 0) OR number = 1)
    GROUP BY ticker
), ever AS (
    SELECT ticker, max(adj_close) AS high, arg_max(date, adj_close) AS high_date,
           arg_max(adj_close, date) AS last,
           max(adj_close) FILTER (date >= $high_from) AS window_high
    FROM prices
    WHERE date <= $end AND ticker IN (SELECT ticker FROM members)
    GROUP BY ticker
)
SELECT ticker, $end AS bucket, last AS price, last / recent.high - 1 AS high_52w,
       last / recent.low - 1 AS low_52w, last / ever.high - 1 AS all_time_high,
       last / window_high - 1 AS current_drawdown,
       recent.high AS high_52w_price, recent.high_date AS high_52w_date,
       recent.low AS low_52w_price, recent.low_date AS low_52w_date,
       ever.high AS all_time_high_price, ever.high_date AS all_time_high_date
FROM ever JOIN recent USING (ticker)
