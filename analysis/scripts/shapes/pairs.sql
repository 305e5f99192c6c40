-- name: pairs
-- what: how closely each two tickers move together
-- parameters: $limit, $before; {order}, {pairing}
-- columns: ticker_a, ticker_b, correlation
-- needs: returns
-- source: Pearson's coefficient on the dates that both have
SELECT a.ticker AS ticker_a, b.ticker AS ticker_b, corr(a.r, b.r) AS correlation
FROM returns AS a JOIN returns AS b USING (date)
WHERE {pairing}
GROUP BY ALL
HAVING isfinite(correlation)
ORDER BY correlation {order}, ticker_a, ticker_b
LIMIT $limit OFFSET $before
