"""The metric dictionary on the screen, as JSON and as CSV."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from telcli.cli import _rows
from telcli.cli._words import language, tr
from telcli.errors import UsageError
from telcli.tables.figure_dictionary import Figure, own_figures
from telcli.tables.metric_dictionary import Metric, metrics

if TYPE_CHECKING:
    from telcli.cli._options import Call

__all__ = ["tell_dictionary"]

_Entry = Metric | Figure
_TABULAR = 110
"""Columns from which formulas have room in a table."""


def tell_dictionary(call: Call, word: str, *, report: bool = False) -> None:
    """Print the metrics, or the figures of the `report`'s own, that have a word in their name or meaning."""
    known = own_figures() if report else tuple(metrics().values())
    kept = [one for one in known if word.lower() in f"{one.name} {one.en} {one.zh} {one.also}".lower()]
    if not kept:
        raise UsageError(
            "metrics-none",
            "No metric has {word} in its name or meaning.",
            hint="All of them: telcli metrics; those of the report's own: telcli metrics --report",
            word=word,
        )
    rows = [_row(one) for one in kept]
    if call.out.form == "csv":
        import polars as pl

        _rows.csv(iter([pl.DataFrame(rows)]))
        return

    def human() -> Iterator[Any]:
        from telcli.features.cube_rows import DIMENSIONS

        yield from _narrow(kept) if shutil.get_terminal_size((80, 24)).columns < _TABULAR else _table(kept)
        if report:
            yield tr("Metrics that telcli cube takes apart: telcli metrics")
            return
        yield tr("Figures of the report's own: telcli metrics --report")
        from telcli.cli._cube_table import titled

        names = [name for of_table in DIMENSIONS.values() for name in of_table]
        both = [name if titled(name) == name else f"{name} {titled(name)}" for name in names]
        yield tr(
            "Dimensions of telcli cube --by: {names}, and your own x_ columns of customers",
            names=", ".join(both),
        )

    call.out.result(human, metrics={}, dictionary=rows)


def _unit(one: _Entry) -> str:
    """The unit in words; how many times as much is a ratio."""
    return tr("ratio" if one.unit == "times" else one.unit)


def _row(one: _Entry) -> dict[str, Any]:
    """An entry as JSON and CSV tell it."""
    return {name: found for name, found in {**asdict(one), "formula": one.formula}.items() if name != "cubed"}


def _table(kept: Sequence[_Entry]) -> Iterator[Any]:
    """A row to a metric."""
    from rich.table import Table

    grid = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("metric", "meaning", "unit", "formula", "table"):
        grid.add_column(tr(title), overflow="fold", no_wrap=title == "metric")
    for one in kept:
        grid.add_row(one.name, one.zh if language() == "zh" else one.en, _unit(one), one.formula, one.table)
    yield grid


def _narrow(kept: Sequence[_Entry]) -> Iterator[str]:
    """A metric to a few lines, where a table would break words."""
    for one in kept:
        yield f"{one.name}  ({_unit(one)}, {one.table})"
        yield f"  {one.zh if language() == 'zh' else one.en}"
        yield f"  = {one.formula}"
