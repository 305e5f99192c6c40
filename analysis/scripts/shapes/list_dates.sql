-- name: list_dates
-- what: which days the prices cover
-- parameters: none
-- columns: first_date, last_date, trading_days
-- source: the calendar of the loaded prices
SELECT min(date) AS first_date, max(date) AS last_date, count(*) AS trading_days
FROM calendar
