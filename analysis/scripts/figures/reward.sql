-- name: reward
-- what: yearly growth for each unit of the deepest fall
-- parameters: none
-- columns: calmar
-- needs: holding, drawdown
-- source: CAGR / |max drawdown|; under 365 days the total return stands in
SELECT ticker, bucket, coalesce(cagr, total_return) / nullif(abs(max_drawdown), 0) AS calmar
FROM holding JOIN drawdown USING (ticker, bucket)
