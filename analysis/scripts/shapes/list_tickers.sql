-- name: list_tickers
-- what: the tickers that can be asked about
-- parameters: those of the {scope} conditions
-- columns: ticker, name, sector, industry, first_date, last_date
-- source: the tickers file, and the dates of the prices
SELECT ticker, name, sector, industry, first_date, last_date
FROM companies
WHERE {scope}
ORDER BY ticker
