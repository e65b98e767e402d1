"""A cube as a file for others: CSV, a workbook, a page, or Parquet; whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.pipeline.whole_file import placed, whole_file

if TYPE_CHECKING:
    import polars as pl

    from telcli.errors import Notice

__all__ = ["ENDINGS", "HIDDEN", "Laid", "refuse_place", "write"]

ENDINGS = (".csv", ".xlsx", ".parquet", ".html")
HIDDEN = "*"
"""What stands for a number that is not told."""


@dataclass(frozen=True)
class Laid:
    """A cube as it is laid out.

    Parameters
    ----------
    title : what it shows.
    heads : titles of columns.
    units : of each column, as `telcli.io.table_book` formats them; empty for texts.
    rows : cells as they are: months, texts and numbers, None where nothing is known, `HIDDEN`.
    totals : all together, where that is a line of its own; of several months a line for each, or one across them.
    keys : so many columns on the left are months and groups, the others numbers.
    about : rows that tell what columns mean, their head first; `called`: what that list is called.
    """

    title: str
    heads: Sequence[str]
    units: Sequence[str]
    rows: Sequence[Sequence[Any]]
    totals: Sequence[Sequence[Any]]
    keys: int
    about: Sequence[Sequence[str]]
    called: str

    @property
    def lines(self) -> list[Sequence[Any]]:
        """The rows, and all together."""
        return [*self.rows, *self.totals]


def refuse_place(workdir: Path, place: Path) -> None:
    """Refuse a place that the file cannot go to; see `telcli.pipeline.whole_file`."""
    placed("cube", workdir, place, ENDINGS)


def write(
    place: Path,
    laid: Laid,
    texts: Sequence[Sequence[str]],
    plain: pl.DataFrame,
    encoding: str,
    lang: str,
    note: Callable[[int], tuple[Notice, ...]] = lambda _: (),
) -> tuple[int, tuple[Notice, ...]]:
    """Write a file of the kind that its ending says, and tell how many rows it holds.

    Parameters
    ----------
    place : Path
        The file; an earlier one is replaced once this one is whole.
    laid : Laid
        A workbook and a page have all of it, CSV its rows without that of all together.
    texts : sequence of sequences of str
        The same lines as people read them, for a page.
    plain : polars.DataFrame
        The rows by the names of metrics and dimensions, for Parquet.
    encoding, lang : str
        Of CSV, and of a page.
    note : callable
        Told of the rows before the file is there; what it warns of is given back.
    """
    with whole_file(place) as part:
        rows = _written(part, place.suffix.lower(), laid, texts, plain, encoding, lang)
        return rows, note(rows)


def _written(
    part: Path,
    ending: str,
    laid: Laid,
    texts: Sequence[Sequence[str]],
    plain: pl.DataFrame,
    encoding: str,
    lang: str,
) -> int:
    if ending == ".parquet":
        plain.write_parquet(part)
        return plain.height
    if ending == ".csv":
        return _csv(part, laid, encoding)
    if ending == ".xlsx":
        return _book(part, laid)
    return _page(part, laid, texts, lang)


def _csv(part: Path, laid: Laid, encoding: str) -> int:
    from telcli.io.extract_writer import ExtractWriter, Format
    from telcli.io.inert import inert_columns

    bare = encoding.removesuffix("-sig")
    frame = _frame(laid, laid.rows)
    marks = [[HIDDEN if row[at] == HIDDEN else None for row in laid.rows] for at in range(len(laid.heads))]
    with ExtractWriter(part, Format(bare, mark=bare != encoding)) as writer:
        writer.append(_as_text(inert_columns(frame), marks).rename(dict(zip(frame.columns, _inert(laid), strict=True))))
    writer.publish()
    return len(laid.rows)


def _as_text(frame: pl.DataFrame, marks: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    """Months as 2024-06, and a star where a number is not told."""
    import polars as pl

    columns = []
    for kind, column, stars in zip(frame.dtypes, frame.iter_columns(), marks, strict=True):
        text = column.cast(pl.String).str.head(7) if kind == pl.Date else column
        starred = pl.Series(column.name, stars, dtype=pl.String)
        columns.append(text.cast(pl.String).fill_null(starred) if any(stars) else text)
    return pl.DataFrame(columns)


def _book(part: Path, laid: Laid) -> int:
    from telcli.io.table_book import book_of

    numbers = range(laid.keys, len(laid.heads))
    stars = {(r, c) for r, row in enumerate(laid.lines) for c in numbers if row[c] == HIDDEN}
    frame = _frame(laid, laid.lines)
    titled = frame.rename(dict(zip(frame.columns, unique(laid.heads), strict=True)))
    book_of(part, "cube", [titled], laid.units, laid.about, keys=laid.keys, hidden=stars, called=laid.called)
    return len(laid.rows)


def _page(part: Path, laid: Laid, texts: Sequence[Sequence[str]], lang: str) -> int:
    from telcli.io.table_page import page_of

    right = range(laid.keys, len(laid.heads))
    part.write_bytes(page_of(lang, laid.title, laid.heads, texts, right, laid.about))
    return len(laid.rows)


def _frame(laid: Laid, lines: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """Lines as typed columns, named by their place; what is not told is null."""
    import polars as pl

    columns = []
    for at in range(len(laid.heads)):
        cells = [None if at >= laid.keys and row[at] == HIDDEN else row[at] for row in lines]
        number = pl.Float64 if any(isinstance(cell, float) for cell in cells) else pl.Int64
        columns.append(pl.Series(str(at), cells, dtype=None if at < laid.keys else number))
    return pl.DataFrame(columns)


def _inert(laid: Laid) -> list[str]:
    """Titles that no spreadsheet takes for a formula: values laid side by side are titles too."""
    import polars as pl

    from telcli.io.inert import inert_columns

    return unique(inert_columns(pl.DataFrame({"head": list(laid.heads)}))["head"].to_list())


def unique(heads: Sequence[str]) -> list[str]:
    """Titles each of its own: one that stands there already gets a number.

    >>> unique(["a", "b", "a", "a"])
    ['a', 'b', 'a 2', 'a 3']
    """
    found: list[str] = []
    for head in heads:
        same, name = 1, head
        while name in found:
            same += 1
            name = f"{head} {same}"
        found.append(name)
    return found
