-- name: pieces
-- what: the window cut into whole months and single days, for a running maximum over few rows
-- parameters: $start, $end
-- columns: ticker, bucket, date, high, low, drawdown
-- needs: members
-- source: the base price takes part; what lies inside a whole month was computed at import
SELECT ticker, $end AS bucket, first_day AS date, high, low, drawdown
FROM blocks
WHERE first_day > $start AND first_day + INTERVAL 1 MONTH <= $end + INTERVAL 1 DAY
  AND ticker IN (SELECT ticker FROM members)
UNION ALL
SELECT ticker, $end, date, adj_close, adj_close, 0
FROM prices
WHERE date > $start AND date <= $end
  AND (date < date_trunc('month', $start) + INTERVAL 1 MONTH
       OR date >= date_trunc('month', $end + INTERVAL 1 DAY))
  AND ticker IN (SELECT ticker FROM members)
UNION ALL
SELECT ticker, $end, previous_date, previous_close, previous_close, 0
FROM prices
WHERE date > $start AND date <= $end AND previous_date <= $start
  AND ticker IN (SELECT ticker FROM members)
