"""One table's contract: its columns, key and partition, and how good rows part from bad ones.

The rules themselves are dataframely schemas; this layer adds what telcli needs beside them: free attributes
(``x_<name>``), the hidden columns that say which line of which file a row came from, and rejects in one shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from hashlib import sha256
from inspect import getsource
from operator import and_
from sys import modules

import dataframely as dy
import polars as pl

from telcli.errors import DataError
from telcli.tables import columns
from telcli.tables.apart import told_apart, unknown
from telcli.tables.bucket import bucket
from telcli.tables.evidence import evidence
from telcli.tables.lost_money import lost_money
from telcli.tables.refused import FAULTS, HIDDEN, LINE, REJECTS, SOURCE, failed_rows, fault_rows, placed, rule_rows

__all__ = ["ColumnInfo", "Contract", "Split", "bucket"]

_LINES = pl.DataFrame(schema={"source": pl.String, "line": pl.Int64})


@dataclass(frozen=True)
class ColumnInfo:
    """What `telcli show TABLE --schema` says of a column; `source` names the subject tables it is made of, if any."""

    name: str
    type: str
    unit: str
    meaning: str
    zh: str
    required: bool
    key: bool
    source: str = ""


@dataclass(frozen=True)
class Split:
    """Rows that keep the contract, and what is wrong with the others.

    `good` is lazy, without the hidden columns; `rejects` has the columns of the rejects table, several rows for a
    line that breaks several rules; `rejected_rows` counts each row once; `copies` are the exact copies of a kept
    row that were dropped, as (source, line). `lost` is the money of both, see `lost_money`.
    """

    good: pl.LazyFrame
    rejects: pl.DataFrame
    rejected_rows: int
    copies: pl.DataFrame
    lost: pl.DataFrame


@dataclass(frozen=True)
class Contract:
    """A named schema; `attributes` admits x_ columns.

    `partition` is the month, or the moment whose month, makes the files; `buckets` parts those of a month further, by
    customer, so that a bucket holds the same customers in every month. `apart` is the moment of the key by which rows
    of one file are told apart that share the key and are not the same, see `telcli.tables.apart`. `ranks` is what rows
    are sorted by before their key.
    """

    name: str
    schema: type[dy.Schema]
    meaning: str
    zh: str
    partition: str | None = None
    attributes: bool = False
    buckets: int = 0
    apart: str = ""
    ranks: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """What the month of a partition is called in the path of its files: ``month``, or ``as_of`` of results."""
        return "as_of" if self.partition == "as_of" else "month"

    def month(self) -> pl.Expr:
        """The month of each row, as the date of its first day."""
        column = pl.col(self.partition or "")
        return column if self._dated else column.dt.date().dt.month_start()

    def within(self, month: date | None) -> pl.Expr:
        """Whether a row is of this month, or of none: a condition that files are passed over by."""
        column = pl.col(self.partition or "")
        if month is None:
            return column.is_null()
        if self._dated:
            return column == month
        after = pl.lit(month).dt.offset_by("1mo")
        return (column >= pl.lit(month).cast(pl.Datetime("us"))) & (column < after.cast(pl.Datetime("us")))

    @property
    def _when(self) -> pl.Expr:
        return self.month() if self.partition else pl.lit(None)

    @property
    def _dated(self) -> bool:
        """Whether the partition's column holds months themselves, not moments."""
        return self.schema.columns()[self.partition or ""].dtype == pl.Date

    def places(self) -> dict[str, pl.Expr]:
        """What parts the rows into files: their month, and their bucket where there are some.

        >>> from telcli.tables import contract
        >>> list(contract("bills").places()), list(contract("calls").places())
        (['_month'], ['_month', '_bucket'])
        """
        found = {"_month": self.month()} if self.partition else {}
        return found | ({"_bucket": bucket("customer_id", self.buckets)} if self.buckets else {})

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The primary key; empty where rows have none."""
        return tuple(self.schema.primary_key())

    @property
    def order(self) -> tuple[str, ...]:
        """What rows of one partition are sorted by: `ranks`, then the key, less the month that all of them share.

        >>> from telcli.tables import contract
        >>> contract("bills").order, contract("payments").order
        (('customer_id', 'kind'), ('payment_id',))
        """
        return (*self.ranks, *(name for name in self.key if name != self.partition or not self._dated))

    def columns(self) -> list[ColumnInfo]:
        """Describe each declared column, in order."""
        found = []
        for name, column in self.schema.columns().items():
            about = column.metadata or {}
            found.append(
                ColumnInfo(
                    name,
                    str(column.dtype),
                    about.get("unit", ""),
                    about.get("meaning", ""),
                    about.get("zh", ""),
                    not column.nullable,
                    column.primary_key,
                    about.get("source", ""),
                )
            )
        return found

    def conform(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Put declared columns first and in order, absent optional ones as null, then attributes by name.

        Raises
        ------
        DataError
            A required column is missing, or one has another type than declared.
        """
        have = frame.collect_schema()
        chosen = []
        for name, column in self.schema.columns().items():
            if name not in have:
                if not column.nullable:
                    raise DataError(
                        "column-missing",
                        "Table {table} has no column {column}, which it needs.",
                        table=self.name,
                        column=name,
                    )
                chosen.append(pl.lit(None, dtype=column.dtype).alias(name))
            elif have[name] == pl.Null:
                chosen.append(pl.col(name).cast(column.dtype))
            elif have[name] != column.dtype:
                raise DataError(
                    "column-type",
                    "Column {column} of table {table} is {found}, not {wanted}.",
                    table=self.name,
                    column=name,
                    found=str(have[name]),
                    wanted=str(column.dtype),
                )
            else:
                chosen.append(pl.col(name))
        extra = sorted(name for name in have if name.startswith("x_")) if self.attributes else []
        return frame.select(*chosen, *extra, *[name for name in HIDDEN if name in have])

    def require(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Return the frame, conformed, or raise naming the first rule broken and how often."""
        split = self.split(frame)
        if split.rejected_rows or split.copies.height:
            first = split.rejects.row(0, named=True) if split.rejects.height else {"rule": "copy", "column": "row"}
            raise DataError(
                "contract-broken",
                "Table {table} breaks its contract in {rows} rows; first: {rule} on {column}.",
                table=self.name,
                rows=split.rejected_rows + split.copies.height,
                rule=first["rule"],
                column=first["column"],
            )
        return split.good

    def passes(self, rows: pl.DataFrame) -> bool:
        """Whether every row keeps every rule but that keys are unique (`repeats`); costs less than to part them."""
        if FAULTS in rows.columns and (rows[FAULTS].list.len() > 0).any():
            return False
        own = rows.select(self.schema.column_names())
        kinds, sound = self._sound
        return own.schema == kinds and bool(own.select(pl.all_horizontal(True, *sound)).item())

    @cached_property
    def _sound(self) -> tuple[pl.Schema, list[pl.Expr]]:
        """The types of the columns, and for each rule whether all rows keep it, but for the one on unique keys.

        They are put together once: dataframely does it at each call, which costs more than to check few rows. A rule
        that is null is kept, as there.
        """
        columns = self.schema.columns()
        rules = [rule for name, column in columns.items() for rule in column.validation_rules(pl.col(name)).values()]
        rules += [getattr(self.schema, name).make(self.schema).expr for name in self._own_rules()]
        kinds = pl.Schema({name: column.dtype for name, column in columns.items()})
        return kinds, [rule.all().alias(str(at)) for at, rule in enumerate(rules)]

    def repeats(self, ordered: pl.DataFrame) -> bool:
        """Whether a key comes twice in rows that are sorted by it."""
        if not self.key or ordered.height < 2:
            return False
        if self.ranks:
            return bool(ordered.select(self.key).is_duplicated().any())
        later, sooner = ordered.slice(1), ordered.slice(0, ordered.height - 1)
        return bool(reduce(and_, (later[name].eq_missing(sooner[name]) for name in reversed(self.key))).any())

    def bare(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows without the hidden columns."""
        return rows.drop(HIDDEN, strict=False)

    def split(self, frame: pl.LazyFrame) -> Split:
        """Part rows that keep every rule from those that do not.

        A row with a fault noted while cleaning is rejected for it. Of rows that share a key the one of which most is
        known is kept, among equals the first; the others are exact duplicates (dropped, counted) or conflicts
        (rejected as ``duplicate-key``).
        """
        ready = self.conform(frame)
        have = ready.collect_schema()
        hidden = [name for name in HIDDEN if name in have]
        rejects = pl.DataFrame(schema=REJECTS)
        if FAULTS in hidden:
            faulty = ready.filter(pl.col(FAULTS).list.len() > 0).collect(engine="streaming")
            rejects = fault_rows(faulty)
            ready = ready.filter(pl.col(FAULTS).list.len() == 0)
        else:
            faulty = pl.DataFrame()
        if self.apart and SOURCE in hidden and LINE in hidden:
            ready = told_apart(ready, self.apart, self.key, (SOURCE, LINE, FAULTS))
        good, failure = self._widened(have).filter(ready)
        if not len(failure):  # as with most tables: what comes below costs more than to check few rows
            none = failure.invalid()
            lost = lost_money([(faulty, 1)], none, self._when)
            return Split(good.drop(hidden), rejects.unique(maintain_order=True), faulty.height, _LINES, lost)
        broken = failed_rows(failure)
        kept, clashes, same = self._first_of_each_key(broken, hidden)
        rejects = pl.concat([rejects, rule_rows(broken, hidden, self._read_by_rules()), clashes])
        rejected = faulty.height + broken.height - kept.height - same.height
        gone = [(faulty, 1), (broken, 1), (kept, -1), (same, -1)]
        lost = lost_money(gone, same, self._when)
        whole = pl.concat([good, kept.lazy()]) if kept.height else good
        copies = placed(same, hidden).select("source", "line")
        return Split(whole.drop(hidden), rejects.unique(maintain_order=True), rejected, copies, lost)

    def digest(self) -> str:
        """A short hash of the text that declares the table: one written under another contract is checked anew."""
        declared = [getsource(columns), getsource(modules[self.schema.__module__])]
        return sha256("".join(declared).encode()).hexdigest()[:16]

    def _widened(self, have: pl.Schema) -> type[dy.Schema]:
        """The schema with the frame's own attributes and hidden columns, which dataframely would else drop."""
        extra = {name: dy.Any() for name in have if name.startswith("x_") or name in HIDDEN}
        return type(self.schema.__name__, (self.schema,), extra) if extra else self.schema

    def _own_rules(self) -> list[str]:
        """The names of rules of whole rows."""
        return [name for name in dir(self.schema) if hasattr(getattr(self.schema, name), "make")]

    def _read_by_rules(self) -> dict[str, list[str]]:
        """The columns that rules of whole rows look at, by rule; that keys are unique is one."""
        own = self._own_rules()
        read = {name: getattr(self.schema, name).make(self.schema).expr.meta.root_names() for name in own}
        ordered = {name: [column for column in self.schema.column_names() if column in read[name]] for name in own}
        return {**ordered, "primary_key": list(self.key)}

    def _first_of_each_key(
        self, broken: pl.DataFrame, hidden: Sequence[str]
    ) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Among rows whose only fault is a shared key: those to keep, the clashes as rejects, exact copies."""
        columns = [name for name in broken.columns if name != "_rules"]
        values = [name for name in columns if name not in HIDDEN]
        only_key = broken.filter(pl.col("_rules") == pl.lit(["primary_key"], dtype=pl.List(pl.String)))
        order = [name for name in (SOURCE, LINE) if name in hidden]
        only_key = only_key.sort(unknown(values), *order, maintain_order=True).with_row_index("_nth")
        kept = only_key.unique(subset=self.key, keep="first", maintain_order=True) if self.key else only_key.clear()
        later = only_key.join(kept.select("_nth"), on="_nth", how="anti")
        same = later.join(kept, on=values, how="semi", nulls_equal=True)
        clashes = later.join(same.select("_nth"), on="_nth", how="anti")
        named = placed(clashes, hidden).select(
            "source",
            "line",
            rule=pl.lit("duplicate-key"),
            column=pl.lit(", ".join(self.key)),
            value=evidence(self.key, clashes.schema),
        )
        return kept.select(columns), named, same
