"""Part of score-satisfaction: the customers of the base, and the groups that they are told by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.errors import MissingInputError, UsageError
from telcli.settings import ScoreSatisfactionSettings
from telcli.settings.names_in import names_in
from telcli.tables.survey_items import is_network

__all__ = ["UNKNOWN", "base_of", "names_of"]

UNKNOWN = "-"
_NAMED = {"segment": "segment_name"}
_KNOWN = ("segment", "network", "pay_mode", "branch", "region", "customer_class")
"""Groupings that are left out without a word where nothing tells them."""


def names_of(text: str) -> list[str]:
    """Names in a row, in order, each once.

    >>> names_of("branch, region，branch")
    ['branch', 'region']
    """
    return list(dict.fromkeys(names_in(text.replace("、", ","))))


def base_of(tables: Mapping[str, pl.LazyFrame], as_of: date, settings: ScoreSatisfactionSettings) -> pl.DataFrame:
    """Customers there at the end of the month: customer_id and a column of text per grouping; sorted by customer.

    A grouping that nothing tells of anybody is left out; "-" is who is not known.

    Raises
    ------
    MissingInputError
        Nobody is there.
    UsageError
        There is no such column to group by.
    """
    here = tables["customer_months"].filter(pl.col("month") == as_of, pl.col("active"))
    people = here.select("customer_id").collect(engine="streaming").sort("customer_id")
    if not people.height:
        raise MissingInputError(
            "satisfaction-nobody", "Nobody is a customer at the end of the month.", hint="Choose another --as-of."
        )
    for name in dict.fromkeys((*names_of(settings.group_by), *names_of(settings.weight_by))):
        found = _column(tables, as_of, name, settings.network_column)
        if found is None:
            continue
        people = people.join(found, on="customer_id", how="left", maintain_order="left")
        if people[name].null_count() == people.height:
            people = people.drop(name)
    return people.with_columns(pl.exclude("customer_id").fill_null(UNKNOWN))


def _column(tables: Mapping[str, pl.LazyFrame], as_of: date, name: str, network: str) -> pl.DataFrame | None:
    """One grouping by customer; None where nothing tells it."""
    own = network if name == "network" and network else _NAMED.get(name, name)
    if name == "pay_mode" and "subscriptions" in tables:
        return _pay_modes(tables["subscriptions"])
    places = {"customers": tables["customers"], "segments": tables.get("segments")}
    places["customer_months"] = tables["customer_months"].filter(pl.col("month") == as_of)
    for frame in places.values():
        have = [] if frame is None else frame.collect_schema().names()
        header = next((each for each in (own, f"x_{own}") if each in have), None)
        if header is None and name == "network" and not network:
            header = next((each for each in have if is_network(each)), None)
        if frame is not None and header is not None:
            text = pl.col(header).cast(pl.String).str.strip_chars()
            rows = frame.select("customer_id", text.replace("", None).alias(name)).collect(engine="streaming")
            return rows.unique("customer_id", keep="first", maintain_order=True)
    if name in _KNOWN and not (name == "network" and network):
        return None
    raise UsageError(
        "satisfaction-no-column",
        "There is no column {name} to group customers by.",
        hint="Columns: telcli show customers --schema, telcli show customer_months --schema",
        name=own,
    )


def _pay_modes(lines: pl.LazyFrame) -> pl.DataFrame:
    """The way of paying of each customer's lines that have not ended; of several ways the first by name."""
    open_ones = lines.filter(pl.col("ended_on").is_null(), pl.col("pay_mode").is_not_null())
    return open_ones.group_by("customer_id").agg(pl.col("pay_mode").cast(pl.String).min()).collect(engine="streaming")
