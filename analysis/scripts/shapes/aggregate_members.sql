-- name: aggregate_members
-- what: the mean or median of the members' figures, for a scope or for each sector or industry
-- parameters: $limit, $before; {group}, {label}, {metric}, {summaries}, {order}, {conditions}
-- columns: {label}, members, {metrics}
-- needs: figures
-- source: every member counts the same; a member without the figure is left out
WITH grouped AS (
    SELECT {group} AS {label}, count(*) AS members, {summaries}
    FROM figures JOIN companies USING (ticker)
    WHERE {group} <> ''
    GROUP BY ALL
)
SELECT * FROM grouped
WHERE {metric} IS NOT NULL AND {conditions}
ORDER BY {metric} {order}, {label}
LIMIT $limit OFFSET $before
