-- name: whatif_monthly
-- what: what a monthly saving became
-- parameters: $start, $end, $amount (each month), $limit; {group}, {entity}, {label}
-- columns: ticker, name, invested, value, total_return
-- needs: members
-- source: bought at the first close of each month, in equal parts where it is a portfolio;
--   valued at the window's last close
WITH firsts AS (
    SELECT ticker, date_trunc('month', date) AS month, min(date) AS date,
           arg_min(adj_close, date) AS adj_close
    FROM prices
    WHERE ticker IN (SELECT ticker FROM members)
    GROUP BY ticker, month
), last_closes AS (
    SELECT ticker, arg_max(adj_close, date) AS last
    FROM prices
    WHERE date <= $end AND ticker IN (SELECT ticker FROM members)
    GROUP BY ticker
), bought AS (
    SELECT {group} AS label, month, avg(last / adj_close) AS grown
    FROM firsts JOIN last_closes USING (ticker) JOIN companies USING (ticker)
    WHERE date >= $start AND date <= $end
    GROUP BY ALL
), summed AS (
    SELECT label, $amount * count(*) AS invested, $amount * sum(grown) AS value
    FROM bought
    GROUP BY label
)
SELECT {entity} AS ticker, {label} AS name, invested, value, value / invested - 1 AS total_return
FROM summed LEFT JOIN companies ON companies.ticker::VARCHAR = label::VARCHAR
ORDER BY value DESC, ticker
LIMIT $limit
