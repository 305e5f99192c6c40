-- name: days
-- what: the members' closes in the window, each with the one before it
-- parameters: $start, $end
-- columns: ticker, bucket, until, date, adj_close, previous_close, previous_date, simple_return
-- needs: members
-- source: return dates are (start, end]; the first row's previous close is the base price
SELECT ticker, $end AS bucket, $end AS until, date,
       adj_close, previous_close, previous_date, simple_return
FROM prices
WHERE date > $start AND date <= $end AND ticker IN (SELECT ticker FROM members)
