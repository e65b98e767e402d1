"""The register of leavings: who left when and how, why as far as anything tells, and what was lost. No free text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from telcli.features.churn_base import months_of
from telcli.features.churn_causes import UNKNOWN, Cause
from telcli.features.exact import amount, units
from telcli.features.margin import whole_tenure
from telcli.features.text_codes import coded
from telcli.tables import contract

__all__ = ["SOURCES", "churn_register"]

SOURCES = ("recorded", "contact", "signs")
"""What told the reason: a text about the leaving, a contact of the 3 months before, or what the months show."""
_KEY = ["customer_id", "month"]
_ASKED = ("complaint", "fault")
_BEFORE = 3
"""Months, that of leaving the last, in which contacts may tell why."""
_READ = ("complaints_sum_3", "months_overdue", "faults", "over_bundle_fee", "months_since_use")
_PEOPLE = ("customer_class", "region", "branch")
_OF_WHOM = ("customer_months", "customers", "subscriptions", "contacts")
_LINE = ("plan_id", "pay_mode", "channel_id", "service_type")
_BEYOND = 0.2
"""Share of the bill beyond the plan from which that may be why."""
_TOLD = ("_recorded", "_contact", "_signs")


def churn_register(
    tables: Mapping[str, pl.LazyFrame],
    gone: pl.LazyFrame,
    causes: Mapping[str, Cause],
    columns: Sequence[str],
    value_months: float,
) -> pl.DataFrame:
    """One row per leaving, sorted by month and customer.

    The reason is the code that a recorded text tells, else the latest complaint or fault report of the 3 months that
    has a code, else what is known of the time: arrears, faults, charges beyond the plan, a contract at its end, no use.

    Parameters
    ----------
    tables : mapping
        customer_months and customers; subscriptions and contacts where there are some.
    gone : polars.LazyFrame
        customer_id, month and kind of each leaving.
    causes : mapping of code to Cause
        In the order in which they are looked for.
    columns : sequence of str
        Attributes of customers or lines that record why somebody left, the one that tells most first.
    value_months : float
        Months of usual revenue that are taken to be lost with a customer.

    Returns
    -------
    customer_id, month, kind, reason, theme, reason_source, tenure, revenue_usual, value_lost, complaints_sum_3,
    months_overdue, and class, region, branch, plan, way of paying, channel and service.
    """
    words = {name: cause.words for name, cause in causes.items()}
    gone = gone.collect(engine="streaming").lazy()
    left = gone.select("customer_id").unique()
    tables = {name: tables[name].join(left, on="customer_id", how="semi") for name in tables if name in _OF_WHOM}
    rows = _with_line(_with_people(_with_months(gone, tables), tables, columns, words), tables, columns, words)
    if "contacts" in tables:
        rows = rows.join(_complained(tables["contacts"], gone, words), on=_KEY, how="left")
    else:
        rows = rows.with_columns(_contact=pl.lit(None, pl.String))
    found = rows.with_columns(_recorded=pl.coalesce("_of_line", "_of_customer", _debts(causes)), _signs=_signs(causes))
    source = pl.lit(None, pl.String)
    for name, column in reversed(list(zip(SOURCES, _TOLD, strict=True))):
        source = pl.when(pl.col(column).is_not_null()).then(pl.lit(name)).otherwise(source)
    told = found.with_columns(
        reason=pl.coalesce(*_TOLD, pl.lit(UNKNOWN)),
        reason_source=source,
        value_lost=amount(units(pl.col("revenue_usual") * value_months)),
    ).collect(engine="streaming")
    themes = {name: cause.theme for name, cause in causes.items()} | {UNKNOWN: UNKNOWN}
    return told.with_columns(theme=pl.col("reason").replace_strict(themes, return_dtype=pl.String)).sort(
        "month", "customer_id"
    )


def _with_months(gone: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """What customer_months says of the month of leaving and of the one before."""
    months = months_of(tables, *_READ)
    usual, revenue = pl.coalesce("revenue_mean_3", "revenue"), pl.col("revenue")
    beyond = pl.col("over_bundle_fee") / pl.when(revenue > 0).then(revenue)
    now = months.select(*_KEY, *_READ, whole_tenure(), usual_now=usual, beyond_now=beyond)
    before = months.select(
        "customer_id",
        pl.col("month").dt.offset_by("1mo"),
        usual_before=usual,
        beyond_before=beyond,
        faults_before="faults",
    )
    both = gone.select(*_KEY, "kind").join(now, on=_KEY, how="left").join(before, on=_KEY, how="left")
    return both.with_columns(revenue_usual=pl.coalesce("usual_before", "usual_now"))


def _with_people(
    rows: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], columns: Sequence[str], words: Mapping[str, Sequence[str]]
) -> pl.LazyFrame:
    customers = contract("customers").conform(tables["customers"])
    told = customers.select("customer_id", *_PEOPLE, _of_customer=_recorded(customers, columns, words))
    return rows.join(told, on="customer_id", how="left")


def _with_line(
    rows: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], columns: Sequence[str], words: Mapping[str, Sequence[str]]
) -> pl.LazyFrame:
    """Of the last line that ended by the end of the month, else of the oldest one."""
    if "subscriptions" not in tables:
        texts = (pl.lit(None, pl.String).alias(name) for name in (*_LINE, "_of_line"))
        return rows.with_columns(*texts, contract_end=pl.lit(None, pl.Date))
    lines = contract("subscriptions").conform(tables["subscriptions"])
    facts = ("ended_on", "contract_end", *_LINE)
    told = lines.select("customer_id", "subscription_id", *facts, _of_line=_recorded(lines, columns, words))
    both = rows.select(_KEY).join(told, on="customer_id")
    late = (pl.col("ended_on") >= pl.col("month").dt.offset_by("1mo")).fill_null(value=True)
    ends = both.with_columns(ended_on=pl.when(~late).then("ended_on"))
    order = ends.sort("ended_on", "subscription_id", descending=[True, False], nulls_last=True)
    last = order.group_by(_KEY, maintain_order=True).agg(pl.col(*_LINE, "contract_end", "_of_line").first())
    return rows.join(last, on=_KEY, how="left")


def _recorded(frame: pl.LazyFrame, columns: Sequence[str], words: Mapping[str, Sequence[str]]) -> pl.Expr:
    """The code of the first of the columns that has one."""
    have = frame.collect_schema()
    texts = [coded(pl.col(name), words) for name in columns if have.get(name) == pl.String]
    return pl.coalesce(*texts, pl.lit(None, pl.String))


def _complained(contacts: pl.LazyFrame, gone: pl.LazyFrame, words: Mapping[str, Sequence[str]]) -> pl.LazyFrame:
    frame = contract("contacts").conform(contacts)
    at = pl.col("opened_at").dt.date()
    asked = frame.filter(pl.col("kind").is_in(_ASKED)).join(gone.select(_KEY), on="customer_id")
    begin, end = (pl.col("month").dt.offset_by(f"{months}mo") for months in (1 - _BEFORE, 1))
    code = pl.coalesce(coded(pl.col("topic"), words), coded(pl.col("text"), words))
    told = asked.filter(at >= begin, at < end).select(*_KEY, "opened_at", "contact_id", _contact=code)
    latest = told.drop_nulls("_contact").sort("opened_at", "contact_id")
    return latest.group_by(_KEY, maintain_order=True).agg(pl.col("_contact").last())


def _debts(causes: Mapping[str, Cause]) -> pl.Expr:
    """An operator ends a line for arrears unless more is recorded."""
    return pl.when(pl.col("kind") == "involuntary").then(pl.lit("arrears" if "arrears" in causes else None, pl.String))


def _signs(causes: Mapping[str, Cause]) -> pl.Expr:
    """What the months before show; the first that holds."""
    beyond = pl.max_horizontal("beyond_now", "beyond_before")
    ended_from, after = (pl.col("month").dt.offset_by(f"{months}mo") for months in (1 - _BEFORE, 1))
    rules = {
        "arrears": pl.col("months_overdue") >= 2,
        "network-quality": (pl.col("faults") > 0) | (pl.col("faults_before") > 0),
        "over-bundle": beyond >= _BEYOND,
        "contract": pl.col("contract_end").is_between(ended_from, after, closed="left"),
        "not-needed": (pl.col("kind") == "inactive") | (pl.col("months_since_use") >= 1),
    }
    found = pl.lit(None, pl.String)
    for code, holds in reversed(list(rules.items())):
        if code in causes:
            found = pl.when(holds.fill_null(value=False)).then(pl.lit(code)).otherwise(found)
    return found
