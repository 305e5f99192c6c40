-- name: spread
-- what: how daily returns scatter, and what they pay for it
-- parameters: $periods (of returns in a year), $risk_free (a year)
-- columns: volatility, mean_return, best_day, worst_day, up_day_share, skewness, kurtosis, sharpe, sortino
-- needs: returns
-- source: sample standard deviation (ddof 1), sample skewness and excess kurtosis; Sharpe and
--   Sortino on returns above the risk-free rate, the downside over all days
SELECT ticker, bucket,
       stddev_samp(r) * sqrt($periods) AS volatility,
       avg(r) AS mean_return,
       max(r) AS best_day,
       min(r) AS worst_day,
       count(*) FILTER (r > 0) / count(*) AS up_day_share,
       skewness(r) AS skewness,
       kurtosis(r) AS kurtosis,
       (avg(r) - $risk_free / $periods) / nullif(stddev_samp(r), 0) * sqrt($periods) AS sharpe,
       (avg(r) - $risk_free / $periods) * $periods
           / nullif(sqrt(avg(pow(least(r - $risk_free / $periods, 0), 2))) * sqrt($periods), 0)
           AS sortino
FROM returns
GROUP BY ticker, bucket
