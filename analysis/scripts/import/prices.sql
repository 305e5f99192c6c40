-- name: prices
-- what: the table of daily closes, and the days on which the exchange was open
-- parameters: none; reads `checked` (ticker, date, adj_close, previous_close, previous_date)
-- columns: none; creates prices and calendar
-- source: returns are simple, P_t / P_{t-1} - 1, on the whole series of a ticker
CREATE TYPE symbol AS ENUM (SELECT DISTINCT ticker FROM checked ORDER BY ticker);

CREATE TABLE prices AS
SELECT ticker::symbol AS ticker, date, adj_close, previous_close, previous_date,
       adj_close / previous_close - 1 AS simple_return
FROM checked
ORDER BY ticker, date;

CREATE TABLE calendar AS SELECT date, number FROM trading_days ORDER BY date;
