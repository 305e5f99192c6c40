-- name: span
-- what: the first and last trading day of the window, counted on the calendar
-- parameters: $start, $end
-- columns: first_day, last_day
-- source: return dates are (start, end]
SELECT min(number) AS first_day, max(number) AS last_day
FROM calendar
WHERE date > $start AND date <= $end
