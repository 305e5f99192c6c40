-- name: count
-- what: how many days, weeks, months or years met a condition
-- parameters: $start, $end, $limit and the bounds; {table}, {conditions}, {order}
-- columns: ticker, name, count, periods, share
-- needs: members
-- source: a period belongs to the window that its last day lies in
SELECT ticker, name, count(*) FILTER ({conditions}) AS count, count(*) AS periods,
       count(*) FILTER ({conditions}) / count(*) AS share
FROM {table} JOIN companies USING (ticker)
WHERE date > $start AND date <= $end AND previous_close IS NOT NULL
  AND ticker IN (SELECT ticker FROM members)
GROUP BY ticker, name
ORDER BY count {order}, ticker
LIMIT $limit
