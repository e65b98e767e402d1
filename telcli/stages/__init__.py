"""What each subcommand computes: frames in, frames out. No files, no printing.

Every stage is a function ``(Inputs, settings) -> Outcome`` in a module of its own name; stages do not know each
other. These two shapes are all they share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from telcli.errors import Notice
from telcli.stages.engine import EMBEDDED, Engine

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from telcli.tables.extract import Extract
    from telcli.tables.opened import Opened

__all__ = ["Before", "Earlier", "Engine", "Inputs", "Outcome", "Progress", "SavedModel", "silent"]

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and how much there is; both in the same unit."""


def anew(frame: pl.LazyFrame) -> pl.LazyFrame:
    """A keeping that keeps nothing: the frame is computed each time it is read."""
    return frame


def silent(what: str, done: int, total: int) -> None:
    """A progress that tells nobody."""


def together(frames: Iterable[pl.DataFrame], by: str) -> pl.LazyFrame:
    """A gathering in memory, where the rows of a value are found among all."""
    import polars as pl

    return pl.concat(frames).lazy()


@dataclass(frozen=True)
class Before:
    """What a stage that adds to what it made last time finds of it.

    Parameters
    ----------
    touched : by table it reads, the months of which it has other rows than then; "" for a table of one file.
    made : by table it gives, the partitions it made.
    rows : the rows of some partitions of a table that it made.
    marks : what it wrote down for its next run.
    """

    touched: Mapping[str, frozenset[str]]
    made: Mapping[str, frozenset[str]]
    rows: Callable[[str, Iterable[str]], pl.LazyFrame]
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Earlier:
    """An earlier snapshot of a stage's own results: its month, its tables by name, and what was recorded with it."""

    as_of: date
    tables: Mapping[str, pl.LazyFrame]
    metrics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SavedModel:
    """A fitted model from a file, what its side-car says of it, and the file's folder and name without its ending."""

    estimator: Any
    description: Mapping[str, Any]
    name: str


@dataclass(frozen=True)
class Inputs:
    """What a stage is given.

    Parameters
    ----------
    tables : the tables its catalogue entry names; optional ones that do not exist are absent. Result tables hold
        the `as_of` snapshot alone; monthly ones hold every month up to `as_of`.
    as_of : first day of the snapshot month; None for ingest when the analyst named none.
    seed : of everything random.
    extracts : raw extracts, for ingest alone.
    called : names of files, of extracts or to be told of, as they were delivered, and what is kept of each so far.
    choices : the command line's own words that are no settings, such as ingest's mapping.
    engine : where customers are worked on.
    keep : computes a frame and gives back one of the same rows that is cheap to read again.
    gather : takes frames as they come and gives back their rows, of which those of one value of a column are cheap to
        read, whichever the value.
    key : gives the key of pseudonyms, for ingest alone; asked only where numbers of persons are read.
    suppressed : hashes of persons who were purged, for ingest alone.
    bases_alone : whether nothing but tables of the whole base was ever loaded, for ingest alone.
    held_month : the latest month of earlier loads, for ingest alone.
    parts : of tables whose months are many files by customer, for stages that add, each file by its partition; opened
        when it is asked for. Such a table is not among `tables`.
    before : what stands of the last run, for stages that add; None where all is to be made.
    earlier : what the stage gave for an earlier month, for stages that recall it; None where there is none.
    past : what the stage gave for each of the months before, the latest first, for stages that look back.
    model : the saved model to score with, where the settings name one.
    borrowed : models of other stages, by name.
    opened : the files that the command line named, read, for stages that open some.
    """

    tables: Mapping[str, pl.LazyFrame]
    as_of: date | None
    seed: int = 0
    extracts: tuple[Extract, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Any] = field(default_factory=dict)
    progress: Progress = silent
    engine: Engine = EMBEDDED
    key: Callable[[], bytes] | None = None
    keep: Callable[[pl.LazyFrame], pl.LazyFrame] = anew
    gather: Callable[[Iterable[pl.DataFrame], str], pl.LazyFrame] = together
    suppressed: frozenset[str] = frozenset()
    bases_alone: bool = True
    held_month: date | None = None
    parts: Mapping[str, Mapping[str, Callable[[], pl.LazyFrame]]] = field(default_factory=dict)
    before: Before | None = None
    earlier: Earlier | None = None
    past: tuple[Earlier, ...] = ()
    model: SavedModel | None = None
    borrowed: Mapping[str, SavedModel] = field(default_factory=dict)
    opened: tuple[Opened, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a stage hands back.

    Parameters
    ----------
    tables : by name; checked against their contracts before they are published. Those of ingest may carry the
        hidden columns of `tables.contract` and are split into good rows and rejects.
    metrics : JSON-able, with the key names that scripts rely on.
    notices : what the analyst should know.
    month : of the load, for ingest: that of its latest facts, or the one that undated tables were put in.
    whole : whether a load gives every customer there is, as a table with a row per customer does.
    seen : tables of which a load gives only the rows that others name, as customers made of identifiers.
    made_of : monthly tables that are made of another one of these, once it is checked and joined with what is held.
    spoken : kinds of charge of which the load's bills say for each customer whether there are any.
    light : tables whose frames cost little to read piece by piece, since they only select from what was kept.
    models : fitted estimators by name, each with a JSON-able description.
    kept : by table, the partitions of the last run that stand, beside those of `tables`; see `Before`.
    marks : by month, what the tables without months said of it, for the stage's next run.
    called : what of names of files, and in them, is to be told and kept otherwise, for ingest alone.
    files : of tables that were gathered by month, the files of each month with their rows; the pipeline adds it.
    """

    tables: Mapping[str, pl.LazyFrame]
    metrics: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    models: Mapping[str, tuple[Any, Mapping[str, Any]]] = field(default_factory=dict)
    as_of: date | None = None
    light: frozenset[str] = frozenset()
    month: date | None = None
    whole: bool = False
    spoken: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()
    made_of: Mapping[str, tuple[str, Callable[[pl.LazyFrame], pl.LazyFrame]]] = field(default_factory=dict)
    kept: Mapping[str, frozenset[str]] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Mapping[Any, Sequence[tuple[Path, int]]]] = field(default_factory=dict)
