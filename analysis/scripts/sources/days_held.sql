-- name: days_held
-- what: the value of one dollar put in equal parts into a group's members and left alone
-- parameters: $start, $end; {group} names the group
-- columns: ticker, bucket, until, date, adj_close, previous_close, previous_date, simple_return
-- needs: members
-- source: bought at the base prices, in equal amounts, never rebalanced; `ticker` is the group
WITH member_days AS (
    SELECT ticker, {group} AS label, date, adj_close, previous_close, previous_date,
           first_value(coalesce(previous_close, adj_close)) OVER series AS base
    FROM prices JOIN companies USING (ticker)
    WHERE date > $start AND date <= $end AND ticker IN (SELECT ticker FROM members)
    WINDOW series AS (PARTITION BY ticker ORDER BY date)
), total AS (
    SELECT label, date, avg(adj_close / base) AS adj_close, avg(previous_close / base) AS previous,
           min(previous_date) AS previous_date
    FROM member_days
    GROUP BY label, date
)
SELECT label AS ticker, $end AS bucket, $end AS until, date, adj_close,
       previous AS previous_close, previous_date, adj_close / previous - 1 AS simple_return
FROM total
