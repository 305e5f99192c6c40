-- name: market
-- what: the benchmark's returns in the window
-- parameters: $start, $end, $benchmark; {formula} and {table} as for returns
-- columns: date, m
-- source: as for returns
SELECT date, {formula} AS m
FROM {table}
WHERE ticker = $benchmark AND date > $start AND date <= $end AND previous_close IS NOT NULL
