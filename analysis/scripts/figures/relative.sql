-- name: relative
-- what: returns against the benchmark's, on the dates that both have
-- parameters: $periods (of returns in a year), $risk_free (a year)
-- columns: beta, alpha, correlation, tracking_error, information_ratio, excess_return, up_capture,
--   down_capture
-- needs: returns, market
-- source: beta = cov(r, m) / var(m); alpha = (mean r - beta mean m) periods,
--   on returns above the risk-free rate; tracking error =
--   stdev(r - m) √periods; capture = mean r / mean m over the benchmark's up (down) days
SELECT ticker, bucket,
       covar_samp(r, m) / nullif(var_samp(m), 0) AS beta,
       (avg(r) - covar_samp(r, m) / nullif(var_samp(m), 0) * avg(m)) * $periods
           - $risk_free * (1 - covar_samp(r, m) / nullif(var_samp(m), 0)) AS alpha,
       CASE WHEN stddev_samp(r) > 0 AND stddev_samp(m) > 0 THEN corr(r, m) END AS correlation,
       stddev_samp(r - m) * sqrt($periods) AS tracking_error,
       avg(r - m) * $periods / nullif(stddev_samp(r - m) * sqrt($periods), 0) AS information_ratio,
       product(1 + r) - product(1 + m) AS excess_return,
       avg(r) FILTER (m > 0) / nullif(avg(m) FILTER (m > 0), 0) AS up_capture,
       avg(r) FILTER (m < 0) / nullif(avg(m) FILTER (m < 0), 0) AS down_capture
FROM returns JOIN market USING (date)
GROUP BY ticker, bucket
