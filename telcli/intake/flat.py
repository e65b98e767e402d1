"""One row per customer: the customers table, and what such a table lends to lines, bills and use.

A flat table has no months, so everything in it is put into one month, the snapshot: what was billed is that month's
bill, and a tenure becomes the day of activation from which the same tenure comes back.
"""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from telcli.errors import DataError
from telcli.intake.attributes import looks_personal
from telcli.intake.candidates import SNAPSHOT
from telcli.intake.cleaning import Reading
from telcli.intake.facts import add_fault, bills, lent
from telcli.intake.history import FROM, TO
from telcli.intake.mapping import Use
from telcli.intake.understood import Understood
from telcli.intake.whose import RECORD
from telcli.intake.words import codes, masked, meant

__all__ = ["activated", "check_label", "customers_of", "lends_lines", "lent_lines", "lent_months"]

_PARTED = re.compile(r"[,，、|｜]")
_FEW, _SHORT = 10, 20


def customers_of(one: Understood, churned_when: str) -> pl.LazyFrame:
    """The customers of one extract, by the identifiers it has for them."""
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


def lends_lines(one: Understood) -> bool:
    """Whether an extract of customers knows something of their lines."""
    return one.map.table == "customers" and bool(one.map.columns_of("subscriptions"))


def lent_lines(one: Understood, at: date | None) -> pl.LazyFrame:
    """One line per customer, from what the extract knows of it."""
    frame = lent(one, "subscriptions", [reading for reading in one.readings() if reading.name in (FROM, TO, SNAPSHOT)])
    have = frame.collect_schema()
    own = pl.coalesce(RECORD, "customer_id") if RECORD in have else pl.col("customer_id")
    frame = frame.with_columns(subscription_id=own)
    if "tenure_months" not in have:
        return frame
    known = pl.col("activated_on") if "activated_on" in have else pl.lit(None, dtype=pl.Date)
    month = pl.col(SNAPSHOT) if SNAPSHOT in have else pl.lit(at, dtype=pl.Date)
    counted = activated(pl.col("tenure_months"), month)
    checked = add_fault(frame, pl.col("tenure_months") < 0, "negative-tenure", "tenure_months")
    return checked.with_columns(activated_on=pl.coalesce(known, counted)).drop("tenure_months")


def activated(tenure: pl.Expr, at: pl.Expr) -> pl.Expr:
    """The day of activation that gives this tenure, in months, at the first day of month `at`; null where none is.

    A whole tenure gives the first of a month; the fraction is a share of that month, to the day.

    >>> frame = pl.DataFrame({"t": [5.0, 0.0, 46.5]})
    >>> frame.select(activated(pl.col("t"), pl.date(2024, 6, 1)))["t"].to_list()
    [datetime.date(2024, 1, 1), datetime.date(2024, 6, 1), datetime.date(2020, 7, 17)]
    """
    position = (at.dt.year().cast(pl.Float64) * 12.0 + at.dt.month() - 1.0) - tenure
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
