-- name: list_groups
-- what: the sectors or industries, and who belongs to them
-- parameters: those of the {scope} conditions; {label}
-- columns: {label}, members, tickers
-- source: the tickers file
SELECT {label}, count(*) AS members, string_agg(ticker::VARCHAR, ', ' ORDER BY ticker) AS tickers
FROM companies
WHERE {label} <> '' AND {scope}
GROUP BY {label}
ORDER BY {label}
