-- name: crossings
-- what: the days on which a fast moving average crossed a slow one
-- parameters: $start, $end, $fast, $slow (days), $up and $down (names of the two crossings),
--   $crossings (those that are wanted)
-- columns: date, ticker, cross, price
-- needs: members
-- source: moving averages on the whole series, then cut; golden: from at or below to above,
--   death: from at or above to below. A fast average of 1 day is the price itself.
WITH averaged AS (
    SELECT ticker, date, adj_close,
           avg(adj_close) OVER (series ROWS BETWEEN $fast - 1 PRECEDING AND CURRENT ROW)
               - avg(adj_close) OVER (series ROWS BETWEEN $slow - 1 PRECEDING AND CURRENT ROW)
               AS difference,
           row_number() OVER series AS number
    FROM prices
    WHERE ticker IN (SELECT ticker FROM members)
    WINDOW series AS (PARTITION BY ticker ORDER BY date)
), compared AS (
    SELECT *, lag(difference) OVER (PARTITION BY ticker ORDER BY date) AS previous
    FROM averaged
    WHERE number >= $slow
), crossed AS (
    SELECT date, ticker, CASE WHEN previous <= 0 AND difference > 0 THEN $up
                              WHEN previous >= 0 AND difference < 0 THEN $down END AS "cross",
           adj_close AS price
    FROM compared
)
SELECT date, ticker, "cross", price
FROM crossed
WHERE "cross" = ANY($crossings) AND date > $start AND date <= $end
ORDER BY date, ticker
