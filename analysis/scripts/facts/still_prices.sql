-- name: still_prices
-- what: until when a ticker's price stood still on most days, as coarsely quoted prices do
-- parameters: none
-- columns: ticker, until
-- source: the last day of the last calendar year in which more than half of the daily returns are 0
WITH years AS (
    SELECT ticker, max(date) AS until, avg((simple_return = 0)::INTEGER) AS still
    FROM prices
    WHERE previous_close IS NOT NULL
    GROUP BY ticker, year(date)
)
SELECT ticker, max(until) AS until
FROM years
WHERE still > 0.5
GROUP BY ticker
ORDER BY ticker
