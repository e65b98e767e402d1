"""The files of a report stage, drawn from its published figures, and which kinds of them are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from telcli.errors import UsageError
from telcli.settings.names_in import names_in
from telcli.settings.periods_named import periods_of

if TYPE_CHECKING:
    import polars as pl

    from telcli.pipeline.request import Request
    from telcli.report import Report
    from telcli.report.blocks import Section

__all__ = ["kinds_of", "renderer"]

_KINDS = ("html", "xlsx", "md", "json")


def renderer(request: Request, lang: str) -> Callable[[pl.DataFrame], Mapping[str, bytes]]:
    """The files of one snapshot, by name under reports/, of the kinds and periods that ``[report]`` names.

    Raises
    ------
    UsageError
        A kind or a period is unknown.
    """
    from telcli.pipeline.run import settle

    settings, general = settle("report", request)
    kinds, periods = kinds_of(settings.files), periods_of(settings.period)

    def render(figures: pl.DataFrame) -> Mapping[str, bytes]:
        from telcli.report import build
        from telcli.report.periods import of_periods
        from telcli.report.sections import sections

        tail = "" if lang == "en" else f".{lang}"
        written: dict[str, bytes] = {}
        for name, own in of_periods(figures, periods).items():
            made = build(own, lang=lang, currency=general.currency)
            parts = sections(made)
            written |= {f"{name}{tail}.{kind}": _written(kind, made, parts) for kind in kinds}
        return written

    return render


def kinds_of(files: str) -> list[str]:
    """Kinds of files, each once, in the order they are named; html where none is.

    Raises
    ------
    UsageError
        A kind is unknown.

    >>> kinds_of("md, JSON,md"), kinds_of("")
    (['md', 'json'], ['html'])
    """
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
    draw: Mapping[str, Callable[[Any, Any], bytes]] = {"html": page.render, "xlsx": as_book, "md": as_markdown}
    return draw[kind](made, parts)
