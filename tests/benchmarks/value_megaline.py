"""Monthly bills and use of Megaline's public files, as extracts that telcli reads; for `value_quality.py`.

Rules of billing are those that the files' publisher tells: each call is rounded up to a minute, a month's data to a
gigabyte (1024 MB), what is beyond the plan is charged by the minute, text and gigabyte; the plan's fee is due in full.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

END = pl.date(2018, 12, 31)


def monthly(source: Path, users: pl.DataFrame) -> pl.DataFrame:
    """A row per user and month of 2018 that she was there: plan, fee, and what she used."""
    facts = [
        pl.read_csv(source / f"megaline_{name}.csv", try_parse_dates=True)
        .with_columns(month=pl.col(day).dt.truncate("1mo"))
        .group_by("user_id", "month")
        .agg(**made, **{f"{name}_days": pl.col(day).unique()})
        for name, day, made in (
            ("calls", "call_date", {"minutes": pl.col("duration").ceil().sum(), "calls": pl.len()}),
            ("messages", "message_date", {"texts": pl.len()}),
            ("internet", "session_date", {"mb": pl.col("mb_used").sum()}),
        )
    ]
    months = pl.DataFrame({"month": pl.date_range(pl.date(2018, 1, 1), pl.date(2018, 12, 1), "1mo", eager=True)})
    here = users.join(months, how="cross").filter(
        pl.col("month") >= pl.col("reg_date").dt.truncate("1mo"),
        pl.col("month") <= pl.col("churn_date").fill_null(END),
    )
    for fact in facts:
        here = here.join(fact, on=["user_id", "month"], how="left")
    days = pl.concat_list(pl.col(f"{name}_days").fill_null([]) for name in ("calls", "messages", "internet"))
    return here.with_columns(active_days=days.list.n_unique()).with_columns(
        pl.col("minutes", "calls", "texts", "mb").fill_null(0)
    )


def extracts(source: Path, folder: Path) -> Path:
    """Write customers, lines, bills and use of a folder with Megaline's files."""
    folder.mkdir(parents=True, exist_ok=True)
    plans = pl.read_csv(source / "megaline_plans.csv").rename({"plan_name": "plan"})
    users = pl.read_csv(source / "megaline_users.csv", try_parse_dates=True).join(plans, on="plan")
    dates = [pl.col(name).cast(pl.Date, strict=False) for name in ("reg_date", "churn_date")]
    users = users.with_columns(dates).sort("user_id")
    rows = monthly(source, users)
    beyond = (
        (pl.col("minutes") - pl.col("minutes_included")).clip(0) * pl.col("usd_per_minute")
        + (pl.col("texts") - pl.col("messages_included")).clip(0) * pl.col("usd_per_message")
        + ((pl.col("mb") - pl.col("mb_per_month_included")).clip(0) / 1024).ceil() * pl.col("usd_per_gb")
    )
    customer, month = pl.format("M{}", "user_id").alias("customer_id"), pl.col("month").dt.strftime("%Y-%m")
    users.select(customer, joined_on="reg_date", region="city").write_csv(folder / "customers.csv")
    users.select(
        pl.format("L{}", "user_id").alias("subscription_id"), customer, plan_id="plan",
        plan_fee=pl.col("usd_monthly_pay").cast(pl.Float64), activated_on="reg_date", ended_on="churn_date",
        pay_mode=pl.lit("postpaid"), service_type=pl.lit("mobile"),
    ).write_csv(folder / "subscriptions.csv")  # fmt: skip
    charges = {"recurring": pl.col("usd_monthly_pay").cast(pl.Float64), "over-bundle": beyond.round(2)}
    pl.concat(
        rows.select(customer, month, kind=pl.lit(kind), amount=amount) for kind, amount in charges.items()
    ).write_csv(folder / "bills.csv")
    rows.select(
        customer, month, call_minutes="minutes", calls_out="calls", texts="texts", data_mb="mb",
        active_days="active_days",
    ).write_csv(folder / "usage.csv")  # fmt: skip
    return folder
