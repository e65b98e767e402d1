"""The thirteen features of calls as SQL, for DuckDB, chDB and Spark; see `call_features`."""

DUCKDB = """
WITH calls AS (
    SELECT customer_id, started_at, counterpart, kind, duration_s / 60 AS minutes, direction = 'out' AS made,
        kind = 'voice' AS voice, kind <> 'data' AS talk FROM read_parquet({files})),
base AS (
    SELECT customer_id, count_if(voice AND made) AS calls_out, count_if(voice AND NOT made) AS calls_in,
        coalesce(sum(minutes) FILTER (voice AND made), 0) AS call_minutes_out,
        coalesce(sum(minutes) FILTER (voice AND NOT made), 0) AS call_minutes_in,
        count_if(kind = 'text' AND made) AS texts_out,
        count(DISTINCT started_at::DATE) FILTER (talk) AS interaction_days,
        count_if(talk AND (started_at::TIME <= '07:00:00' OR started_at::TIME >= '19:00:00'))
            / nullif(count_if(talk), 0) AS night_share
    FROM calls GROUP BY customer_id),
gaps AS (
    SELECT customer_id, (epoch_us(started_at)
        - lag(epoch_us(started_at)) OVER (PARTITION BY customer_id ORDER BY started_at)) / 1e6 AS gap
    FROM calls WHERE talk),
times AS (
    SELECT customer_id, avg(gap) AS interevent_mean_s, stddev_pop(gap) AS interevent_sd_s
    FROM gaps GROUP BY customer_id),
pairs AS (
    SELECT customer_id, count(*) AS n, count_if(made) AS made
    FROM calls WHERE talk AND counterpart <> 'unknown' GROUP BY customer_id, counterpart),
people AS (
    SELECT customer_id, count(*) AS counterparts, ln(sum(n)) - sum(n * ln(n)) / sum(n) AS counterpart_entropy,
        avg(made / n) AS counterpart_balance, max(n) / sum(n) AS counterpart_top_share
    FROM pairs GROUP BY customer_id)
SELECT * REPLACE (coalesce(counterparts, 0) AS counterparts)
FROM base LEFT JOIN times USING (customer_id) LEFT JOIN people USING (customer_id)
"""

CHDB = """
WITH calls AS (
    SELECT customer_id, started_at, counterpart, kind, duration_s / 60 AS minutes, direction = 'out' AS made,
        kind = 'voice' AS voice, kind <> 'data' AS talk,
        toUnixTimestamp64Micro(started_at) AS us FROM file('{files}', Parquet)),
base AS (
    SELECT customer_id, countIf(voice AND made) AS calls_out, countIf(voice AND NOT made) AS calls_in,
        coalesce(sumIf(minutes, voice AND made), 0) AS call_minutes_out,
        coalesce(sumIf(minutes, voice AND NOT made), 0) AS call_minutes_in,
        countIf(kind = 'text' AND made) AS texts_out, uniqExactIf(intDiv(us, 86400000000), talk) AS interaction_days,
        countIf(talk AND (us % 86400000000 <= 25200000000 OR us % 86400000000 >= 68400000000))
            / nullIf(countIf(talk), 0) AS night_share
    FROM calls GROUP BY customer_id),
gaps AS (
    SELECT customer_id, (us - lagInFrame(toNullable(us), 1, NULL) OVER (PARTITION BY customer_id ORDER BY us
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) / 1e6 AS gap FROM calls WHERE talk),
times AS (
    SELECT customer_id, avg(gap) AS interevent_mean_s, stddevPopStable(gap) AS interevent_sd_s
    FROM gaps GROUP BY customer_id),
pairs AS (
    SELECT customer_id, count() AS n, countIf(made) AS made
    FROM calls WHERE talk AND counterpart <> 'unknown' GROUP BY customer_id, counterpart),
people AS (
    SELECT customer_id, count() AS counterparts, log(sum(n)) - sum(n * log(n)) / sum(n) AS counterpart_entropy,
        avg(made / n) AS counterpart_balance, max(n) / sum(n) AS counterpart_top_share
    FROM pairs GROUP BY customer_id)
SELECT customer_id, {features}
FROM base LEFT JOIN times USING (customer_id) LEFT JOIN people USING (customer_id)
SETTINGS max_threads = 2, join_use_nulls = 1
"""

SPARK = """
WITH calls AS (
    SELECT customer_id, counterpart, kind, duration_s / 60 AS minutes, direction = 'out' AS made,
        kind = 'voice' AS voice, kind <> 'data' AS talk, unix_micros(CAST(started_at AS TIMESTAMP)) AS us FROM events),
base AS (
    SELECT customer_id, count_if(voice AND made) AS calls_out, count_if(voice AND NOT made) AS calls_in,
        coalesce(sum(minutes) FILTER (WHERE voice AND made), 0) AS call_minutes_out,
        coalesce(sum(minutes) FILTER (WHERE voice AND NOT made), 0) AS call_minutes_in,
        count_if(kind = 'text' AND made) AS texts_out,
        count(DISTINCT us DIV 86400000000) FILTER (WHERE talk) AS interaction_days,
        count_if(talk AND (us % 86400000000 <= 25200000000 OR us % 86400000000 >= 68400000000))
            / nullif(count_if(talk), 0) AS night_share
    FROM calls GROUP BY customer_id),
gaps AS (
    SELECT customer_id, (us - lag(us) OVER (PARTITION BY customer_id ORDER BY us)) / 1e6 AS gap FROM calls WHERE talk),
times AS (
    SELECT customer_id, avg(gap) AS interevent_mean_s, stddev_pop(gap) AS interevent_sd_s
    FROM gaps GROUP BY customer_id),
pairs AS (
    SELECT customer_id, count(*) AS n, count_if(made) AS made
    FROM calls WHERE talk AND counterpart <> 'unknown' GROUP BY customer_id, counterpart),
people AS (
    SELECT customer_id, count(*) AS counterparts, ln(sum(n)) - sum(n * ln(n)) / sum(n) AS counterpart_entropy,
        avg(made / n) AS counterpart_balance, max(n) / sum(n) AS counterpart_top_share
    FROM pairs GROUP BY customer_id)
SELECT customer_id, {features}
FROM base LEFT JOIN times USING (customer_id) LEFT JOIN people USING (customer_id)
"""
