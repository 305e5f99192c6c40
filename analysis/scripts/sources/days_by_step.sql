-- name: days_by_step
-- what: the members' closes in the window, each in the step that it belongs to
-- parameters: $start, $end; {period}
-- columns: ticker, bucket, until, date, adj_close, previous_close, previous_date, simple_return
-- needs: members, steps
-- source: as for days
SELECT ticker, bucket, until, date, adj_close, previous_close, previous_date, simple_return
FROM prices JOIN steps ON date_trunc('{period}', date)::DATE = first_day
WHERE date > $start AND date <= $end AND ticker IN (SELECT ticker FROM members)
