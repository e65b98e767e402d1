"""A table for others: a file of its own, masked unless the holder of the key asks otherwise, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.errors import Notice
from telcli.pipeline.audit import destination, note
from telcli.pipeline.run import Request, settle
from telcli.pipeline.secret import VARIABLE, Secret, key_file
from telcli.pipeline.show import Selection, batches, pick, read
from telcli.pipeline.taken import about
from telcli.pipeline.whole_file import placed, whole_file
from telcli.pipeline.workdir import Workdir
from telcli.tables import contract

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ENCODINGS", "Exported", "Wish", "export"]

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030")
_ENDINGS = (".csv", ".xlsx", ".parquet")


@dataclass(frozen=True)
class Wish:
    """What is to be written.

    `lang` is that of a workbook's titles.

    Parameters
    ----------
    columns : none for all. where : a condition as in SQL. limit : the most rows.
    encoding : of CSV, one of `ENCODINGS`. unmask : identifiers as they are.
    """

    columns: Sequence[str] = ()
    where: str | None = None
    limit: int | None = None
    encoding: str = "utf-8"
    unmask: bool = False
    lang: str = "en"


@dataclass(frozen=True)
class Exported:
    """What was written: where, how many rows, of which month, and how many columns were masked."""

    table: str
    path: Path
    rows: int
    as_of: date | None
    masked: tuple[str, ...]
    notices: tuple[Notice, ...]


def export(request: Request, table: str, place: Path, wish: Wish) -> Exported:
    """Write a table to a file; its ending says of which kind. An earlier file is replaced once the new one is whole.

    Raises
    ------
    UsageError
        The table, a column or the ending is unknown, the condition cannot be read, the file lies in the working
        directory or cannot be written.
    MissingInputError
        The table has not been made; or identifiers are asked for, and the key that made pseudonyms is not at hand.
    """
    placed("export", request.workdir, place, _ENDINGS)
    found = pick(read(request.workdir, table, request.as_of), wish.columns, wish.where)
    frame = found.frame if wish.limit is None else found.frame.head(wish.limit)
    masked: tuple[str, ...] = ()
    if wish.unmask:
        _holder(request)
    else:
        frame, masked = _masked(frame)
    with whole_file(place) as part:
        rows, cut = _written(part, place.suffix.lower(), found, frame, wish)
        told = note(
            request.workdir,
            "export",
            **about(found, wish.where),
            rows=rows,
            masked=list(masked),
            unmasked=wish.unmask,
            to=destination(place),
        )
    return Exported(table, place, rows, found.as_of, masked, (*_notices(rows, cut, masked), *told))


def _holder(request: Request) -> None:
    """See that whoever asks for identifiers holds the key of pseudonyms, where there is one."""
    settings, _ = settle("ingest", request)
    expected = Workdir(request.workdir).manifest().key_id
    if expected:
        Secret(key_file(settings.key_file), request.workdir, expected).newest()


def _masked(frame: pl.LazyFrame) -> tuple[pl.LazyFrame, tuple[str, ...]]:
    """The rows with what could be a number or a name of a person masked, and the columns in which something is."""
    import polars as pl

    from telcli.tables.evidence import masked_column

    shown = {name: masked_column(name, kind) for name, kind in frame.collect_schema().items() if kind == pl.String}
    changed = [one.ne_missing(pl.col(name)).any().alias(name) for name, one in shown.items()]
    found = frame.select(changed).collect(engine="streaming").row(0, named=True) if shown else {}
    hidden = tuple(name for name in shown if found[name])
    return frame.with_columns(shown[name] for name in hidden), hidden


def _written(place: Path, ending: str, found: Selection, frame: pl.LazyFrame, wish: Wish) -> tuple[int, int]:
    """Write the file and tell how many rows it holds, and how many texts had to be cut."""
    pieces = batches(frame)
    if ending == ".xlsx":
        return _book(place, found, frame, pieces, wish.lang)
    if ending == ".parquet":
        return _parquet(place, pieces), 0
    return _csv(place, pieces, wish.encoding), 0


def _csv(place: Path, pieces: Iterator[pl.DataFrame], encoding: str) -> int:
    from telcli.io.extract_writer import ExtractWriter, Format
    from telcli.io.inert import inert_columns

    bare = encoding.removesuffix("-sig")
    with ExtractWriter(place, Format(bare, mark=bare != encoding)) as writer:
        for piece in pieces:
            writer.append(inert_columns(piece))
    writer.publish()
    return writer.rows


def _parquet(place: Path, pieces: Iterator[pl.DataFrame]) -> int:
    from pyarrow.parquet import ParquetWriter

    rows, first = 0, next(pieces)
    with ParquetWriter(place, first.to_arrow().schema, compression="zstd") as writer:
        for piece in (first, *pieces):
            writer.write_table(piece.to_arrow())
            rows += piece.height
    return rows


def _book(
    place: Path, found: Selection, frame: pl.LazyFrame, pieces: Iterator[pl.DataFrame], lang: str
) -> tuple[int, int]:
    from telcli.io.table_book import book_of

    known = {column.name: column for column in contract(found.table).columns()}
    names = frame.collect_schema().names()
    units = [known[name].unit if name in known else "" for name in names]
    rows = [[one.name, one.type, one.unit, f"{one.meaning} / {one.zh}"] for name in names if (one := known.get(name))]
    if lang == "zh":
        titles = _titles({name: known[name].zh for name in names if name in known})
        pieces = (piece.rename(titles) for piece in pieces)
    return book_of(place, found.table, pieces, units, [["column", "type", "unit", "meaning / 含义"], *rows])


def _titles(meant: dict[str, str]) -> dict[str, str]:
    """Chinese titles of columns; of those that several share, the name beside.

    >>> _titles({"a": "金额", "b": "金额", "c": "月份"})
    {'a': '金额 a', 'b': '金额 b', 'c': '月份'}
    """
    said = list(meant.values())
    return {name: zh if said.count(zh) == 1 else f"{zh} {name}" for name, zh in meant.items()}


def _notices(rows: int, cut: int, masked: Sequence[str]) -> tuple[Notice, ...]:
    told = []
    if not rows:
        told.append(Notice("export-empty", "No row meets what was asked for: the file holds a header alone."))
    if cut:
        told.append(
            Notice(
                "export-cut", "A cell of a workbook holds 32,767 letters: {n} texts are cut; CSV has all.", {"n": cut}
            )
        )
    if masked and rows:
        told.append(
            Notice(
                "export-masked",
                "What could be a number or a name of a person is masked in {columns}; who holds the key ({variable}) "
                "gives --unmask.",
                {"columns": ", ".join(masked), "variable": VARIABLE},
            )
        )
    return tuple(told)
