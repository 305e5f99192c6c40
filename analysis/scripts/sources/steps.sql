-- name: steps
-- what: the window cut into calendar years, quarters or months
-- parameters: $start, $end; {period}
-- columns: first_day, bucket, until
-- source: a step is named by its last trading day; `until` is its last calendar day
SELECT date_trunc('{period}', date)::DATE AS first_day, max(date) AS bucket,
       least((first_day + INTERVAL 1 {period} - INTERVAL 1 DAY)::DATE, $end) AS until
FROM calendar
WHERE date > $start AND date <= $end
GROUP BY first_day
