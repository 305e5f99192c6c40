-- name: periods
-- what: the same figures of the same tickers in several stretches of time
-- parameters: $tickers; {union}: a statement for each stretch; {metrics}
-- columns: period, ticker, name, {metrics}
-- source: the metrics' own; each stretch is computed as it would be alone
SELECT period, ticker, name, {metrics}
FROM (
{union}
)
ORDER BY list_position($tickers, ticker::VARCHAR), place
