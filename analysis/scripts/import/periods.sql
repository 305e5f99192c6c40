-- name: periods
-- what: one row for each ticker and {period}: a coarser series with the columns of prices
-- parameters: {period} and {table} are replaced by the import (week and weeks, ...)
-- columns: none; creates {table}
-- source: a period's return is its last close / the last close of the one before - 1. Where a
--   ticker starts inside a period, its first close is the base and the period is partial, as is
--   the last one when its last weekday lies after the data.
CREATE TABLE {table} AS
WITH closes AS (
    SELECT ticker, date_trunc('{period}', date)::DATE AS first_day, max(date) AS date,
           arg_max(adj_close, date) AS adj_close, arg_min(adj_close, date) AS first_close
    FROM prices
    GROUP BY ticker, first_day
), chained AS (
    SELECT *, lag(adj_close) OVER series AS previous_close, lag(date) OVER series AS previous_date,
           first_day + INTERVAL 1 {period} - INTERVAL 1 DAY AS last_day
    FROM closes
    WINDOW series AS (PARTITION BY ticker ORDER BY date)
)
SELECT ticker, first_day, date, adj_close, previous_close, previous_date,
       adj_close / coalesce(previous_close, first_close) - 1 AS simple_return,
       previous_close IS NULL
           OR (last_day - INTERVAL (greatest(isodow(last_day) - 5, 0)) DAY)::DATE
              > (SELECT max(date) FROM calendar) AS partial
FROM chained
ORDER BY ticker, date;
