-- name: aggregate_portfolio
-- what: the figures of an equal-weight portfolio of a scope, or of each sector or industry
-- parameters: $limit, $before; {group}, {label}, {metric}, {metrics}, {order}, {conditions}
-- columns: {label}, members, {metrics}
-- needs: figures
-- source: the portfolio's daily values are treated as one stock's closes
WITH sizes AS (
    SELECT {group} AS label, count(*) AS members
    FROM members JOIN companies USING (ticker)
    WHERE {group} <> ''
    GROUP BY ALL
)
SELECT label AS {label}, members, {metrics}
FROM figures JOIN sizes ON figures.ticker = label
WHERE {metric} IS NOT NULL AND {conditions}
ORDER BY {metric} {order}, label
LIMIT $limit OFFSET $before
