"""Groups crossed with groups: those of the month before with those of now, or another grouping with segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from telcli.report.blocks import Cell, Table
from telcli.report.model import Report, Row

__all__ = ["crossed", "heat_of_moves", "heat_of_shares"]

_WARMEST = 0.2
"""Share of a group that moves at which a cell has its strongest colour."""


def crossed(
    report: Report,
    rows: Sequence[Row],
    down: tuple[str, str],
    across: tuple[str, str],
    corner: Cell,
    title: str,
    heat: Callable[[Row], int],
    *,
    long: bool = True,
    words: str = "",
) -> Table:
    """One group to a line with its customers, and the share of it that is in each group across.

    Parameters
    ----------
    report : Report
        Whose words and language they are.
    rows : sequence of Row
        A row for each pair that has customers: share, `small` where it is hidden, and `of`, customers of the group.
    down, across : pairs of str
        The columns with the place of a group and with its name.
    corner : Cell
        What groups going down are.
    title : str
        Of the table.
    heat : callable
        How dark a cell is, 0..5.
    long : bool
        Whether names of groups are long, and may break.
    words : str
        The section of words that names of groups are names of; empty where they are words already.
    """
    cells = {(row.number(down[0]), row.number(across[0])): row for row in rows}
    lines = {row.number(down[0]): row for row in rows}
    names = {row.number(across[0]): row.text(across[1]) for row in rows}
    places = sorted(names, key=_place)
    head = [corner, Cell(report.word("col.customers"), number=True)]
    head += [Cell(_said(report, words, names[place]), number=True, long=long) for place in places]
    body = []
    for place in sorted(lines, key=_place):
        row = lines[place]
        size = row.number("of")
        total = Cell(report.word("page.hidden") if size is None else report.write(size, "count"), number=True)
        shares = [_share(report, cells.get((place, other)), heat) for other in places]
        body.append([Cell(_said(report, words, row.text(down[1])), long=long), total, *shares])
    return Table(title, head, body, wide=True)


def heat_of_moves(row: Row) -> int:
    """The darker, the more of a group moves there; who stays has no colour."""
    return min(5, int(6 * (row.number("share") or 0.0) / _WARMEST)) if row.number("moved") else 0


def heat_of_shares(row: Row) -> int:
    """The darker, the more of a group is there."""
    return min(5, int(6 * (row.number("share") or 0.0)))


def _place(place: float | None) -> float:
    return place or 0.0


def _said(report: Report, words: str, name: str) -> str:
    return report.known(words, name) if words else name


def _share(report: Report, row: Row | None, heat: Callable[[Row], int]) -> Cell:
    if row is None:
        return Cell("–", number=True)
    if row.number("small"):
        return Cell(report.word("page.hidden"), number=True)
    return Cell(report.write(row.number("share") or 0.0, "percent"), number=True, heat=heat(row))
