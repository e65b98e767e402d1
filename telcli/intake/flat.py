"""One row per customer: the customers table, and what such a table lends to lines, bills and use.

A flat table has no months, so everything in it is put into one month, the snapshot: what was billed is that month's
bill, and a tenure becomes the day of activation from which the same tenure comes back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from telcli.errors import DataError, Notice
from telcli.intake.attributes import looks_personal
from telcli.intake.cleaning import Reading
from telcli.intake.facts import add_fault, bills, lent
from telcli.intake.mapping import Use
from telcli.intake.understand import Understood
from telcli.intake.words import codes, masked, meant
from telcli.tables.checks import FAULTS

__all__ = ["activated", "check_label", "customers", "lent_lines", "lent_months"]

_PARTED = re.compile(r"[,，、|｜]")
_FEW, _SHORT = 10, 20


def customers(ones: Sequence[Understood], churned_when: str) -> tuple[pl.LazyFrame, list[Notice]]:
    """One row per customer from one or several extracts: alike ones are stacked, others joined on the customer."""
    groups: list[list[Understood]] = []
    for one in ones:
        alike = next((group for group in groups if _alike(group[0], one)), None)
        if alike:
            alike.append(one)
        else:
            groups.append([one])
    frames = [
        pl.concat([_customers_of(one, churned_when) for one in group], how="diagonal_relaxed") for group in groups
    ]
    notices = []
    whole = frames[0]
    for frame, group in zip(frames[1:], groups[1:], strict=True):
        whole = _joined(whole, frame)
        values = {"file": group[0].map.source, "other": groups[0][0].map.source}
        notices.append(Notice("customers-joined", "{file} was joined to {other} on customer_id.", values))
    return whole, notices


def _alike(first: Understood, second: Understood) -> bool:
    """Whether two extracts hold the same columns, of other customers."""
    one, two = (set(each.map.columns) | set(each.attributes) for each in (first, second))
    return 2 * len((one & two) - {"customers.customer_id"}) >= max(len(one | two) - 1, 1)


def _customers_of(one: Understood, churned_when: str) -> pl.LazyFrame:
    readings = [reading for reading in one.readings() if reading.name != "churned"]
    label = one.map.use("churned")
    if label is None:
        return one.clean(readings)
    form = "text" if churned_when else "flag"
    frame = one.clean([*readings, Reading("churned", label.header, form)])
    if churned_when:
        said = [churned_when, *_PARTED.split(churned_when)]
        left = _plain(pl.col("churned")).is_in(pl.select(_plain(pl.lit(pl.Series(said)))).to_series().implode())
        frame = frame.with_columns(churned=left)
    return frame


def _plain(text: pl.Expr) -> pl.Expr:
    """A value of the label as it is compared: without blanks around it, case and full-width forms."""
    return text.str.normalize("NFKC").str.strip_chars().str.to_lowercase()


def check_label(one: Understood, churned_when: str) -> None:
    """Refuse a label that is neither yes nor no, before any row is read.

    Raises
    ------
    DataError
        The values found, and how to say which of them means that the customer left.
    """
    label: Use | None = one.map.use("churned", "customers")
    if label is None:
        return
    found = one.frame.select(pl.col(label.header)).group_by(label.header).len().collect(engine="streaming")
    found = found.select(t=meant(found[label.header]), n="len").drop_nulls().group_by("t").agg(pl.col("n").sum())
    values = found.sort("n", "t", descending=[True, False])["t"]
    if churned_when:
        have = set(values.to_frame("t").select(_plain(pl.col("t"))).to_series())
        whole, *parts = (
            pl.Series([churned_when, *_PARTED.split(churned_when)]).to_frame("t").select(_plain(pl.col("t")))["t"]
        )
        known = whole in have or have.issuperset(part for part in parts if part)
    else:
        known = not codes(values, "flag")[1].any()
    if known:
        return
    raise DataError(
        "label-strange",
        "{file}: the label {column} holds {values}; which of them means that the customer left is not clear.",
        hint="Say so with --churned-when VALUE, or several parted by commas.",
        file=one.map.source,
        column=label.header,
        values=_shown(values),
    )


def _shown(values: pl.Series) -> str:
    """Values of a label: as they are where few and short, so words of a status and not of persons; else masked."""
    few = values.len() <= _FEW and not (values.str.len_chars() > _SHORT).any() and not looks_personal(values)
    shown = values if few else masked(values.head(8))
    return ", ".join(shown) + (" ..." if shown.len() < values.len() else "")


def _joined(left: pl.LazyFrame, right: pl.LazyFrame) -> pl.LazyFrame:
    """Add the columns of `right`; where both have a value the left one stands. Repeated keys of `right` are refused.

    The first sound row of a key is the one joined: a faulty row is refused for its fault and takes no place.
    """
    sound = (pl.col(FAULTS).list.len() == 0) & pl.col("customer_id").is_not_null()
    once = pl.when(sound).then("customer_id").is_first_distinct()
    checked = right.with_columns(_once=once)
    bad = add_fault(checked, sound & ~pl.col("_once"), "duplicate-key", "customer_id").filter(~sound)
    add = checked.filter(sound & pl.col("_once")).drop("_once")
    names, more = list(left.collect_schema()), list(right.collect_schema())
    both = [name for name in more if name in names and name != "customer_id"]
    joined = left.join(add, on="customer_id", how="full", coalesce=True, suffix="_right", maintain_order="left_right")
    kept = joined.with_columns(pl.coalesce(name, f"{name}_right") for name in both).drop(
        [f"{name}_right" for name in both]
    )
    return pl.concat([kept, bad.drop("_once")], how="diagonal_relaxed")


def lent_lines(one: Understood, at: date | None) -> pl.LazyFrame | None:
    """One line per customer, from what the extract knows of it; None where it knows nothing."""
    if not one.map.columns_of("subscriptions"):
        return None
    frame = lent(one, "subscriptions").with_columns(subscription_id=pl.col("customer_id"))
    have = frame.collect_schema()
    if "tenure_months" not in have:
        return frame
    known = pl.col("activated_on") if "activated_on" in have else pl.lit(None, dtype=pl.Date)
    counted = activated(pl.col("tenure_months"), at) if at else pl.lit(None, dtype=pl.Date)
    checked = add_fault(frame, pl.col("tenure_months") < 0, "negative-tenure", "tenure_months")
    return checked.with_columns(activated_on=pl.coalesce(known, counted)).drop("tenure_months")


def activated(tenure: pl.Expr, at: date) -> pl.Expr:
    """The day of activation that gives this tenure, in months, at the first day of month `at`.

    A whole tenure gives the first of a month; the fraction is a share of that month, to the day.

    >>> frame = pl.DataFrame({"t": [5.0, 0.0, 46.5]})
    >>> frame.select(activated(pl.col("t"), date(2024, 6, 1)))["t"].to_list()
    [datetime.date(2024, 1, 1), datetime.date(2024, 6, 1), datetime.date(2020, 7, 17)]
    """
    position = pl.lit(at.year * 12 + at.month - 1, dtype=pl.Float64) - tenure
    index = position.floor().cast(pl.Int32)
    first = pl.date(index // 12, index % 12 + 1, 1)
    days = first.dt.days_in_month().cast(pl.Float64)
    part = ((position - position.floor()) * days).round().clip(0.0, days - 1.0)
    return (first + pl.duration(days=part.cast(pl.Int64))).alias(tenure.meta.output_name())


def lent_months(one: Understood, table: str, at: date | None) -> pl.LazyFrame | None:
    """Bills or use that stand in this extract: of its own months, or all of month `at`; None where it has none."""
    if not one.map.columns_of(table):
        return None
    frame = bills(one) if table == "bills" else lent(one, table)
    return frame if "month" in frame.collect_schema() else frame.with_columns(month=pl.lit(at))
