"""The report in a few lines for a terminal: headline figures, findings and segments as plain text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from telcli.report.blocks import Column, Table, table
from telcli.report.model import Report
from telcli.report.page import cards, findings
from telcli.report.sections import untold
from telcli.report.segment_section import agreed
from telcli.report.terminal_tables import narrow

__all__ = ["summary"]

_BARS = "▁▂▃▄▅▆▇█"
_MOST, _LEAST = 5, 12
_SHORT = 16
_SEGMENTS = (
    Column("name"),
    Column("customers", "count"),
    Column("revenue_share", "percent", "revenue"),
    Column("churn_probability", "percent", "leaving"),
    Column("at_risk_value", "money"),
)


def summary(report: Report, width: int = 80, *, short: bool = False) -> Iterator[str]:
    """Tell a report in lines of at most `width` columns (a Chinese character takes two): figures, findings, segments.

    Lines are plain text; a word longer than the width stays whole. `short` leaves out how things stand at the snapshot.
    """
    yield ""
    yield report.word("screen.title", title=report.word("page.title"), month=report.period_name)
    for said in report.incomplete():
        yield from _indented(said, width, deeper=0)
    yield ""
    shown = cards(report)
    label = max((_wide(card.label) for card in shown), default=0)
    number = max((_wide(card.value) for card in shown), default=0)
    for card in shown:
        change = report.word("screen.before", change=card.change) if card.change else ""
        beside = "  ".join(part for part in (change, card.year, card.note) if part)
        line = f"{_padded(card.label, label)}  {_padded(card.value, number, right=True)}  {beside}"
        yield from _indented(line, width, deeper=label + number + 4)
    trend = [value for row in report.rows("trend") if (value := row.number("revenue")) is not None]
    if len(trend) > 2:
        yield f"  {_padded(report.word('col.revenue'), label)}  {sparkline(trend)}"
    yield from _findings(report, width)
    if short:
        return
    rows = report.rows("segments")
    if rows:
        yield ""
        yield from _columns(table(report, report.word("section.segments"), rows, _SEGMENTS), width)
    yield from _further(report, width)
    for row in report.rows("absent"):
        yield f"  {report.word('page.run_first')} {row.text('command')}"
    if report.content_hash:
        yield ""
        yield report.word("screen.hash", hash=report.content_hash[:_SHORT])


def _findings(report: Report, width: int) -> Iterator[str]:
    yield ""
    yield report.word("section.findings")
    found = findings(report)[:_MOST]
    if not found:
        yield f"  {report.word('page.none')}"
    for place, finding in enumerate(found, 1):
        yield from _indented(f"{place}. {finding.title}", width)
        if finding.action:
            yield from _indented(f"   → {finding.action}", width, deeper=5)
        yield f"     {finding.command}"


def _further(report: Report, width: int) -> Iterator[str]:
    """What stands on the page beside: agreement with another grouping, tables, what is not known."""
    for said in agreed(report):
        yield ""
        yield from _indented(said, width, deeper=0)
    for shown in narrow(report):
        yield ""
        yield from _columns(shown, width)
    for note in untold(report):
        yield ""
        yield from _indented(note, width, deeper=0)


def sparkline(values: Sequence[float]) -> str:
    """Draw numbers as small bars, the least lowest.

    >>> sparkline([1.0, 2.0, 8.0])
    '▁▂█'
    """
    low, span = min(values), (max(values) - min(values)) or 1.0
    return "".join(_BARS[min(7, int(8 * (value - low) / span))] for value in values)


def _columns(shown: Table, width: int) -> Iterator[str]:
    """A table with its columns aligned, numbers to the right; without room the widest one of words is cut.

    A dozen columns of it stay.
    """
    lines = [[cell.text for cell in row] for row in (shown.head, *shown.rows)]
    widths = [max(_wide(line[place]) for line in lines) for place in range(len(shown.head))]
    words = [place for place, head in enumerate(shown.head) if not head.number]
    widest = max(words, key=lambda place: widths[place])
    widths[widest] = min(widths[widest], max(width - 2 * len(widths) - sum(widths) + widths[widest], _LEAST))
    yield from _indented(shown.title, width, deeper=0) if _wide(shown.title) > width else [shown.title]
    for line in lines:
        parts = zip(line, widths, shown.head, strict=True)
        written = (_padded(_cut(text, wide), wide, right=head.number) for text, wide, head in parts)
        yield "  " + "  ".join(written).rstrip()


def _cut(text: str, width: int) -> str:
    """A text of at most so many columns, ending in dots where it was cut."""
    if _wide(text) <= width:
        return text
    kept = ""
    for char in text:
        if _wide(kept + char) > width - 1:
            break
        kept += char
    return kept.rstrip() + "…"


def _indented(text: str, width: int, deeper: int = 3) -> Iterator[str]:
    """Break a text into lines: at spaces, and between Chinese characters; later lines go in by `deeper`."""
    line = "  "
    for piece in _pieces(text):
        if _wide(line) + _wide(piece.rstrip()) > width and line.strip():
            yield line.rstrip()
            line = "  " + " " * deeper + piece.lstrip()
        else:
            line += piece
    yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    piece = ""
    for at, char in enumerate(text):
        piece += char
        ahead = text[at + 1 : at + 2]
        closing = ahead and ahead in "，。；：、）”？！%"
        if (char == " " and piece.strip() and ahead != " ") or (_wide(char) == 2 and not closing and char not in "（“"):
            yield piece
            piece = ""
    if piece:
        yield piece


def _padded(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - _wide(text))
    return space + text if right else text + space


def _wide(text: str) -> int:
    """Columns a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
