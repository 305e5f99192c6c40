-- name: rank_each
-- what: the stocks with the highest or lowest figure of each sector or industry
-- parameters: $limit, $before; {label}, {metric}, {order}, {metrics}, {conditions}
-- columns: rank, {label}, ticker, name, {metrics}
-- needs: figures
-- source: as for rank; ranks are counted within each group; who belongs to none is left out
SELECT row_number() OVER (PARTITION BY {label} ORDER BY {metric} {order}, ticker) AS rank,
       {label}, ticker, name, {metrics}
FROM figures JOIN companies USING (ticker)
WHERE {label} <> '' AND {metric} IS NOT NULL AND {conditions}
QUALIFY rank > $before AND rank <= $before + $limit
ORDER BY {label}, rank
