"""The report's summary on the screen, from the published figures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from telcli.cli._paste import pasteable
from telcli.cli._words import label, language
from telcli.settings.periods_named import periods_of

if TYPE_CHECKING:
    import polars as pl

    from telcli.cli._options import Call
    from telcli.pipeline.run import StageRun

__all__ = ["summary"]


def summary(call: Call, run: StageRun, period: str | None = None) -> Iterator[Any]:
    """The report in a few lines, of each period asked for, and where its pages are."""
    from telcli.report import build
    from telcli.report import summary as lines
    from telcli.report.periods import of_periods

    asked = periods_of(_settled(call, "report").period if period is None else period)
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    currency = _settled(call, "general").currency
    for place, own in enumerate(of_periods(_figures(call, run, asked), asked).values()):
        made = build(own, lang=language(), currency=currency)
        yield from map(pasteable, lines(made, width, short=place > 0))
        yield ""
    for output in run.outputs:
        if output.table == "reports":
            yield label("Report:") + output.path


def _figures(call: Call, run: StageRun, asked: list[str]) -> pl.DataFrame:
    """The published figures of the month and, where one is asked for, of its longer periods."""
    import polars as pl

    from telcli.pipeline.show import read

    tables = ["report_figures", *(["period_figures"] if asked != ["month"] else [])]
    return pl.concat([read(call.workdir, table, run.as_of).frame.collect() for table in tables], how="diagonal")


def _settled(call: Call, section: str) -> Any:
    """The settings of a section."""
    from telcli import settings

    return settings.settled(section, call.workdir, call.flags())
