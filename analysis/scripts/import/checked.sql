-- name: checked
-- what: every staged price beside the ticker's price before it, ready to be checked and kept
-- parameters: none; reads `staged`
-- columns: none; creates checked and trading_days
-- source: the exchange was open on a day when at least half of the tickers then alive have a close
CREATE TABLE checked AS
SELECT file, line, ticker, date, adj_close,
       lag(adj_close) OVER series AS previous_close,
       lag(date) OVER series AS previous_date,
       lag(line) OVER series AS previous_line,
       lag(file) OVER series AS previous_file
FROM staged
WINDOW series AS (PARTITION BY ticker ORDER BY date, file, line);

CREATE TABLE trading_days AS
WITH open_on AS (
    SELECT date, count(DISTINCT ticker) AS closes FROM staged GROUP BY date
), lives AS (
    SELECT min(date) AS first_date, max(date) AS last_date FROM staged GROUP BY ticker
), changes AS (
    SELECT first_date AS date, 1 AS change FROM lives
    UNION ALL SELECT last_date + 1, -1 FROM lives
    UNION ALL SELECT date, 0 FROM open_on
), alive AS (
    SELECT date, sum(sum(change)) OVER (ORDER BY date) AS tickers FROM changes GROUP BY date
)
SELECT date, row_number() OVER (ORDER BY date) AS number
FROM open_on JOIN alive USING (date)
WHERE 2 * closes >= tickers
ORDER BY date;
