"""The customers of all extracts as one table, and what puts the facts of every system under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.intake.linkage import Likeness, Linkage
from telcli.intake.resolve import Held, Resolution, resolve
from telcli.intake.settle import settle
from telcli.intake.snapshots import day_of_name
from telcli.intake.survivorship import Survivorship
from telcli.intake.systems import WITNESSES, Described, patterns, stable_name, systems_of
from telcli.intake.understood import Understood, headers_of_extract
from telcli.intake.whose import Whose, line_keys
from telcli.tables import contract
from telcli.tables.refused import FAULTS, LINE

__all__ = ["Identity", "Read", "Unified", "earlier", "ranks", "unify"]

_WORST = 5
_OTHERWISE, _COMMON = 0.9, 20
"""Sources that differ on a larger share of so many common customers do not contradict each other by mistake."""
_IN_MEMORY = 3_000_000
"""Rows of customers up to which they are read once and kept; more are read again for each pass over them."""

_SOUND = pl.col(FAULTS).list.len() == 0


@dataclass(frozen=True)
class Identity:
    """How customers of several systems are told to be one.

    Parameters
    ----------
    systems : pattern of source names -> system, where the analyst says so.
    trust : patterns of source names, the most trusted first.
    rules : whose value of an attribute stands.
    key_limit : a certificate, number or account that more customers of one system share joins nobody.
    household_limit : an account, package or main card that more customers share makes no household.
    """

    systems: tuple[tuple[str, str], ...] = ()
    trust: tuple[str, ...] = ()
    rules: Survivorship = field(default_factory=Survivorship)
    key_limit: int = 10
    household_limit: int = 10

    @classmethod
    def of(cls, systems: str, trust: str, rule: str, by: str, key_limit: int, household_limit: int = 10) -> Identity:
        """From settings as they are written.

        >>> Identity.of("a_*=a", "crm*, *", "trusted", "region=newest", 10).rules.of("region")
        'newest'
        """
        trusted = tuple(word.strip() for word in trust.replace("，", ",").split(",") if word.strip())
        rules = Survivorship(rule, dict(patterns(by, "survivorship_by")))
        return cls(tuple(patterns(systems, "systems")), trusted, rules, key_limit, household_limit)


@dataclass(frozen=True)
class Unified:
    """One table of customers (none where no extract has customers), who is who in it, and what is to be said of that.

    Parameters
    ----------
    known : every customer there is.
    whose : puts facts under their customers; None where every identifier is a customer's own.
    systems, ranks : the system of each source, and how trusted it is.
    """

    customers: pl.LazyFrame | None
    known: pl.LazyFrame
    crosswalk: pl.LazyFrame
    conflicts: pl.LazyFrame
    whose: Whose | None = None
    systems: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    metrics: dict[str, Any] = field(default_factory=dict)

    def put_under(self, ones: Sequence[Understood], identity: Identity) -> list[Understood]:
        """The extracts, each of which will from now on name its customers as they are called here."""
        if self.whose is None:
            return list(ones)
        return [replace(one, under=self.whose.under(one, self.systems, identity.systems)) for one in ones]


@dataclass(frozen=True)
class _Part:
    """One extract of customers: its stable source, its cleaned rows, what day they are of, and who is gone since."""

    source: str
    one: Understood
    frame: pl.LazyFrame
    day: date | None
    gone: pl.LazyFrame | None = None

    @property
    def everybody(self) -> pl.LazyFrame:
        """All rows, those of customers who are gone among them."""
        return self.frame if self.gone is None else pl.concat([self.frame, self.gone], how="diagonal_relaxed")


Read = Callable[[Understood], pl.LazyFrame]


def unify(  # noqa: D417 (numpy sections)
    holders: Sequence[Understood],
    read: Read,
    identity: Identity,
    lines: Sequence[Understood] = (),
    held: Held | None = None,
    likeness: Likeness | None = None,
    gone: Mapping[str, pl.LazyFrame] | None = None,
) -> Unified:
    """Make one table of the customers of several extracts.

    Parameters
    ----------
    holders : the extracts of customers; `read` cleans one.
    lines : extracts that put numbers and accounts under customers.
    held : what an earlier month knew.
    likeness : how customers that look alike are looked for, where that is asked for.
    gone : by source, rows of customers whom later months of the same extracts do not show any more.
    """
    left = gone or {}
    parts = [
        _Part(stable_name(name), one, read(one), day_of_name(name), left.get(name))
        for one, name in ((one, one.map.source) for one in holders)
    ]
    if len(parts) == 1 and not held and "certificate_h" not in parts[0].frame.collect_schema():
        return _alone(parts[0])
    if sum(max(part.one.rows, 0) for part in parts) <= _IN_MEMORY:
        parts = [replace(part, frame=part.frame.collect(engine="streaming").lazy()) for part in parts]
    found, keys = _described(parts)
    before = dict(held.crosswalk.select("source", "system").unique().sort("source").iter_rows()) if held else {}
    systems, notices = systems_of(found, identity.systems, before, held.systems() if held else None)
    systems = {**before, **systems}
    rank = ranks({one.source: one.keys.height for one in found}, systems, identity.trust)
    more = line_keys(lines, found, systems, identity.systems)
    linkage = Linkage(likeness, [(p.source, p.one) for p in parts], found, systems) if likeness else None
    resolution = resolve(found, systems, more, rank, identity.key_limit, held, linkage.look if linkage else None)
    several, renamed = _several(keys, systems, resolution)
    rows, rest = _rows(parts, systems, rank, resolution, several, renamed)
    table, conflicts, rates = settle(rows, rest, identity.rules, "customers", ("customer_id",))
    whose = Whose(resolution.nodes, several) if resolution.renames() or several.height else None
    return Unified(
        table,
        resolution.nodes.select("customer_id").unique().lazy(),
        resolution.crosswalk.lazy(),
        conflicts.lazy(),
        whose,
        systems,
        rank,
        [*notices, *(linkage.notices if linkage else ()), *resolution.notices(), *_told(resolution, keys, rates)],
        {
            **({"linkage": linkage.metrics} if linkage else {}),
            "records": keys.height,
            "customers": resolution.nodes["customer_id"].n_unique(),
            "systems": systems,
            "joined": resolution.joined(),
            "disagreement": rates,
        },
    )


def ranks(rows: Mapping[str, int], systems: Mapping[str, str], trust: Sequence[str]) -> dict[str, int]:
    """How trusted each source is, 0 the most: as told, then those of the larger system, the larger, by name.

    >>> ranks({"a": 5, "b": 9, "c": 1}, {"a": "x", "b": "y", "c": "z"}, ["c"])
    {'c': 0, 'b': 1, 'a': 2}
    """
    size: dict[str, int] = {}
    for source, count in rows.items():
        size[systems[source]] = size.get(systems[source], 0) + count

    def place(source: str) -> tuple[int, int, str, int, str]:
        told = next((n for n, pattern in enumerate(trust) if fnmatchcase(source, pattern)), len(trust))
        return told, -size[systems[source]], systems[source], -rows[source], source

    return {source: number for number, source in enumerate(sorted(rows, key=place))}


def _alone(part: _Part) -> Unified:
    """One extract whose customers have nothing but their identifiers: each is who it says."""
    ids = part.one.clean([part.one.customer_key()]).filter(_SOUND).select("customer_id").drop_nulls().unique()
    crosswalk = ids.select(
        source=pl.lit(part.source),
        source_key="customer_id",
        system=pl.lit(part.source.split(".")[0].rstrip("*_- ") or part.source),
        customer_id="customer_id",
        rule=pl.lit("own-id"),
        score=pl.lit(1.0),
    )
    return Unified(part.frame, ids, crosswalk, contract("conflicts").schema.create_empty(lazy=True))


def earlier(held: Held | None) -> Unified:
    """What an earlier month knew, where no extract has customers."""
    none = contract("conflicts").schema.create_empty(lazy=True)
    if held is None:
        return Unified(None, none.select("customer_id"), contract("crosswalk").schema.create_empty(lazy=True), none)
    nodes = held.crosswalk.select("system", "source_key", "customer_id").unique().sort("system", "source_key")
    several = nodes.group_by("customer_id").len().filter(pl.col("len") > 1).select("customer_id")
    systems = dict(held.crosswalk.select("source", "system").unique().sort("source").iter_rows())
    return Unified(
        None, nodes.lazy().select("customer_id"), held.crosswalk.lazy(), none, Whose(nodes, several), systems
    )


def _described(parts: Sequence[_Part]) -> tuple[list[Described], pl.DataFrame]:
    """Each source with a row per identifier, and the records: a row per extract and identifier."""
    rows: dict[str, list[pl.DataFrame]] = {}
    layouts: dict[str, frozenset[str]] = {}
    records = []
    for number, part in enumerate(parts):
        have = part.frame.collect_schema()
        witnesses = [name for name in WITNESSES if name in have]
        sound = part.everybody.filter(_SOUND & pl.col("customer_id").is_not_null())
        keys = sound.select(pl.col("customer_id").alias("source_key"), *witnesses, LINE).collect(engine="streaming")
        keys = keys.sort("source_key", LINE).unique("source_key", keep="first", maintain_order=True).drop(LINE)
        rows.setdefault(part.source, []).append(keys)
        layouts[part.source] = frozenset(headers_of_extract(part.one.extract).values())
        records.append(keys.select("source_key", part=pl.lit(number), source=pl.lit(part.source)))
    found = [Described(source, layouts[source], _once(frames)) for source, frames in sorted(rows.items())]
    return found, pl.concat(records)


def _once(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """A row per identifier; of extracts of several months the latest value that is known, whatever their order."""
    if len(frames) == 1:
        return frames[0]
    whole = pl.concat(frames, how="diagonal_relaxed")
    return (
        whole.unique().sort(whole.columns).group_by("source_key", maintain_order=True).agg(pl.all().drop_nulls().last())
    )


def _several(
    keys: pl.DataFrame, systems: Mapping[str, str], resolution: Resolution
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Customers with several records, and customers whose one record has another identifier."""
    system = pl.col("source").replace_strict(dict(systems), return_dtype=pl.String)
    placed = keys.with_columns(system=system).join(resolution.nodes, on=["system", "source_key"])
    counts = placed.group_by("customer_id").len()
    several = counts.filter(pl.col("len") > 1).select("customer_id")
    other = placed.filter(pl.col("source_key") != pl.col("customer_id")).select("customer_id").unique()
    return several.sort("customer_id"), other.join(several, on="customer_id", how="anti")


def _rows(
    parts: Sequence[_Part],
    systems: Mapping[str, str],
    rank: Mapping[str, int],
    resolution: Resolution,
    several: pl.DataFrame,
    renamed: pl.DataFrame,
) -> tuple[pl.DataFrame, list[pl.LazyFrame]]:
    """Rows of customers with several records, to be settled; and all others, each under its customer already."""
    chosen, rest = [], []
    for part in parts:
        own = resolution.nodes.filter(system=systems[part.source]).select("source_key", _now="customer_id")
        torn = own.join(several, left_on="_now", right_on="customer_id", how="semi")
        away = own.join(renamed, left_on="_now", right_on="customer_id", how="semi")
        touched = pl.concat([torn.with_columns(_torn=True), away.with_columns(_torn=False)])
        if not touched.height:
            rest.append(part.frame)
            continue
        placed = part.frame.join(
            touched.lazy(), left_on="customer_id", right_on="source_key", how="left", maintain_order="left"
        )
        torn_row = pl.col("_torn").fill_null(value=False) & _SOUND
        rest.append(
            placed.filter(~torn_row).with_columns(customer_id=pl.coalesce("_now", "customer_id")).drop("_now", "_torn")
        )
        day = pl.lit(part.day, dtype=pl.Date)
        dated = pl.coalesce("valid_from", day) if "valid_from" in placed.collect_schema() else day
        rows = placed.filter(torn_row).with_columns(
            source=pl.lit(part.source),
            source_key="customer_id",
            _rank=pl.lit(rank[part.source]),
            _when=dated,
            customer_id="_now",
        )
        chosen.append(rows.drop("_now", "_torn").collect(engine="streaming"))
    return pl.concat(chosen, how="diagonal_relaxed") if chosen else pl.DataFrame(), rest


def _told(resolution: Resolution, keys: pl.DataFrame, rates: Sequence[Mapping[str, Any]]) -> list[Notice]:
    """How many records became how many customers, and on what their sources disagree most."""
    joined = {rule: count for rule, count in resolution.joined().items() if rule not in ("own-id", "merged")}
    notices = []
    if joined:
        by = ", ".join(f"{rule} {count}" for rule, count in joined.items())
        values = {"records": keys.height, "customers": resolution.nodes["customer_id"].n_unique(), "by": by}
        told = "{records} records of customers are {customers} customers; joined by {by}."
        notices.append(Notice("records-joined", told, values))
    worst = sorted(rates, key=lambda rate: (-rate["share"] * rate["customers"], rate["attribute"]))[:_WORST]
    if worst:
        said = [f"{one['source']} ~ {one['other']} {one['attribute']} {one['share']:.1%}" for one in worst]
        values = {"rates": "; ".join(said)}
        told = "Sources disagree; the table conflicts holds what each says and what was chosen: {rates}."
        notices.append(Notice("sources-disagree", told, values))
    strange = [one["attribute"] for one in worst if one["share"] > _OTHERWISE and one["customers"] >= _COMMON]
    if strange:
        values = {"attributes": ", ".join(dict.fromkeys(strange))}
        told = "{attributes}: sources agree on hardly any customer, so they use other words or mean other things by it."
        notices.append(Notice("sources-mean-otherwise", told, values))
    return notices
