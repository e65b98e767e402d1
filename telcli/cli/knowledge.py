"""``telcli knowledge``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _knowledge_view
from telcli.cli._options import Call, command, setting

_STAGE = "knowledge"
_Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="WORDS",
        help="import FILES: bring in sheets of past experience, .xlsx or .csv. Without any: put all together.",
        show_default=False,
    ),
]


@command(writes=True)
def knowledge(
    call: Call,
    words: _Words = None,
    imported_weight: Annotated[float | None, setting(_STAGE, "imported_weight", "--imported-weight")] = None,
) -> None:
    """Keep what trials taught of each offer, and suggest offers.

    Puts every evaluation of evaluate-retention together, each campaign as it was evaluated last, by segment, reason,
    offer and channel: gain with its interval, cost, and how many customers stand behind it. Small groups are drawn to
    those like them. Experience that is brought in was not drawn by lot, and counts less. Writes retention_knowledge,
    by which plan-retention goes, and retention_experience.
    """
    from telcli.pipeline.run import run_stage

    files = _knowledge_view.files(words or ())
    run = run_stage(_STAGE, call.request({"imported_weight": imported_weight}, files))
    _knowledge_view.tell(call.out, run)
