-- name: rank
-- what: the stocks with the highest or lowest figure
-- parameters: $limit, $before; {metric}, {order}, {metrics}, {conditions} from the registry of metrics
-- columns: rank, ticker, name, {metrics}
-- needs: figures
-- source: ties are broken by ticker; a stock without the figure is not ranked
SELECT row_number() OVER (ORDER BY {metric} {order}, ticker) AS rank, ticker, name, {metrics}
FROM figures JOIN companies USING (ticker)
WHERE {metric} IS NOT NULL AND {conditions}
ORDER BY rank
LIMIT $limit OFFSET $before
