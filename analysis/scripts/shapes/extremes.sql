-- name: extremes
-- what: the best or worst days, weeks, months, quarters or years
-- parameters: $start, $end, $limit, $before; {table}, {metric}, {order}, {conditions}
-- columns: ticker, name, date, {metric}
-- needs: members
-- source: last close of the period / last close of the one before - 1, dated on its last day
SELECT ticker, name, date, simple_return AS {metric}
FROM {table} JOIN companies USING (ticker)
WHERE date > $start AND date <= $end AND previous_close IS NOT NULL
  AND ticker IN (SELECT ticker FROM members) AND {conditions}
ORDER BY {metric} {order}, date, ticker
LIMIT $limit OFFSET $before
