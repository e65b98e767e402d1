"""The report's page and its summary on the screen, both from the published figures."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from telcli.cli._paste import pasteable
from telcli.cli._words import label, language
from telcli.errors import UsageError
from telcli.settings.names_in import names_in

if TYPE_CHECKING:
    import polars as pl

    from telcli.cli._options import Call
    from telcli.pipeline.run import StageRun
    from telcli.report import Report
    from telcli.report.blocks import Section

__all__ = ["choices", "renderer", "summary"]

_KINDS = ("html", "xlsx", "md", "json")


def choices() -> dict[str, Any]:
    """What beside figures the page depends on."""
    return {"lang": language()}


def renderer(call: Call, files: str | None = None) -> Callable[[pl.DataFrame], Mapping[str, bytes]]:
    """The files of one snapshot, by name under reports/; `files` are their kinds where the command line names some.

    Raises
    ------
    UsageError
        A kind is unknown.
    """
    kinds = _kinds(files if files is not None else _settled(call, "report").files)

    def render(figures: pl.DataFrame) -> Mapping[str, bytes]:
        from telcli.report import build
        from telcli.report.sections import sections

        month = figures["as_of"][0]
        lang = "" if language() == "en" else f".{language()}"
        made = build(figures, lang=language(), currency=_settled(call, "general").currency)
        parts = sections(made)
        return {f"{month:%Y-%m}{lang}.{kind}": _written(kind, made, parts) for kind in kinds}

    return render


def _kinds(files: str) -> list[str]:
    kinds = list(dict.fromkeys(names_in(files.lower())))
    for kind in kinds:
        if kind not in _KINDS:
            raise UsageError(
                "report-file-unknown",
                "telcli report writes no {kind}.",
                hint="It writes {known}: --files html,xlsx",
                kind=kind,
                known=", ".join(_KINDS),
            )
    return kinds or ["html"]


def _written(kind: str, made: Report, parts: list[Section]) -> bytes:
    from telcli.report import page
    from telcli.report.book import as_book
    from telcli.report.outline import as_json, as_markdown

    if kind == "json":
        return as_json(made)
    return {"html": page.render, "xlsx": as_book, "md": as_markdown}[kind](made, parts)


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
