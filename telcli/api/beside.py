"""What some stages are told beside their settings, the same from the command line and from Python."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telcli.pipeline.request import Request

__all__ = ["beside"]

_WATCHED = ("customer-months", "segment", "score-value", "predict-churn")
"""Stages whose results `monitor` tells where they are out of date."""


def beside(stage: str, request: Request, lang: str) -> Request:
    """Add what a stage is told that is no setting: its language where it writes for readers, and who draws its files.

    >>> from pathlib import Path
    >>> from telcli.pipeline.request import Request
    >>> beside("report", Request(Path("work")), "zh").choices
    {'lang': 'zh'}
    >>> beside("segment", Request(Path("work")), "zh").choices
    {}
    """
    if stage == "report":
        from telcli.api.pages import renderer

        return replace(request, choices={"lang": lang}, render=renderer(request, lang))
    if stage == "plan-retention":
        from telcli.pipeline.task_sheets import renderer as sheets

        return replace(request, choices={"lang": lang}, render=sheets(lang))
    if stage == "monitor":
        return replace(request, choices=_watched(request))
    return request


def _watched(request: Request) -> dict[str, object]:
    """What monitor is told of the pipeline itself; of settings only the shared ones are those of other stages too."""
    from telcli.pipeline.deliveries import deliveries_of
    from telcli.pipeline.status import stale_of

    shared = {name: value for name, value in request.flags.items() if name in ("seed", "lang")}
    plain = replace(request, flags=shared)
    return {"stale": sorted(stale_of(plain, _WATCHED)), "deliveries": deliveries_of(plain)}
