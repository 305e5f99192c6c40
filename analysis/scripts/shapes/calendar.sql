-- name: calendar
-- what: the returns of calendar years, quarters or months
-- parameters: $start, $end; {table}, {label}
-- columns: period, ticker, total_return, partial
-- needs: members
-- source: last close of the period / last close of the one before - 1; partial where the data
--   begin or end inside it, then from its first or to its last close
SELECT {label} AS period, ticker, simple_return AS total_return, partial
FROM {table}
WHERE first_day > $start AND date <= $end AND ticker IN (SELECT ticker FROM members)
ORDER BY first_day, ticker
