-- name: matrix
-- what: the correlations of all tickers with each other
-- parameters: none
-- columns: ticker_a, ticker_b, correlation
-- needs: returns
-- source: Pearson's coefficient on the dates that both have
SELECT a.ticker AS ticker_a, b.ticker AS ticker_b,
       CASE WHEN a.ticker = b.ticker THEN 1.0 ELSE corr(a.r, b.r) END::DOUBLE AS correlation
FROM returns AS a JOIN returns AS b USING (date)
GROUP BY a.ticker, b.ticker
ORDER BY ticker_a, ticker_b
