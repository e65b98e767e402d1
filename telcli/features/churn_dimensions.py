"""What customers can be told apart by when asking who left: each dimension a column of levels, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import polars as pl

from telcli.features.bands import AGES, TENURE, banded, spans
from telcli.features.churn_base import Base
from telcli.features.held_then import held_then
from telcli.features.known_then import LEAST, OF_LINES, known_then
from telcli.features.leakage_names import named_afterwards
from telcli.features.month_index import add_months
from telcli.features.text_codes import as_code
from telcli.features.traits import consumption_tier
from telcli.tables import contract

__all__ = ["MOST_LEVELS", "OTHERS", "UNKNOWN", "Described", "described", "levels"]

MOST_LEVELS = 20
"""Levels told by name: the largest; all other customers are in `OTHERS`."""
OTHERS, UNKNOWN = "others", "unknown"
_LEAST = 5
"""A value of a free attribute that fewer customers share may say who they are: they are in `OTHERS`."""
_LONGEST = 40
_OF_CUSTOMERS = ("customer_class", "gender", "region", "branch")
_STILL = ("gender", "birth_year")
"""What does not change: known then although nothing says from which day on it holds."""
_OF_LINES_TOLD = ("service_type", "pay_mode", "plan_id", "channel_id")
_LINES_STILL = ("service_type", "channel_id")
_CONTRACT = (0, 3, 12)
_CONTRACT_LEVELS = ("run-out", "1-3 months", "4-12 months", "13 months or more")
_COVERED = 0.99
"""Share of the base that a result of today must hold to tell it apart: those who left are in none."""
_HIGH, _LOW = 0.2, 0.3


@dataclass(frozen=True)
class Described:
    """The customers of a base and their raw dimensions.

    Parameters
    ----------
    frame : customer_id, `left`, `revenue_usual`, then a column per dimension, text or number.
    then : the dimensions that are known to be as of then.
    """

    frame: pl.DataFrame
    then: frozenset[str]
    names: tuple[str, ...] = field(default=())


def described(tables: Mapping[str, pl.LazyFrame], base: Base) -> Described:
    """Join to a base everything that may tell its customers apart, as of its month where history tells.

    Parameters
    ----------
    tables : mapping
        customers, and subscriptions, customer_history, subscription_history, segments_before, segments, value_scores
        where there are some. The latter two only where they hold those who left too, as in a labelled table.
    base : Base
        Whose customers.
    """
    then: set[str] = set()
    frame = _of_months(base.frame)
    then |= {"tenure", "lines", "services", "revenue_tier"}
    then |= {"contract"} if base.months is None or OF_LINES[0] in known_then(tables, [base.since]) else set()
    frame = _of_people(frame, tables, base, then)
    if "subscriptions" in tables:
        frame = _of_lines(frame, tables, base, then)
    found = frame.collect(engine="streaming").sort("customer_id")
    found = _of_results(found, tables, base, then)
    names = tuple(name for name in found.columns if name not in ("customer_id", "left", "revenue_usual"))
    return Described(found, frozenset(names) if base.months is None else frozenset(then), names)


def levels(told: Described, like: Described) -> dict[str, pl.Series]:
    """Each dimension as text of at most `MOST_LEVELS` levels, `OTHERS` and `UNKNOWN`; cut as `like` is cut.

    Numbers of many values are parted at the fifths of `like`. Dimensions of one level tell nobody apart and are left
    out, as are texts that are almost all different.

    >>> people = pl.DataFrame({"customer_id": ["a", "b", "c"], "region": ["N", "S", None]})
    >>> found = Described(people, frozenset(), ("region",))
    >>> {name: values.to_list() for name, values in levels(found, found).items()}
    {'region': ['N', 'S', 'unknown']}
    """
    made = {}
    for name in like.names:
        if name in told.names and (cut := _cut(name, like.frame[name])) is not None:
            made[name] = cut(told.frame[name]).fill_null(UNKNOWN).rename(name)
    return made


def _of_months(frame: pl.LazyFrame) -> pl.LazyFrame:
    tier = pl.when(pl.col("revenue_usual").count() > 0).then(consumption_tier(pl.col("revenue_usual"), _HIGH, _LOW))
    return frame.select(
        "customer_id",
        "left",
        "revenue_usual",
        tenure=banded(pl.col("tenure_months").floor(), TENURE, spans(TENURE)),
        contract=banded(pl.col("contract_months_left").ceil(), _CONTRACT, _CONTRACT_LEVELS),
        lines=_counted("numbers_held"),
        services=_counted("services_held"),
        revenue_tier=tier,
    )


def _of_people(frame: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], base: Base, then: set[str]) -> pl.LazyFrame:
    customers = contract("customers").conform(tables["customers"])
    past = tables.get("customer_history")
    kinds = customers.collect_schema()
    told = (pl.String, pl.Boolean, pl.Float64, pl.Int64)
    free = [name for name in kinds if name.startswith("x_") and kinds[name] in told and not named_afterwards(name)]
    columns = [*_OF_CUSTOMERS, "birth_year", *free]
    if past is not None:
        past = contract("customer_history").conform(past)
    known = held_then(customers, past, "customer_id", base.since, columns)
    age = banded(pl.lit(base.since.year) - pl.col("birth_year"), AGES, spans(AGES))
    joined = frame.join(known, on="customer_id", how="left").with_columns(age=age).drop("birth_year")
    then |= {"gender", "age"}
    if _known(joined):
        then |= {*_OF_CUSTOMERS, *free}
    return joined.drop("known_then")


def _of_lines(frame: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], base: Base, then: set[str]) -> pl.LazyFrame:
    """Of each customer's main line: the oldest one that lived then, else the oldest."""
    lines = contract("subscriptions").conform(tables["subscriptions"])
    past = tables.get("subscription_history")
    past = None if past is None else contract("subscription_history").conform(past)
    held = held_then(lines, past, "subscription_id", base.since, _OF_LINES_TOLD)
    after = add_months(base.since, 1)
    begun = pl.col("activated_on").fill_null(date.min) < after
    dead = (pl.col("ended_on") < after).fill_null(value=False)
    of_whom = lines.filter(begun).select("subscription_id", "customer_id", "activated_on", dead=dead)
    order = ["dead", "activated_on", "subscription_id"]
    both = of_whom.join(held, on="subscription_id").sort(order, nulls_last=True)
    main = both.group_by("customer_id", maintain_order=True).agg(pl.col(*_OF_LINES_TOLD, "known_then").first())
    joined = frame.join(main, on="customer_id", how="left")
    then |= set(_LINES_STILL)
    then |= {"pay_mode", "plan_id"} if _known(joined.filter(pl.col("known_then").is_not_null())) else set()
    return joined.drop("known_then")


def _of_results(people: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], base: Base, then: set[str]) -> pl.DataFrame:
    """Segments and value tiers of the time, or today's where those who left have one too."""
    for table, column, name in (
        ("segments_before", "segment_name", "segment"),
        ("segments", "segment_name", "segment"),
        ("value_scores", "value_tier", "value_tier"),
    ):
        if table not in tables or name in people.columns or column not in tables[table].collect_schema():
            continue
        rows = tables[table]
        if table == "segments_before":
            rows = rows.filter(pl.col("month") <= base.since)
        known = rows.select("customer_id", pl.col(column).alias(name)).collect(engine="streaming")
        joined = people.join(known, on="customer_id", how="left", maintain_order="left")
        if joined.height and joined[name].count() >= (1 if table == "segments_before" else _COVERED * joined.height):
            people = joined
            then.add(name)
    return people


def _known(joined: pl.LazyFrame) -> bool:
    """Whether of all but a few customers it is known what they were then."""
    share = joined.select(pl.col("known_then").fill_null(value=False).mean()).collect(engine="streaming").item()
    return share is not None and share >= LEAST


def _counted(name: str) -> pl.Expr:
    """How many, from 5 on together."""
    whole = pl.col(name).round().cast(pl.Int64)
    return pl.when(whole >= 5).then(pl.lit("5 or more")).otherwise(whole.cast(pl.String))


def _cut(name: str, values: pl.Series) -> Callable[[pl.Series], pl.Series] | None:
    """How values of a dimension become levels, by how they lie; None where they tell nobody apart."""
    known = values.drop_nulls()
    distinct = known.n_unique()
    if distinct + bool(values.null_count()) < 2 or not distinct:
        return None
    if values.dtype.is_numeric() and distinct > MOST_LEVELS:
        return _fifths(known)
    if values.dtype == pl.Boolean:
        return lambda column: column.cast(pl.String).replace({"true": "yes", "false": "no"})
    free = name.startswith("x_")
    if free and values.dtype == pl.String and distinct > max(MOST_LEVELS, 0.5 * known.len()):
        return None
    return _largest(_text(known), least=_LEAST if free else 1)


def _text(column: pl.Series) -> pl.Series:
    return column.to_frame().select(as_code(pl.col(column.name))).to_series()


def _largest(known: pl.Series, least: int) -> Callable[[pl.Series], pl.Series]:
    counts = known.alias("level").value_counts().sort("count", "level", descending=[True, False])
    fit = counts.filter(pl.col("count") >= least, pl.col("level").str.len_chars() <= _LONGEST)
    kept = fit["level"].head(MOST_LEVELS).to_list()

    def cut(column: pl.Series) -> pl.Series:
        text = _text(column).alias("level").to_frame()
        named = pl.when(pl.col("level").is_in(kept)).then("level").otherwise(pl.lit(OTHERS))
        return text.select(pl.when(pl.col("level").is_not_null()).then(named)).to_series()

    return cut


def _fifths(known: pl.Series) -> Callable[[pl.Series], pl.Series]:
    edges = sorted({float(known.quantile(part / 5, "lower") or 0.0) for part in range(1, 5)})
    shown = [f"{edge:.6g}" for edge in edges]
    pairs = [f"above {low} to {high}" for low, high in pairwise(shown)]
    names = [f"to {shown[0]}", *pairs, f"above {shown[-1]}"]

    def cut(column: pl.Series) -> pl.Series:
        return column.rename("value").to_frame().select(banded(pl.col("value"), edges, names)).to_series()

    return cut
