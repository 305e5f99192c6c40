-- name: days_rolling
-- what: for each day of the window the last $rolling days, which may begin before the window
-- parameters: $start, $end, $rolling (trading days)
-- columns: ticker, bucket, until, date, adj_close, previous_close, previous_date, simple_return
-- needs: members
-- source: rolling figures are computed on the whole series and then cut to the window
WITH numbered AS (
    SELECT *, row_number() OVER (PARTITION BY ticker ORDER BY date) AS number
    FROM prices
    WHERE ticker IN (SELECT ticker FROM members) AND previous_close IS NOT NULL
), spread_out AS (
    SELECT *, unnest(range(number, number + $rolling)) AS last_number
    FROM numbered
    WHERE date <= $end
)
SELECT ticker, ends.date AS bucket, ends.date AS until, spread_out.date,
       spread_out.adj_close, spread_out.previous_close, spread_out.previous_date,
       spread_out.simple_return
FROM spread_out JOIN numbered AS ends USING (ticker)
WHERE ends.number = last_number AND ends.number >= $rolling
  AND ends.date > $start AND ends.date <= $end
