"""The report's summary on the screen, from the published figures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from telcli.cli._paste import pasteable
from telcli.cli._words import label, language

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.pipeline.run import StageRun

__all__ = ["summary"]


def summary(call: Call, run: StageRun) -> Iterator[Any]:
    """The report in a few lines, and where its page is."""
    from telcli.pipeline.show import read
    from telcli.report import build
    from telcli.report import summary as lines

    figures = read(call.workdir, "report_figures", run.as_of).frame.collect()
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    yield from map(
        pasteable, lines(build(figures, lang=language(), currency=_settled(call, "general").currency), width)
    )
    yield ""
    for output in run.outputs:
        if output.table == "reports":
            yield label("Report:") + output.path


def _settled(call: Call, section: str) -> Any:
    """The settings of a section."""
    from telcli import settings

    return settings.resolve(section, call.flags(), settings.read_config(settings.config_file(call.workdir))).values
