"""What recommend-offers says plans would have cost Megaline's users, beside SQL over the raw files.

    python -m tests.benchmarks.plan_megaline FOLDER

FOLDER holds Megaline's public files (megaline_calls.csv and the others). Each call, text and session becomes an event,
a second of its own; the SQL knows nothing of telcli. Half a minute.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from telcli.cli import main as telcli
from tests.benchmarks.value_megaline import extracts

EVENTS = (
    ("calls", "call_date", "voice", (pl.col("duration") * 60).ceil(), pl.lit(0.0)),
    ("messages", "message_date", "text", pl.lit(0.0), pl.lit(0.0)),
    ("internet", "session_date", "data", pl.lit(0.0), pl.col("mb_used")),
)
SQL = """
SELECT u.user_id, e.month, p.usd_monthly_pay
  + CASE WHEN minutes > minutes_included THEN (minutes - minutes_included) * usd_per_minute ELSE 0 END
  + CASE WHEN texts > messages_included THEN (texts - messages_included) * usd_per_message ELSE 0 END
  + CASE WHEN mb > mb_per_month_included THEN CEIL((mb - mb_per_month_included) / 1024) * usd_per_gb ELSE 0 END AS paid
FROM (
  SELECT user_id, month, SUM(minutes) AS minutes, SUM(texts) AS texts, SUM(mb) AS mb FROM (
    SELECT user_id, LEFT(call_date, 7) AS month, CEIL(duration) AS minutes, 0 AS texts, 0.0 AS mb FROM calls
    UNION ALL SELECT user_id, LEFT(message_date, 7) AS month, 0.0 AS minutes, 1 AS texts, 0.0 AS mb FROM messages
    UNION ALL SELECT user_id, LEFT(session_date, 7) AS month, 0.0 AS minutes, 0 AS texts, mb_used AS mb FROM internet
  ) GROUP BY user_id, month
) AS e JOIN users AS u ON u.user_id = e.user_id JOIN plans AS p ON p.plan_name = u.plan
"""


def events(source: Path) -> pl.DataFrame:
    """Rows of the table calls; within a day and kind each a minute after the one before, so that none is a copy."""
    parts = []
    for at, (name, day, kind, seconds, mb) in enumerate(EVENTS):
        rows = pl.read_csv(source / f"megaline_{name}.csv").sort("id")
        second = pl.duration(seconds=60 * pl.int_range(pl.len()).over("user_id", day) + at)
        parts.append(
            rows.select(
                customer_id=pl.format("M{}", "user_id"),
                started_at=(pl.col(day).str.to_datetime("%Y-%m-%d") + second).dt.strftime("%Y-%m-%d %H:%M:%S"),
                counterpart=pl.lit("X1"),
                direction=pl.lit("out"),
                kind=pl.lit(kind),
                duration_s=seconds,
                data_mb=mb,
            )
        )
    return pl.concat(parts)


def main() -> None:
    """Print how many user-months agree to the cent."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    source = asked.parse_args().folder
    names = ("calls", "messages", "internet", "users", "plans")
    paid = pl.SQLContext({name: pl.scan_csv(source / f"megaline_{name}.csv") for name in names}).execute(SQL).collect()
    with TemporaryDirectory() as scratch:
        folder, work = extracts(source, Path(scratch)), str(Path(scratch) / "work")
        events(source).write_csv(folder / "calls.csv")
        loads = [str(folder / f"{name}.csv") for name in ("customers", "subscriptions", "calls")]
        telcli(["ingest", *loads, "-w", work, "-q"])
        telcli(["recommend-offers", "--tariffs", str(source / "megaline_plans.csv"), "-w", work, "-q"])
        told = pl.read_parquet(f"{work}/plan_months/**/*.parquet")
    told = told.select(pl.col("customer_id").str.slice(1).cast(pl.Int64).alias("user_id"), "month", "cost")
    both = told.with_columns(pl.col("month").dt.strftime("%Y-%m")).join(paid, on=["user_id", "month"], how="left")
    idle = both["paid"].null_count()
    off = (both["cost"] - both["paid"]).abs().drop_nulls()
    same = int((off < 0.005).sum())
    print(f"{same:,} of {len(off):,} user-months agree to the cent, {idle:,} more without any use")  # noqa: T201


if __name__ == "__main__":
    main()
