-- name: market
-- what: the benchmark's returns in the window
-- parameters: $market_from, $end, $benchmark; {formula} and {table} as for returns
-- columns: date, m
-- source: as for returns
SELECT date, {formula} AS m
FROM {table}
WHERE ticker = $benchmark AND date > $market_from AND date <= $end AND previous_close IS NOT NULL
