-- name: indicators
-- what: moving averages, RSI, MACD and Bollinger bands of every day of the members' whole series
-- parameters: $series_from (six years before the days that are wanted: what lies before them
--   weighs less than 1e-40); {averages}: one expression for each sma_<n> that is wanted
-- columns: price, sma_50, sma_200, rsi, macd, macd_signal, macd_histogram, bollinger_upper, bollinger_lower
-- needs: members
-- source: RSI by Wilder over 14 days, seeded with the mean of the first 14 changes; EMAs of 12,
--   26 and 9 days seeded with the first close; Bollinger 20 days, population deviation (ddof 0).
--   An average y_k = (1 - a) y_(k-1) + a x_k is summed in blocks of 1,024 days, in closed form:
--   y_k = (1 - a)^k * sum(a x_i (1 - a)^-i) + (1 - a)^(k + 1) * (y at the end of the block before).
--   What lies two blocks back weighs less than 1e-32 and is left out.
WITH series AS (
    SELECT ticker, date, adj_close AS x, adj_close - previous_close AS change,
           row_number() OVER (PARTITION BY ticker ORDER BY date) - 1 AS number
    FROM prices
    WHERE ticker IN (SELECT ticker FROM members) AND date >= $series_from
), blocked AS (
    SELECT *, number // 1024 AS block, number % 1024 AS k,
           -- The seed of Wilder's averages stands at the 14th change and weighs 1, not 1/14.
           CASE WHEN number < 14 THEN 0 WHEN number > 14 THEN greatest(change, 0) / 14
                ELSE avg(greatest(change, 0)) OVER fortnight END AS gain,
           CASE WHEN number < 14 THEN 0 WHEN number > 14 THEN greatest(-change, 0) / 14
                ELSE avg(greatest(-change, 0)) OVER fortnight END AS loss
    FROM series
    WINDOW fortnight AS (PARTITION BY ticker ORDER BY date ROWS 13 PRECEDING)
), inside AS (
    SELECT ticker, date, number, block, k, x,
           pow(11 / 13, k) * sum(if(number = 0, x, x * 2 / 13) * pow(11 / 13, -k)) OVER b AS fast,
           pow(25 / 27, k) * sum(if(number = 0, x, x * 2 / 27) * pow(25 / 27, -k)) OVER b AS slow,
           pow(13 / 14, k) * sum(gain * pow(13 / 14, -k)) OVER b AS gain,
           pow(13 / 14, k) * sum(loss * pow(13 / 14, -k)) OVER b AS loss
    FROM blocked
    WINDOW b AS (PARTITION BY ticker, block ORDER BY date)
), ends AS (
    SELECT ticker, block + 1 AS block, fast, slow, gain, loss FROM inside WHERE k = 1023
), averaged AS (
    SELECT ticker, date, number, block, k, x,
           inside.fast + pow(11 / 13, k + 1) * coalesce(ends.fast, 0)
               - inside.slow - pow(25 / 27, k + 1) * coalesce(ends.slow, 0) AS macd,
           inside.gain + pow(13 / 14, k + 1) * coalesce(ends.gain, 0) AS gain,
           inside.loss + pow(13 / 14, k + 1) * coalesce(ends.loss, 0) AS loss
    FROM inside LEFT JOIN ends USING (ticker, block)
), signal_inside AS (
    SELECT *, pow(0.8, k) * sum(if(number = 0, macd, macd * 0.2) * pow(0.8, -k)) OVER b AS signal
    FROM averaged
    WINDOW b AS (PARTITION BY ticker, block ORDER BY date)
), signal_ends AS (
    SELECT ticker, block + 1 AS block, signal FROM signal_inside WHERE k = 1023
), smoothed AS (
    SELECT ticker, date, number, x, macd, gain, loss,
           inside.signal + pow(0.8, k + 1) * coalesce(ends.signal, 0) AS signal
    FROM signal_inside AS inside LEFT JOIN signal_ends AS ends USING (ticker, block)
)
SELECT ticker, date, x AS price,
       {averages},
       CASE WHEN number >= 14 AND gain + loss > 0 THEN 100 * gain / (gain + loss) END AS rsi,
       macd, signal AS macd_signal, macd - signal AS macd_histogram,
       CASE WHEN number >= 19 THEN avg(x) OVER (s ROWS 19 PRECEDING)
            + 2 * stddev_pop(x) OVER (s ROWS 19 PRECEDING) END AS bollinger_upper,
       CASE WHEN number >= 19 THEN avg(x) OVER (s ROWS 19 PRECEDING)
            - 2 * stddev_pop(x) OVER (s ROWS 19 PRECEDING) END AS bollinger_lower
FROM smoothed
WINDOW s AS (PARTITION BY ticker ORDER BY date)
