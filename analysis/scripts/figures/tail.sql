-- name: tail
-- what: the loss that few days exceed, and the mean of those days
-- parameters: $tail (1 - confidence)
-- columns: var_95, cvar_95
-- needs: returns
-- source: historical, percentile with linear interpolation; both are negative
WITH cut AS (
    SELECT ticker, bucket, quantile_cont(r, $tail) AS var_95 FROM returns GROUP BY ticker, bucket
)
SELECT ticker, bucket, any_value(var_95) AS var_95, avg(r) AS cvar_95
FROM returns JOIN cut USING (ticker, bucket)
WHERE r <= var_95
GROUP BY ticker, bucket
