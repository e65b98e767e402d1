"""One row per customer and month with everything that metrics are summed of and groups are made by."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import polars as pl

from telcli.features.bands import AGES, TENURE, banded, spans
from telcli.features.held_then import held_then
from telcli.features.month_index import add_months
from telcli.tables import contract
from telcli.tables.organisation import Organisation, placed

__all__ = ["DIMENSIONS", "DRILLED", "MONTH", "cube_rows", "dimensions", "first_needed", "named_in"]

MONTH = "month"
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "customers": ("customer_class", "region", "branch", "manager_id", "gender", "age_band", "star_level", "group_id"),
    "customer_months": ("tenure_band",),
    "segments": ("segment_name", "segment_name_zh", "lifecycle_stage", "consumption_tier"),
    "value_scores": ("value_tier",),
    "churn_scores": ("risk_band",),
    "satisfaction_scores": ("surveyed",),
    "credit_scores": ("bucket",),
}
"""What groups are made by, by the table that tells it; of customers also their own attributes x_."""
DRILLED = ("region", "branch", "customer_class", "segment_name", "value_tier", "risk_band", "tenure_band")
"""Dimensions to take apart by next, the coarsest first."""
_RESULTS = tuple(DIMENSIONS)[2:]
_BORN = "_born"
_MADE_OF = {"age_band": "birth_year"}
"""Dimensions of customers that are worked out of another column."""


def dimensions(customers: Collection[str], levels: Sequence[str] = ()) -> dict[str, str]:
    """The table of each dimension, by name; `customers` are the columns of that table, `levels` those of organisation.

    >>> dimensions(["customer_id", "x_town"])["x_town"], dimensions([])["risk_band"]
    ('customers', 'churn_scores')
    """
    found = {name: table for table, names in DIMENSIONS.items() for name in names}
    return found | {name: "customers" for name in (*levels, *customers) if name.startswith("x_") or name in levels}


def named_in(where: str, known: Collection[str]) -> list[str]:
    """The dimensions that a condition names.

    >>> named_in("branch = 'N' AND revenue > 5", ["branch", "region"])
    ['branch']
    """
    words = set(re.findall(r"\w+", re.sub(r"'[^']*'", "", where)))
    return [name for name in known if name in words]


def cube_rows(
    tables: Mapping[str, pl.LazyFrame],
    months: Sequence[date],
    wanted: Collection[str],
    by: Sequence[str],
    organisation: Organisation | None = None,
    *,
    before: bool = True,
) -> pl.LazyFrame:
    """Rows of customer_months in `months`, with the columns of other tables that are wanted.

    Parameters
    ----------
    tables : mapping
        customer_months (the month before the first too, for `was_active`); customers and customer_history; results.
    months : sequence of date
        In order.
    wanted : collection of str
        Tables of results whose columns metrics are made of.
    by : sequence of str
        Dimensions. What customers were is as of each month, where their history tells; results are those of the month.
    organisation : Organisation, optional
        Its levels are dimensions too: what the branch of the month belongs to.
    before : bool
        Whether `was_active` is asked for.

    Returns
    -------
    polars.LazyFrame
        The columns of customer_months, of results, `was_active` and `by`, as text; null where it is not known.
    """
    people = tables["customers"].collect_schema().names() if "customers" in tables else ()
    where = dimensions(people, organisation.above if organisation else ())
    needed = {where[name] for name in by if name in where}
    frame = contract("customer_months").conform(tables["customer_months"])
    rows = frame.filter(pl.col("month").is_in(list(months)))
    if before:
        was = frame.select("customer_id", pl.col("month").dt.offset_by("1mo"), was_active="active")
        rows = rows.join(was, on=["customer_id", "month"], how="left")
    for table in _RESULTS:
        if table in tables and (table in needed or table in wanted):
            rows = rows.join(_of_month(tables[table], table, by), on=["customer_id", "month"], how="left")
    if "customers" in needed:
        kinds = [name for name in by if where.get(name) == "customers"]
        told = _people(tables, months, kinds, organisation)
        at = [name for name in ("customer_id", "month") if name in told.collect_schema()]
        rows = rows.join(told, on=at, how="left")
    if "age_band" in by and "customers" in needed:
        rows = rows.with_columns(age_band=banded(pl.col("month").dt.year() - pl.col(_BORN), AGES, spans(AGES)))
    if "tenure_band" in by:
        rows = rows.with_columns(tenure_band=banded(pl.col("tenure_months").floor(), TENURE, spans(TENURE)))
    have = rows.collect_schema()
    absent = [pl.lit(None, pl.String).alias(name) for name in by if name not in have and name != MONTH]
    named = [_as_text(name, have.get(name)) for name in by if name != MONTH]
    return rows.with_columns(*absent).with_columns(named)


def _as_text(name: str, kind: pl.DataType | None) -> pl.Expr:
    """A dimension as text; whole numbers without a point.

    >>> pl.DataFrame({"x_age": [18.0, 18.5]}).select(_as_text("x_age", pl.Float64())).to_series().to_list()
    ['18', '18.5']
    """
    text = pl.col(name).cast(pl.String)
    return text.str.strip_suffix(".0") if kind is not None and kind.is_float() else text


def _of_month(result: pl.LazyFrame, table: str, by: Sequence[str]) -> pl.LazyFrame:
    """A result with the months of its snapshots; columns that customer_months has too stand under that name already."""
    taken = set(contract("customer_months").schema.column_names()) - {"customer_id"}
    names = [name for name in contract(table).schema.column_names() if name not in taken and name != "as_of"]
    made = contract(table).conform(result)
    kept = [name for name in names if table != "segments" or name in ("customer_id", *by)]
    return made.select(*kept, month="as_of")


def _people(
    tables: Mapping[str, pl.LazyFrame], months: Sequence[date], names: Sequence[str], organisation: Organisation | None
) -> pl.LazyFrame:
    """What customers were at the end of each month; where there is no history, of whichever month."""
    now, past = contract("customers").conform(tables["customers"]), tables.get("customer_history")
    made_of = _MADE_OF | (dict.fromkeys(organisation.above, organisation.levels[0]) if organisation else {})
    columns = list(dict.fromkeys(made_of.get(name, name) for name in names))
    if past is None:
        found, key = now.select("customer_id", *columns), ["customer_id"]
    else:
        past, key = contract("customer_history").conform(past), ["customer_id", "month"]
        parts = [held_then(now, past, "customer_id", month, columns) for month in months]
        found = pl.concat([one.with_columns(month=pl.lit(month)) for one, month in zip(parts, months, strict=True)])
    if organisation and set(organisation.above).intersection(names):
        found = placed(found, organisation)
    born = [pl.col("birth_year").alias(_BORN)] if "age_band" in names else []
    return found.select(*key, *(name for name in names if name != "age_band"), *born)


def first_needed(months: Sequence[date]) -> date:
    """The first month of customer_months that rows of `months` are made of.

    >>> first_needed([date(2024, 3, 1)])
    datetime.date(2024, 2, 1)
    """
    return add_months(min(months), -1)
