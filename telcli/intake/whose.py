"""Whose facts are: identifiers of every system put under the customers they were resolved to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

import polars as pl

from telcli.errors import DataError
from telcli.intake.systems import Described, stable_name
from telcli.intake.understood import Understood
from telcli.tables.refused import FAULTS

__all__ = ["RECORD", "Whose", "line_keys"]

RECORD = "_record"
"""Column of facts where customers have several records: the one that the fact is of, null for all other customers.

It is the record's identifier, with its system before it where a more trusted system has that identifier too."""

_HEAD = 20_000


class Whose:
    r"""Every identifier of every system and its customer; `several` are the customers with more than one record.

    >>> nodes = pl.DataFrame({"system": ["crm", "old"], "source_key": ["1", "7"], "customer_id": ["1", "1"]})
    >>> whose = Whose(nodes, pl.DataFrame({"customer_id": ["1"]}))
    >>> frame = pl.LazyFrame({"customer_id": ["1", "7", "8"]})
    >>> whose.put(frame, whose.plain).collect().rows()
    [('1', '1'), ('1', '7'), ('8', None)]
    """

    def __init__(self, nodes: pl.DataFrame, several: pl.DataFrame) -> None:
        self.nodes, self.several = nodes, several

    @cached_property
    def plain(self) -> pl.DataFrame:
        """Identifiers that mean the same customer in every system that has them."""
        grouped = self.nodes.group_by("source_key").agg(
            pl.col("customer_id").min(), _last=pl.col("customer_id").max(), system=pl.col("system").min()
        )
        return grouped.filter(pl.col("customer_id") == pl.col("_last")).drop("_last")

    @cached_property
    def unclear(self) -> pl.DataFrame:
        """Identifiers that are of different customers in different systems."""
        return self.nodes.join(self.plain, on="source_key", how="anti")

    def under(
        self, one: Understood, systems: Mapping[str, str], told: Sequence[tuple[str, str]]
    ) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
        """What puts the facts of one extract under their customers.

        Raises
        ------
        DataError
            Its identifiers stand for different customers in several systems, and nothing shows which is meant.
        """
        likely = self.systems_of(one, systems, told)
        if len(likely) > 1:
            raise DataError(
                "system-unclear",
                "{file}: its identifiers stand for different customers in {systems}, and nothing shows which is meant.",
                hint='Say so in telcli.toml: [ingest] systems = "{file}={first}".',
                file=stable_name(one.map.source),
                systems=", ".join(likely),
                first=likely[0],
            )
        own = self.nodes.filter(pl.col("system").is_in(likely)).select("source_key", "customer_id", "system")
        table = pl.concat([own, self.plain.select(own.columns).join(own, on="source_key", how="anti")])
        return lambda frame: self.put(frame, table)

    @cached_property
    def lines(self) -> pl.DataFrame:
        """Every identifier with the name it has among those of all systems."""
        first = pl.col("source_key").is_first_distinct()  # nodes stand in order of trust
        prefixed = pl.concat_str("system", pl.lit(":"), "source_key")
        return self.nodes.with_columns(pl.when(first).then("source_key").otherwise(prefixed).alias(RECORD))

    def put(self, frame: pl.LazyFrame, table: pl.DataFrame) -> pl.LazyFrame:
        """Name the customers of a frame by a table of ``source_key``, ``customer_id``, ``system``."""
        if "customer_id" not in frame.collect_schema():
            return frame
        torn = table.join(self.several, on="customer_id", how="semi")
        needed = pl.concat([table.filter(pl.col("source_key") != pl.col("customer_id")), torn]).unique()
        if not needed.height:
            return frame
        named_ = needed.join(self.lines.drop("customer_id"), on=["system", "source_key"])
        now = named_.lazy().select("source_key", RECORD, _now="customer_id")
        joined = frame.join(now, left_on="customer_id", right_on="source_key", how="left", maintain_order="left")
        found = joined.with_columns(customer_id=pl.coalesce("_now", "customer_id")).drop("_now")
        return found if self.several.height else found.drop(RECORD)

    def systems_of(self, one: Understood, systems: Mapping[str, str], told: Sequence[tuple[str, str]]) -> list[str]:
        """The systems that an extract may be of: by what was said, by most of its identifiers, by its name.

        None where that makes no difference to its customers.
        """
        source = stable_name(one.map.source)
        named = next((system for pattern, system in told if fnmatchcase(source, pattern)), systems.get(source))
        use = one.map.use("customer_id")
        if named or use is None or not self.unclear.height:
            return [named] if named else []
        found = one.clean([one.customer_key()]).head(_HEAD)
        seen = found.filter(pl.col(FAULTS).list.len() == 0).select("customer_id").drop_nulls().unique().collect()
        if not seen.join(self.unclear, left_on="customer_id", right_on="source_key", how="semi").height:
            return []
        known = self.nodes.join(seen, left_on="source_key", right_on="customer_id", how="semi")
        counts = dict(known.group_by("system").len().sort("system").iter_rows())
        best = max(counts.values())
        likely = [system for system, count in counts.items() if 20 * count >= 19 * best]
        if len(likely) == 1:
            return likely
        return _alike(source, {place: system for place, system in systems.items() if system in likely}) or likely


def _common(one: str, other: str) -> int:
    """How many characters two names begin with in common."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _alike(source: str, places: Mapping[str, str]) -> list[str]:
    """Systems whose files begin as this one does: ``boss_bills.csv`` goes with ``boss_customers.csv``."""
    lengths = {place: _common(place, source) for place in places}
    longest = max(lengths.values(), default=0)
    return sorted({places[place] for place, length in lengths.items() if length == longest and longest >= 3})


_KEYS = {"number_h": "phone", "account_id": "account"}
_NONE = pl.DataFrame(schema=dict.fromkeys(("system", "source_key", "kind", "value"), pl.String))


def line_keys(
    lines: Sequence[Understood],
    found: Sequence[Described],
    systems: Mapping[str, str],
    told: Sequence[tuple[str, str]],
) -> pl.DataFrame:
    """Numbers in use and accounts of each system's customers: ``system``, ``source_key``, ``kind``, ``value``.

    They join customers of different systems alone, so that with one system there is nothing to read.
    """
    if len({systems[one.source] for one in found}) < 2:
        return _NONE
    keys = [one.keys.select("source_key", system=pl.lit(systems[one.source])) for one in found]
    apart = pl.concat(keys).unique().with_columns(customer_id=pl.concat_str("system", pl.lit("\n"), "source_key"))
    whose = Whose(apart, apart.select("customer_id").clear())
    parts = [_NONE]
    for one in lines:
        readings = {reading.name: reading for reading in one.readings("subscriptions", attributes=False)}
        columns = [name for name in _KEYS if name in readings]
        likely = whose.systems_of(one, systems, told)
        if not columns or one.map.use("customer_id") is None or len(likely) > 1:
            continue
        owners = apart.filter(pl.col("system").is_in(likely)) if likely else whose.plain
        wanted = [*columns, *[name for name in ("ended_on",) if name in readings]]
        frame = one.clean([one.customer_key(), *[readings[name] for name in wanted]])
        live = pl.col("ended_on").is_null() if "ended_on" in wanted else pl.lit(value=True)
        rows = frame.filter(live & pl.col("customer_id").is_not_null()).collect(engine="streaming")
        for name in columns:
            pairs = rows.select(source_key="customer_id", value=name).drop_nulls().unique()
            placed = pairs.join(owners.select("system", "source_key"), on="source_key")
            parts.append(placed.select("system", "source_key", pl.lit(_KEYS[name]).alias("kind"), "value"))
    return pl.concat(parts).unique()
