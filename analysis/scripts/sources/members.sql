-- name: members
-- what: the tickers that take part
-- parameters: those of the {scope} conditions
-- columns: ticker
-- source: a stock takes part when it has prices on 80 % of the window's trading days
SELECT ticker
FROM companies
WHERE {scope}
