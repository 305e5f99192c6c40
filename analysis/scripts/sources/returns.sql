-- name: returns
-- what: the members' returns in the window
-- parameters: {formula}: simple_return or its logarithm
-- columns: ticker, bucket, date, r
-- needs: days
-- source: r = P_t / P_{t-1} - 1, or ln(P_t / P_{t-1})
SELECT ticker, bucket, date, {formula} AS r
FROM days
WHERE previous_close IS NOT NULL
