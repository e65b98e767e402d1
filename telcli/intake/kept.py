"""An extract read once: every column that any table needs of it, typed, kept where the pipeline says.

Reading a large extract costs more than all that is done with it, and several tables ask for the same columns. So all of
them are read in one pass, and what is asked for later is taken from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from telcli.intake.cleaning import FAULT_TYPE, Reading, clean
from telcli.tables.refused import FAULTS, LINE, SOURCE

__all__ = ["Keep", "Kept", "as_it_is", "keep_read"]

Keep = Callable[[pl.LazyFrame], pl.LazyFrame]
"""Computes a frame and gives back one of the same rows, in the same order, that is cheap to read again."""

_LONG = 1e9
"""Numbers from here on have the digits of a telephone number."""
_HIDDEN = "***"


def as_it_is(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Keep nothing: the frame is computed anew each time it is read."""
    return frame


@dataclass(frozen=True)
class Kept:
    """The columns of one extract as `frame` holds them.

    `columns` says which of them holds what was read how; `faulty` are those in which some value could not be read.
    """

    frame: pl.LazyFrame
    columns: Mapping[tuple[str, str, float, str], str]
    faulty: frozenset[str]

    def columns_of(self, readings: Iterable[Reading]) -> list[str]:
        """The columns that hold what was read so, each once."""
        return list(dict.fromkeys(self.columns[_key(reading)] for reading in readings))

    def has(self, readings: Iterable[Reading]) -> bool:
        """Whether all of this was read."""
        return all(_key(reading) in self.columns for reading in readings)

    def held(self, reading: Reading) -> str:
        """The column of `frame` that holds what was read so."""
        return self.columns[_key(reading)]

    def select(self, readings: Sequence[Reading]) -> pl.LazyFrame:
        """What `telcli.intake.cleaning.clean` gives for these readings, and no faults of other columns."""
        names = {self.columns[_key(reading)]: reading.name for reading in reversed(readings)}
        columns = [pl.col(self.columns[_key(reading)]).alias(reading.name) for reading in readings]
        return self.frame.select(*columns, SOURCE, LINE, self._faults(names))

    def _faults(self, names: Mapping[str, str]) -> pl.Expr:
        if not self.faulty:
            return pl.col(FAULTS)
        fault = pl.element()
        column = fault.struct.field("column")
        kept = pl.col(FAULTS).list.eval(
            fault.filter(column.is_in([*names, "row"])).struct.with_fields(
                pl.field("column").replace({held: name for held, name in names.items() if held in self.faulty})
            )
        )
        some = pl.col(FAULTS).list.len() > 0
        return pl.when(some).then(kept).otherwise(FAULTS).cast(FAULT_TYPE).alias(FAULTS)

    def doubtful(self, unsure: Iterable[Reading]) -> list[str]:
        """Headers of columns typed by their first rows alone, whose other rows may tell otherwise.

        That is where a value could not be read, where numbers are as long as those of telephones, or where something in
        a text was hidden.
        """
        unsure = list(unsure)
        if not unsure:
            return []
        tests = []
        for reading in unsure:
            column = pl.col(self.columns[_key(reading)])
            long = (column.abs() >= _LONG).any() if reading.dtype == pl.Float64 else _hides(column)
            tests.append(long.fill_null(value=False).alias(reading.header))
        found = self.frame.select(tests).collect(engine="streaming").row(0, named=True)
        return [one.header for one in unsure if found[one.header] or self.columns[_key(one)] in self.faulty]


def keep_read(
    frame: pl.LazyFrame, source: str, readings: Iterable[Reading], keep: Keep, unsure: Iterable[str] = ()
) -> Kept:
    """Read each different reading once and keep the result; numbers of `unsure` headers are read strictly.

    >>> raw = pl.LazyFrame({"fee": ["1,200", "many"], "n": ["1", "2"], "_line": [2, 3]})
    >>> fee = Reading("amount", "fee", "number")
    >>> kept = keep_read(raw, "a.csv", [fee, Reading("n", "n", "id")], as_it_is)
    >>> kept.select([fee]).collect().to_dicts()[1]
    {'amount': None, '_source': 'a.csv', '_line': 3,
     '_faults': [{'rule': 'not-a-number', 'column': 'amount', 'value': 'many'}]}
    """
    columns: dict[tuple[str, str, float, str], str] = {}
    physical = []
    for reading in readings:
        if _key(reading) not in columns:
            name = columns[_key(reading)] = f"c{len(columns)}"
            strict = reading.form == "number" and reading.header in set(unsure)
            physical.append(replace(reading, name=name, form="strict number" if strict else reading.form))
    held = keep(clean(frame, source, physical))
    faults = held.filter(pl.col(FAULTS).list.len() > 0).select(pl.col(FAULTS).explode().struct.field("column").unique())
    return Kept(held, columns, frozenset(faults.collect(engine="streaming").to_series()))


def _key(reading: Reading) -> tuple[str, str, float, str]:
    return reading.header, reading.form, reading.factor, reading.words


def _hides(column: pl.Expr) -> pl.Expr:
    return column.str.contains(_HIDDEN, literal=True).any()
