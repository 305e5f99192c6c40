-- name: returns_coarse
-- what: the members' weekly or monthly returns in the window
-- parameters: $start, $end; {table}: weeks or months; {formula}: simple_return or its logarithm
-- columns: ticker, bucket, date, r
-- needs: members
-- source: last close of the period / last close of the one before - 1, dated on its last day
SELECT ticker, $end AS bucket, date, {formula} AS r
FROM {table}
WHERE date > $start AND date <= $end AND previous_close IS NOT NULL
  AND ticker IN (SELECT ticker FROM members)
