-- name: screen
-- what: the stocks for which every condition holds
-- parameters: $limit and the bounds of the conditions; {metric}, {order}, {metrics}, {conditions}
-- columns: ticker, name, {metrics}
-- needs: figures
-- source: "more than" is strict, "at least" and "between" include the bound
SELECT ticker, name, {metrics}
FROM figures JOIN companies USING (ticker)
WHERE {conditions}
ORDER BY {metric} {order} NULLS LAST, ticker
LIMIT $limit
