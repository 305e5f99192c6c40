-- name: price
-- what: the adjusted close of a day, or of the last trading day before it
-- parameters: $date, $tickers
-- columns: ticker, name, date, price
-- needs: members
-- source: adjusted for splits and dividends, so not the price that was quoted
SELECT ticker, name, max(date) AS date, arg_max(adj_close, date) AS price
FROM prices JOIN companies USING (ticker)
WHERE date <= $date AND ticker IN (SELECT ticker FROM members)
GROUP BY ticker, name
ORDER BY list_position($tickers, ticker::VARCHAR), ticker
