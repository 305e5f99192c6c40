-- name: figures_by_ticker
-- what: the figures of the tickers that were named, in the order in which they were named
-- parameters: $tickers; {metrics} from the registry of metrics
-- columns: ticker, name, {metrics}
-- needs: members, figures
-- source: the metrics' own
SELECT ticker, name, {metrics}
FROM members LEFT JOIN figures USING (ticker) JOIN companies USING (ticker)
ORDER BY list_position($tickers, ticker::VARCHAR)
