-- name: random_walks
-- what: prices of many made-up tickers, for measuring at scale
-- parameters: {tickers}, {days} are numbers that the command replaces
-- columns: ticker, date, adj_close
-- source: geometric random walks, 20 % to 60 % volatility a year, on weekdays up to 2022-12-28
WITH calendar AS (
    SELECT row_number() OVER (ORDER BY date) AS number, date
    FROM (SELECT range::DATE AS date
          FROM range(TIMESTAMP '1950-01-02', TIMESTAMP '2022-12-29', INTERVAL 1 DAY)
          WHERE isodow(range) < 6 ORDER BY date DESC LIMIT {days})
), steps AS (
    SELECT printf('T%04d', t) AS ticker, date,
           -- Box and Muller's normal deviate; 1 - random() is never 0.
           (0.2 + 0.4 * t / {tickers}) / sqrt(252)
               * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) + 0.0003 AS step
    FROM range({tickers}) AS tickers(t), calendar
)
SELECT if(ticker = 'T0000', 'SP500', ticker) AS ticker, date,
       round(50 * exp(sum(step) OVER (PARTITION BY ticker ORDER BY date)), 4) + 0.0001 AS adj_close
FROM steps
ORDER BY ticker, date
