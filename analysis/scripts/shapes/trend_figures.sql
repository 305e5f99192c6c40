-- name: trend_figures
-- what: a figure for each day (rolling) or for each year, quarter or month of the window
-- parameters: {metric}; {entity} and {value}: ticker and metric, or a group and its mean
-- columns: date, ticker, {metric}
-- needs: figures
-- source: the metric's own
SELECT bucket AS date, {entity} AS ticker, {value} AS {metric}
FROM figures
WHERE {metric} IS NOT NULL
GROUP BY ALL
ORDER BY date, ticker
