-- name: indicator
-- what: moving averages, RSI, MACD or Bollinger bands beside the price
-- parameters: $start, $end; {metrics}
-- columns: date, ticker, price, {metrics}
-- needs: indicators
-- source: computed on the whole series and then cut to the window
SELECT date, ticker, price, {metrics}
FROM indicators
WHERE date > $start AND date <= $end
ORDER BY date, ticker
