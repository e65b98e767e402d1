"""The report's page and its summary on the screen, both from the published figures."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from telcli.cli._paste import pasteable
from telcli.cli._words import label, language

if TYPE_CHECKING:
    import polars as pl

    from telcli.cli._options import Call
    from telcli.pipeline.run import StageRun

__all__ = ["choices", "renderer", "summary"]


def choices() -> dict[str, Any]:
    """What beside figures the page depends on."""
    return {"lang": language()}


def renderer(call: Call) -> Callable[[pl.DataFrame], Mapping[str, bytes]]:
    """The pages of one snapshot, by file name under reports/."""

    def render(figures: pl.DataFrame) -> Mapping[str, bytes]:
        from telcli.report import build, page

        month = figures["as_of"][0]
        ending = ".html" if language() == "en" else f".{language()}.html"
        return {f"{month:%Y-%m}{ending}": page.render(build(figures, lang=language(), currency=_currency(call)))}

    return render


def summary(call: Call, run: StageRun) -> Iterator[Any]:
    """The report in a few lines, and where its page is."""
    from telcli.pipeline.show import read
    from telcli.report import build
    from telcli.report import summary as lines

    figures = read(call.workdir, "report_figures", run.as_of).frame.collect()
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    yield from map(pasteable, lines(build(figures, lang=language(), currency=_currency(call)), width))
    yield ""
    for output in run.outputs:
        if output.table == "reports":
            yield label("Report:") + output.path


def _currency(call: Call) -> str:
    from telcli import settings

    found: str = settings.resolve(
        "general", call.flags(), settings.read_config(settings.config_file(call.workdir))
    ).values.currency
    return found
