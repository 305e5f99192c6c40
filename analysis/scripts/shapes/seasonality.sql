-- name: seasonality
-- what: the typical return of each month of the year, or of each weekday
-- parameters: $start, $end; {table}, {label}, {number}, {whole}
-- columns: period, ticker, mean, median, hit_rate, n
-- needs: members
-- source: hit rate is the share of positive returns; partial periods are left out
SELECT {label} AS period, ticker, avg(simple_return) AS mean, median(simple_return) AS median,
       count(*) FILTER (simple_return > 0) / count(*) AS hit_rate, count(*) AS n
FROM {table}
WHERE date > $start AND date <= $end AND previous_close IS NOT NULL AND {whole}
  AND ticker IN (SELECT ticker FROM members)
GROUP BY {number}, {label}, ticker
ORDER BY {number}, ticker
