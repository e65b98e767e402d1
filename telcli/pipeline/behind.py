"""Results that are older than what they are made of: of which stages, and what to run. Settings alone do not count."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Collection, Sequence

from telcli.errors import Notice
from telcli.pipeline.catalog import STAGES, maker
from telcli.pipeline.request import Request
from telcli.pipeline.run import StageRun
from telcli.pipeline.status import STALE, StageState, status
from telcli.tables import NAMES

__all__ = ["behind", "older", "with_behind"]


def older(states: Sequence[StageState]) -> tuple[str, ...]:
    """The stages whose input has changed since they ran, and those that read what such stages make, in walk order.

    A table of a later stage that an earlier one reads again (chances of leaving in the score) makes neither older.

    >>> from telcli.pipeline.status import Reason
    >>> older([StageState("customer-months", "stale", (Reason("input", "bills"),)),
    ...     StageState("segment", "stale", (Reason("upstream", "customer-months"),)),
    ...     StageState("score-value", "stale", (Reason("setting", "horizon_months"),))])
    ('customer-months', 'segment')
    """
    place = {stage.name: at for at, stage in enumerate(STAGES)}
    found: list[str] = []
    for state in states:
        for reason in state.reasons if state.state == STALE and state.stage != "ingest" else ():
            upstream = reason.code == "upstream" and reason.what in found
            newer = reason.code == "input" and reason.what in NAMES and place[maker(reason.what)] < place[state.stage]
            if upstream or newer:
                found.append(state.stage)
                break
    return tuple(found)


def behind(request: Request, stages: Collection[str]) -> tuple[Notice, ...]:
    """A warning that results of some of these stages are older than what they are made of; none where none is."""
    names = [name for name in older(status(request).stages) if name in stages]
    if not names:
        return ()
    words = (
        "Older than the data that they are made of: the results of {stages}. What is told here is not that of the "
        "data now. Run: telcli run -w {workdir} (telcli status says what changed)."
    )
    return (Notice("results-older", words, {"stages": ", ".join(names), "workdir": shlex.quote(str(request.workdir))}),)


def with_behind(run: StageRun, request: Request) -> StageRun:
    """A run with a warning of results that it read and that are older than what they are made of."""
    read = {stage.name for stage in STAGES if stage.name != run.stage}
    told = behind(dataclasses.replace(request, as_of=run.as_of), read)
    return dataclasses.replace(run, notices=(*run.notices, *told))
