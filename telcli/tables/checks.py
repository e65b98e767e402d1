"""One table's contract: its columns, key and partition, and how good rows part from bad ones.

The rules themselves are dataframely schemas; this layer adds what telcli needs beside them: free attributes
(``x_<name>``), the hidden columns that say which line of which file a row came from, and rejects in one shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from telcli.tables.evidence import evidence, shown
from telcli.tables.lost_money import lost_money

__all__ = ["FAULTS", "LINE", "SOURCE", "ColumnInfo", "Contract", "Split", "bucket"]

SOURCE, LINE, FAULTS = "_source", "_line", "_faults"
"""Hidden columns of an unchecked frame: file, line from 1, and the {rule, column, value} found while cleaning."""

_HIDDEN = {
    SOURCE: pl.String,
    LINE: pl.Int64,
    FAULTS: pl.List(pl.Struct({"rule": pl.String, "column": pl.String, "value": pl.String})),
}
_PLAIN_NAMES = {
    "nullability": "missing",
    "min": "too_low",
    "max": "too_high",
    "min_length": "empty",
    "nan": "not_a_number",
    "inf": "infinite",
    "primary_key": "duplicate_key",
}
_LINES = pl.DataFrame(schema={"source": pl.String, "line": pl.Int64})
_REJECTS = {"source": pl.String, "line": pl.Int64, "rule": pl.String, "column": pl.String, "value": pl.String}


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
        return frame.select(*chosen, *extra, *[name for name in _HIDDEN if name in have])

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
        return rows.drop(_HIDDEN, strict=False)

    def split(self, frame: pl.LazyFrame) -> Split:
        """Part rows that keep every rule from those that do not.

        A row with a fault noted while cleaning is rejected for it. Of rows that share a key the one of which most is
        known is kept, among equals the first; the others are exact duplicates (dropped, counted) or conflicts
        (rejected as ``duplicate-key``).
        """
        ready = self.conform(frame)
        have = ready.collect_schema()
        hidden = [name for name in _HIDDEN if name in have]
        rejects = pl.DataFrame(schema=_REJECTS)
        if FAULTS in hidden:
            faulty = ready.filter(pl.col(FAULTS).list.len() > 0).collect(engine="streaming")
            rejects = _fault_rows(faulty)
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
        broken = _failed_rows(failure)
        kept, clashes, same = self._first_of_each_key(broken, hidden)
        rejects = pl.concat([rejects, _rule_rows(broken, hidden, self._read_by_rules()), clashes])
        rejected = faulty.height + broken.height - kept.height - same.height
        gone = [(faulty, 1), (broken, 1), (kept, -1), (same, -1)]
        lost = lost_money(gone, same, self._when)
        whole = pl.concat([good, kept.lazy()]) if kept.height else good
        copies = _placed(same, hidden).select("source", "line")
        return Split(whole.drop(hidden), rejects.unique(maintain_order=True), rejected, copies, lost)

    def digest(self) -> str:
        """A short hash of the text that declares the table: one written under another contract is checked anew."""
        declared = [getsource(columns), getsource(modules[self.schema.__module__])]
        return sha256("".join(declared).encode()).hexdigest()[:16]

    def _widened(self, have: pl.Schema) -> type[dy.Schema]:
        """The schema with the frame's own attributes and hidden columns, which dataframely would else drop."""
        extra = {name: dy.Any() for name in have if name.startswith("x_") or name in _HIDDEN}
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
        values = [name for name in columns if name not in _HIDDEN]
        only_key = broken.filter(pl.col("_rules") == pl.lit(["primary_key"], dtype=pl.List(pl.String)))
        order = [name for name in (SOURCE, LINE) if name in hidden]
        only_key = only_key.sort(unknown(values), *order, maintain_order=True).with_row_index("_nth")
        kept = only_key.unique(subset=self.key, keep="first", maintain_order=True) if self.key else only_key.clear()
        later = only_key.join(kept.select("_nth"), on="_nth", how="anti")
        same = later.join(kept, on=values, how="semi", nulls_equal=True)
        clashes = later.join(same.select("_nth"), on="_nth", how="anti")
        named = _placed(clashes, hidden).select(
            "source",
            "line",
            rule=pl.lit("duplicate-key"),
            column=pl.lit(", ".join(self.key)),
            value=evidence(self.key, clashes.schema),
        )
        return kept.select(columns), named, same


def _placed(rows: pl.DataFrame, hidden: Sequence[str]) -> pl.DataFrame:
    """Add which line of which file each row is, null for frames that did not come from one."""
    return rows.with_columns(
        source=pl.col(SOURCE) if SOURCE in hidden else pl.lit(None, pl.String),
        line=pl.col(LINE) if LINE in hidden else pl.lit(None, pl.Int64),
    )


def _fault_rows(faulty: pl.DataFrame) -> pl.DataFrame:
    if not faulty.height:
        return pl.DataFrame(schema=_REJECTS)
    exploded = faulty.select(SOURCE, LINE, FAULTS).explode(FAULTS)
    return exploded.select(
        source=SOURCE,
        line=LINE,
        rule=pl.col(FAULTS).struct.field("rule"),
        column=pl.col(FAULTS).struct.field("column"),
        value=pl.col(FAULTS).struct.field("value"),
    )


def _failed_rows(failure: dy.FailureInfo) -> pl.DataFrame:
    """The failing rows with `_rules`, the names of the rules each one breaks."""
    details = failure.details()
    rows = failure.invalid()
    rules = [name for name in details.columns if name not in rows.columns]
    named = [pl.when(pl.col(rule) == "invalid").then(pl.lit(rule)) for rule in rules]
    if not named:
        return rows.with_columns(_rules=pl.lit([], dtype=pl.List(pl.String)))
    return details.select(*rows.columns, _rules=pl.concat_list(named).list.drop_nulls())


def _rule_rows(broken: pl.DataFrame, hidden: Sequence[str], of_rows: Mapping[str, list[str]]) -> pl.DataFrame:
    """One reject per broken rule other than a shared key, with the offending value as text.

    `of_rows` are the columns that rules of whole rows look at: those are named, and all their values shown.
    """
    if not broken.height:
        return pl.DataFrame(schema=_REJECTS)
    rows = broken.filter(pl.col("_rules") != pl.lit(["primary_key"], dtype=pl.List(pl.String)))
    plain = [name for name in rows.columns if name not in _HIDDEN and name != "_rules"]
    exploded = _placed(rows, hidden).explode("_rules").with_columns(column=pl.col("_rules").str.split("|").list.first())
    found = [pl.when(pl.col("column") == name).then(shown(name, rows.schema[name])) for name in plain]
    found += [pl.when(pl.col("column") == name).then(evidence(read, rows.schema)) for name, read in of_rows.items()]
    key = of_rows["primary_key"]
    keyless = pl.any_horizontal(pl.col(name).is_null() for name in key) if key else pl.lit(value=False)
    exploded = exploded.filter(~(keyless & (pl.col("column") == "primary_key")))  # what is missing is no shared key
    rule = pl.col("_rules").str.split("|").list.last()
    return exploded.select(
        "source",
        "line",
        rule=rule.replace(_PLAIN_NAMES).str.strip_prefix("check__").str.replace_all("_", "-"),
        column=pl.col("column").replace({name: ", ".join(read) for name, read in of_rows.items()}),
        value=pl.coalesce(found),
    )
