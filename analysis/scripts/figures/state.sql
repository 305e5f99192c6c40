-- name: state
-- what: moving averages and indicators as they stand at the window's end
-- parameters: $end
-- columns: sma_50, sma_200, rsi, macd, macd_signal, macd_histogram, bollinger_upper, bollinger_lower
-- needs: indicators
-- source: computed on the whole series; the last day at or before the window's end
SELECT * EXCLUDE (date, price), $end AS bucket
FROM indicators
WHERE date <= $end
QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY date DESC) = 1
