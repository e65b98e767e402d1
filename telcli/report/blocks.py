"""What the page is made of: sections that hold charts and tables, their words and numbers written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telcli.report.model import Report, Row

__all__ = ["Cell", "Chart", "Column", "Pick", "Section", "Table", "table"]


@dataclass(frozen=True)
class Cell:
    """One written cell. `number` aligns it right, `heat` (0..5) colours it, `long` lets it wrap, as a sentence.

    `value` is the figure behind it, of a `kind` as `units.written` takes it, where it is one figure.
    """

    text: str
    number: bool = False
    heat: int | None = None
    long: bool = False
    value: float | None = None
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its heading; `title` may be empty where a section holds nothing else.

    `rest` is the command that shows what was cut; `sorts` lets a reader order the rows; `marks` are, of each row, the
    branch and the segment that filters go by, as their numbers.
    """

    title: str
    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    wide: bool = False
    rest: str = ""
    sorts: bool = False
    marks: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Pick:
    """What a reader may choose from, and the figures of each choice as the page's script reads them.

    Parameters
    ----------
    selects : of each, its name, its label, and its options as pairs of a value and what is shown.
    measures : labels of the cards; lines : titles of the charts. data : JSON.
    """

    selects: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]
    measures: Sequence[str]
    lines: Sequence[str]
    data: str


@dataclass(frozen=True)
class Chart:
    """A drawing, what it shows in words, a key, and the numbers behind it."""

    name: str
    title: str
    alt: str
    svg: str
    numbers: Table
    key: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the page: what it says in sentences (`told`), charts, then tables with any `more` charts beside, notes.

    `as_of` tells that it is of the snapshot, where the page is of a longer period. `missing` is the command that would
    fill it; `columns` tells how many charts stand side by side.
    `pick` are its filters, which only a script shows.
    """

    name: str
    title: str
    lead: str = ""
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    more: Sequence[Chart] = ()
    notes: Sequence[str] = ()
    missing: str = ""
    columns: int = 2
    told: Sequence[str] = ()
    as_of: str = ""
    pick: Pick | None = None


@dataclass(frozen=True)
class Column:
    """How one metric becomes a column.

    Parameters
    ----------
    kind : one of `units.written`, or text, long (a sentence), flag, order (a whole number).
    label : of its heading, where it is not the metric; title : the heading itself, where it names a month.
    words : the section of words that its texts are names of.
    """

    metric: str
    kind: str = "text"
    label: str = ""
    words: str = ""
    title: str = ""


def table(report: Report, title: str, rows: Sequence[Row], columns: Sequence[Column], *, wide: bool = False) -> Table:
    """Write rows as a table; columns that hold nothing are left out, the first one stays."""
    kept = [column for place, column in enumerate(columns) if place == 0 or _filled(rows, column)]
    titles = [column.title or report.word(f"col.{column.label or column.metric}") for column in kept]
    head = [Cell(title, column.kind not in _TEXTS) for title, column in zip(titles, kept, strict=True)]
    return Table(title, head, [[_cell(report, row, column) for column in kept] for row in rows], wide)


_TEXTS = ("text", "long", "flag")


def _filled(rows: Sequence[Row], column: Column) -> bool:
    return any(column.metric in row.numbers or row.text(column.metric) for row in rows)


def _cell(report: Report, row: Row, column: Column) -> Cell:
    if column.kind == "flag":
        return Cell(report.word(f"yes.{column.metric}") if row.number(column.metric) else "")
    if column.kind in _TEXTS:
        found = row.text(column.metric)
        return Cell(report.known(column.words, found) if column.words and found else found, long=column.kind == "long")
    if column.kind == "order":
        return Cell(f"{row.number(column.metric):.0f}", number=True, value=row.number(column.metric), kind="count")
    if row.number(column.metric) is None and any(
        row.number(name) for name in ("small", "small_risk", f"small_{column.metric}")
    ):
        return Cell(report.word("page.hidden"), number=True)
    figure = row.number(column.metric)
    return Cell(report.write(figure, column.kind), number=True, value=figure, kind=column.kind)
