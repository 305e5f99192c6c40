-- name: companies
-- what: who the tickers are, with the dates and trading days between which each has prices
-- parameters: none; reads prices and `listed` (position, ticker, name, ..., aliases)
-- columns: none; creates companies
-- source: the tickers file; without one, what was known before, else the ticker itself
CREATE TABLE companies AS
WITH lives AS (
    SELECT ticker, min(date) AS first_date, max(date) AS last_date FROM prices GROUP BY ticker
)
SELECT position, lives.ticker, name, short_name, sector, industry, kind, aliases,
       first_date, last_date,
       (SELECT min(number) FROM calendar WHERE date >= first_date) AS first_day,
       (SELECT max(number) FROM calendar WHERE date <= last_date) AS last_day
FROM listed JOIN lives ON listed.ticker = lives.ticker::VARCHAR
ORDER BY position;
