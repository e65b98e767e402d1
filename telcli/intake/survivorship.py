"""One row of a customer's several: which source's value of each attribute stands, and where sources disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import polars as pl

from telcli.tables.refused import LINE, SOURCE

__all__ = ["OWN", "Survived", "Survivorship", "survive"]

OWN = ("customer_id", "source", "source_key", "_rank", "_when")
"""Columns of rows beside their attributes: the customer, the source and its identifier there, how trusted the source is
(0 the most), and the day its extract or row is of."""

_PLACES = ("region", "branch")
_KIND_OF_PLACE = r"(?:市|地区|分公司|网格)$"
_CONFLICTS = dict.fromkeys(("customer_id", "attribute", "source", "source_key", "value", "chosen", "rule"), pl.String())


@dataclass(frozen=True)
class Survivorship:
    """Which rule settles each attribute: `by` for some, `rule` for the others."""

    rule: str = "trusted"
    by: Mapping[str, str] | None = None

    def of(self, attribute: str) -> str:
        """The rule of one attribute, with or without its ``x_``."""
        told = self.by or {}
        return told.get(attribute) or told.get(attribute.removeprefix("x_")) or self.rule


@dataclass(frozen=True)
class Survived:
    """One row per customer, each disagreement with all its values, and rates of disagreement by pair of sources."""

    rows: pl.DataFrame
    conflicts: pl.DataFrame
    rates: list[dict[str, Any]]


def survive(
    rows: pl.DataFrame, attributes: Sequence[str], rules: Survivorship, key: tuple[str, ...] = ("customer_id",)
) -> Survived:
    """Settle every attribute of customers, or of what `key` names, that have several rows.

    ``trusted`` takes the most trusted source that has a value, its newest; ``newest`` the latest value, of the most
    trusted source among equals; ``most-frequent`` the value that most sources give, among equals the most trusted's.

    >>> rows = pl.DataFrame({"customer_id": ["c", "c"], "source": ["crm", "old"], "source_key": ["1", "7"],
    ...     "_rank": [0, 1], "_when": [None, None], "_source": ["crm", "old"], "_line": [2, 5],
    ...     "region": ["A", "B"], "gender": [None, "female"]}, schema_overrides={"_when": pl.Date})
    >>> found = survive(rows, ["region", "gender"], Survivorship())
    >>> found.rows.select("region", "gender").rows(), found.conflicts.select("source", "value", "chosen").rows()
    ([('A', 'female')], [('crm', 'A', 'A'), ('old', 'B', 'A')])
    >>> found.rates
    [{'source': 'crm', 'other': 'old', 'attribute': 'region', 'customers': 1, 'share': 1.0}]
    """
    latest = rows.sort(
        *(*key, "_rank", "_when", "source_key", SOURCE, LINE),
        descending=[*[False for _ in key], False, True, False, False, False],
        nulls_last=True,
    )
    groups = latest.group_by(key, maintain_order=True)
    kinds = {name: rules.of(name) for name in attributes}
    place = pl.struct(SOURCE, LINE).sort().first()
    whole = groups.agg(
        *[pl.col(name).drop_nulls().first() for name in attributes],
        place.struct.field(SOURCE),
        place.struct.field(LINE),
    )
    whole = _by_newest(whole, latest, [name for name in attributes if kinds[name] == "newest"], key)
    for name in attributes:
        if kinds[name] == "most-frequent":
            whole = _by_frequency(whole, latest, name, key)
    # of one record that came several times, in several months, only the latest may disagree with others
    current = latest.unique([*key, "source", "source_key"], keep="first", maintain_order=True)
    return Survived(whole, _conflicts(current, whole, kinds, key), _rates(current, attributes, key))


def _by_newest(whole: pl.DataFrame, latest: pl.DataFrame, names: Sequence[str], key: tuple[str, ...]) -> pl.DataFrame:
    if not names:
        return whole
    order = latest.select(*key, "_when", *names).sort(
        *key, "_when", descending=[*[False for _ in key], True], nulls_last=True, maintain_order=True
    )
    newest = order.group_by(key, maintain_order=True).agg(pl.col(name).drop_nulls().first() for name in names)
    return whole.drop(names).join(newest, on=list(key), how="left", maintain_order="left")


def _by_frequency(whole: pl.DataFrame, latest: pl.DataFrame, name: str, key: tuple[str, ...]) -> pl.DataFrame:
    said = latest.select(*key, "source", "_rank", value=name).drop_nulls("value")
    counted = said.group_by(*key, "value").agg(n=pl.col("source").n_unique(), rank=pl.col("_rank").min())
    ranked = counted.sort(*key, "n", "rank", "value", descending=[*[False for _ in key], True, False, False])
    most = ranked.unique(key, keep="first", maintain_order=True).select(*key, pl.col("value").alias(name))
    return whole.drop(name).join(most, on=list(key), how="left", maintain_order="left")


def _conflicts(
    current: pl.DataFrame, whole: pl.DataFrame, kinds: Mapping[str, str], key: tuple[str, ...]
) -> pl.DataFrame:
    """Every value of each attribute on which the records disagree, as text."""
    parts = [pl.DataFrame(schema=_CONFLICTS)]
    have = current.schema
    plain = {name: _plain(name, have) for name in kinds}
    differs = current.group_by(key).agg((plain[name].min() != plain[name].max()).alias(name) for name in kinds)
    for name, rule in kinds.items():
        torn = differs.filter(pl.col(name)).select(key)
        if not torn.height:
            continue
        said = current.join(torn, on=list(key), how="semi").drop_nulls(name)
        won = whole.select(*key, chosen=pl.col(name).cast(pl.String))
        parts.append(
            said.join(won, on=list(key)).select(
                *("customer_id", pl.lit(name).alias("attribute"), "source", "source_key"),
                *(pl.col(name).cast(pl.String).alias("value"), "chosen", pl.lit(rule).alias("rule")),
            )
        )
    return pl.concat(parts).sort("customer_id", "attribute", "source", "source_key")


def _plain(name: str, have: Mapping[str, pl.DataType]) -> pl.Expr:
    """A value as it is compared: without what systems write in one way or another.

    One Year is one year, ５Ｇ is 5G, and a place is the same with and without the word for its kind.
    """
    if have[name] != pl.String:
        return pl.col(name)
    text = pl.col(name).str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    return text.str.replace(_KIND_OF_PLACE, "") if name.removesuffix(" other") in _PLACES else text


def _rates(current: pl.DataFrame, attributes: Sequence[str], key: tuple[str, ...]) -> list[dict[str, Any]]:
    """For each pair of sources and attribute: customers of whom both know it, and the share on which they differ."""
    sides = {
        str(source): part.unique(key, keep="first", maintain_order=True).select(*key, *attributes)
        for (source,), part in sorted(current.partition_by("source", as_dict=True).items())
    }
    found: list[dict[str, Any]] = []
    for one, other in combinations(sides, 2):
        both = sides[one].join(sides[other], on=list(key), suffix=" other")
        have = both.schema
        differs = {name: _plain(name, have) != _plain(f"{name} other", have) for name in attributes}
        row = both.select(
            *[differ.count().alias(f"n {name}") for name, differ in differs.items()],
            *[differ.sum().alias(name) for name, differ in differs.items()],
        ).row(0, named=True)
        for name in attributes:
            n = int(row[f"n {name}"])
            if n and row[name]:
                share = round(int(row[name]) / n, 4)
                found.append({"source": one, "other": other, "attribute": name, "customers": n, "share": share})
    return found
