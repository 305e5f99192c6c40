-- name: aggregate_mean
-- what: the mean of the members' figures, for a scope or for each sector or industry
-- parameters: $limit; {group}, {label}, {metric}, {means}, {order}, {conditions}
-- columns: {label}, members, {metrics}
-- needs: figures
-- source: every member counts the same; a member without the figure is left out of its mean
WITH grouped AS (
    SELECT {group} AS {label}, count(*) AS members, {means}
    FROM figures JOIN companies USING (ticker)
    GROUP BY ALL
)
SELECT * FROM grouped
WHERE {metric} IS NOT NULL AND {conditions}
ORDER BY {metric} {order}, {label}
LIMIT $limit
