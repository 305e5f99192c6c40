-- name: days_rebalanced
-- what: the value of one dollar kept in equal parts in a group's members, every day anew
-- parameters: $start, $end; {group} names the group
-- columns: ticker, bucket, until, date, adj_close, previous_close, previous_date, simple_return
-- needs: members
-- source: the day's return is the mean of the members' returns; `ticker` is the group
WITH mean_returns AS (
    SELECT {group} AS label, date, avg(simple_return) AS simple_return,
           min(previous_date) AS previous_date
    FROM prices JOIN companies USING (ticker)
    WHERE date > $start AND date <= $end AND ticker IN (SELECT ticker FROM members)
      AND previous_close IS NOT NULL
    GROUP BY label, date
), chained AS (
    SELECT *, exp(sum(ln(1 + simple_return)) OVER (PARTITION BY label ORDER BY date)) AS value
    FROM mean_returns
)
SELECT label AS ticker, $end AS bucket, $end AS until, date, value AS adj_close,
       value / (1 + simple_return) AS previous_close, previous_date, simple_return
FROM chained
