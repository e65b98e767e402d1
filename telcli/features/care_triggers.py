"""Events of a month that call for care at once: what happened to whom, how much of it, and since when."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from telcli.features.churn_base import months_of
from telcli.features.churn_causes import intents
from telcli.features.held_then import held_then
from telcli.features.month_index import add_months, end_of_month
from telcli.features.text_codes import coded
from telcli.features.touches import held_at_end
from telcli.tables import contract

__all__ = ["CareRules", "care_triggers"]

_READ = (
    *(
        "plan_downs",
        "plan_fee",
        "oldest_open_days",
        "unresolved",
        "complaints",
        "complaints_sum_3",
        "call_minutes",
        "data_mb",
    ),
    *("call_minutes_mean_3", "data_mb_mean_3", "months_since_use", "months_overdue", "competitor_contacts"),
)
_LEAST_USE = {"call_minutes": 30.0, "data_mb": 100.0}
"""Minutes and MB a month: who used less has nothing to drop from."""
_ROW = ("customer_id", "trigger", "value", "since")


@dataclass(frozen=True)
class CareRules:
    """From what on an event calls for care: days, complaints in 3 months, share of use, months without use, months
    overdue.
    """

    contract_days: int = 60
    open_days: int = 7
    repeated_complaints: int = 2
    use_drop: float = 0.5
    unused_months: int = 1
    overdue_months: int = 1

    @classmethod
    def of(cls, settings: Any) -> CareRules:
        """As the settings of predict-churn have them."""
        return cls(**{one.name: getattr(settings, one.name) for one in fields(cls)})


@cache
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("care_triggers.toml").read_text("utf-8"))


def care_triggers(tables: Mapping[str, pl.LazyFrame], first: date, as_of: date, rules: CareRules) -> pl.DataFrame:
    """One row per customer here at the end of the month and trigger that holds, sorted: `new` where it did not before.

    A state, such as a contract about to end, is new in the first month in which it holds; an event, such as a change to
    a cheaper plan, whenever it happens.

    Parameters
    ----------
    tables : mapping
        customer_months, and subscriptions, subscription_history and contacts where there are some.
    first, as_of : date
        First month of the history; the month.
    rules : CareRules
        Thresholds.

    Returns
    -------
    customer_id, trigger, value, unit, since (a day, or the first of the month), new, text, text_zh.
    """
    now = _held(tables, as_of, rules)
    before = _held(tables, add_months(as_of, -1), rules) if as_of > first else now.clear()
    words = _words()
    lasting = before.filter(~pl.col("trigger").is_in([name for name, said in words.items() if said.get("event")]))
    seen = lasting.select("customer_id", "trigger", new=pl.lit(value=False))
    found = now.join(seen, on=["customer_id", "trigger"], how="left").with_columns(
        pl.col("new").fill_null(value=True),
        unit=pl.col("trigger").replace_strict({name: said["unit"] for name, said in words.items()}),
    )
    return found.with_columns(text=_text("en"), text_zh=_text("zh")).sort("customer_id", "trigger")


def _text(tongue: str) -> pl.Expr:
    shown = pl.when(pl.col("unit") == "share").then(100 * pl.col("value")).otherwise("value")
    number = shown.round().cast(pl.Int64).cast(pl.String)
    template = pl.col("trigger").replace_strict({name: said[tongue] for name, said in _words().items()})
    plural = pl.when(number == "1").then(pl.lit("")).otherwise(pl.lit("s"))
    return template.str.replace("{value}", number, literal=True).str.replace("{s}", plural, literal=True)


def _held(tables: Mapping[str, pl.LazyFrame], month: date, rules: CareRules) -> pl.DataFrame:
    """Every trigger that holds at the end of a month."""
    months = months_of(tables, *_READ)
    here = months.filter(pl.col("month") == month, pl.col("active"), ~pl.col("left"))
    before = months.filter(pl.col("month") == add_months(month, -1))
    columns = ("numbers_held", "plan_fee", "months_overdue", "call_minutes_mean_3", "data_mb_mean_3")
    earlier = before.select("customer_id", *(pl.col(name).alias(f"{name}_before") for name in columns))
    rows = here.join(earlier, on="customer_id", how="left").collect(engine="streaming")
    parts = [
        rows.filter(holds.fill_null(value=False)).select(
            "customer_id", trigger=pl.lit(name), value=value.cast(pl.Float64), since=since
        )
        for name, holds, value, since in _of_months(month, rules)
    ]
    people = rows.select("customer_id")
    if "subscriptions" in tables:
        parts.append(_expiring(tables, month, rules.contract_days).join(people, on="customer_id", how="semi"))
    if "contacts" in tables:
        parts.append(_asked(tables["contacts"], month).join(people, on="customer_id", how="semi"))
    return pl.concat(part.select(_ROW) for part in parts)


def _of_months(month: date, rules: CareRules) -> list[tuple[str, pl.Expr, pl.Expr, pl.Expr]]:
    """Triggers of customer_months: when each holds, its value, and since when."""
    end, begin = end_of_month(month), pl.lit(month)
    waited, fell = pl.col("oldest_open_days"), _fell()
    unused, overdue = pl.col("months_since_use"), pl.col("months_overdue")
    lost = pl.col("numbers_held_before") - pl.col("numbers_held")
    cheaper = pl.col("plan_fee_before") - pl.col("plan_fee")
    # a move to another plan may end one line and begin another, which is no change of plan of a line
    replaced = (lost == 0) & (cheaper > 0)
    downgraded = (pl.col("plan_downs") > 0).fill_null(value=False) | replaced.fill_null(value=False)
    rose = overdue > pl.col("months_overdue_before").fill_null(0)
    several, others = pl.col("complaints_sum_3"), pl.col("competitor_contacts")
    # a count of the months of 3 stays up while nothing happens: it calls for care in a month with a complaint
    again = (several >= rules.repeated_complaints) & (pl.col("complaints") > 0)
    return [
        ("plan-downgrade", downgraded, cheaper.clip(lower_bound=0.0).fill_null(0.0), begin),
        (
            "complaint-open",
            (waited >= rules.open_days) & (pl.col("unresolved") > 0),
            waited,
            pl.lit(end).dt.offset_by(pl.format("-{}d", waited.fill_null(0).round().cast(pl.Int64))),
        ),
        ("complaint-repeated", again, several, begin),
        ("use-drop", (fell >= rules.use_drop) & (unused.fill_null(0) == 0), fell, begin),
        (
            "no-use",
            unused >= rules.unused_months,
            unused,
            begin.dt.offset_by(pl.format("-{}mo", (unused.fill_null(1) - 1).round().cast(pl.Int64))),
        ),
        ("arrears-step", (overdue >= rules.overdue_months) & rose, overdue, begin),
        ("competitor-contact", others > 0, others, begin),
        ("line-lost", (lost >= 1) & (pl.col("numbers_held") >= 1), lost, begin),
    ]


def _fell() -> pl.Expr:
    """By which share minutes or data fell against the 3 months before, the larger, 0..1."""
    falls = []
    for name, least in _LEAST_USE.items():
        usual = pl.col(f"{name}_mean_3_before")
        falls.append(pl.when(usual >= least).then(1.0 - pl.col(name) / usual))
    return pl.max_horizontal(falls)


def _expiring(tables: Mapping[str, pl.LazyFrame], month: date, days: int) -> pl.DataFrame:
    """The next contract of each customer to end within some days after the month, by what lines were then."""
    lines = contract("subscriptions").conform(tables["subscriptions"])
    past = tables.get("subscription_history")
    past = None if past is None else contract("subscription_history").conform(past)
    then = held_then(lines, past, "subscription_id", month, ["contract_end"])
    live = lines.filter(held_at_end("activated_on", "ended_on", month)).select("subscription_id", "customer_id")
    end = end_of_month(month)
    ends = pl.col("contract_end")
    soon = live.join(then, on="subscription_id").filter(ends > end, ends <= end + timedelta(days=days))
    value = (ends.min() - pl.lit(end)).dt.total_days().cast(pl.Float64)
    since = ends.min().dt.offset_by(f"-{days}d")
    found = soon.group_by("customer_id").agg(value=value, trigger=pl.lit("contract-expiry"), since=since)
    return found.collect(engine="streaming")


def _asked(contacts: pl.LazyFrame, month: date) -> pl.DataFrame:
    """Who asked in the month about leaving, by the topic of the contact, else by what was said."""
    frame = contract("contacts").conform(contacts)
    at = pl.col("opened_at").dt.date()
    mine = frame.filter(at >= month, at < add_months(month, 1))
    words = intents()
    intent = pl.coalesce(coded(pl.col("topic"), words), coded(pl.col("text"), words))
    known = mine.select("customer_id", at.alias("since"), intent=intent).drop_nulls("intent")
    counted = known.group_by("customer_id", "intent").agg(value=pl.len().cast(pl.Float64), since=pl.col("since").min())
    return counted.with_columns(trigger=pl.format("{}-enquiry", "intent")).collect(engine="streaming")
