"""``telcli knowledge``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _knowledge_suggest, _knowledge_view
from telcli.cli._options import Call, command, setting

_STAGE = "knowledge"
_Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="WORDS",
        help="import FILES: bring in sheets of past experience. suggest SEGMENT, or suggest customer ID: rank offers. "
        "Without any: put all together.",
        show_default=False,
    ),
]


_Reason = Annotated[
    str | None, typer.Option("--reason", metavar="REASON", help="With suggest: only of customers with this reason.")
]


@command(writes=True)
def knowledge(
    call: Call,
    words: _Words = None,
    reason: _Reason = None,
    imported_weight: Annotated[float | None, setting(_STAGE, "imported_weight", "--imported-weight")] = None,
) -> None:
    """Keep what trials taught of each offer, and suggest offers.

    Puts every evaluation of evaluate-retention together, each campaign as it was evaluated last, by segment, reason,
    offer and channel: gain with its interval, cost, and how many customers stand behind it. Small groups are drawn to
    those like them. Experience that is brought in was not drawn by lot, and counts less. Writes retention_knowledge,
    by which plan-retention goes, and retention_experience.
    """
    asked = _knowledge_view.Words.read(words or (), reason)
    if asked.suggest:
        from telcli.pipeline.knowledge import suggest

        found = suggest(call.workdir, asked.rest, reason, call.as_of)
        _knowledge_suggest.tell(call.out, found, call.as_of)
        return
    from telcli.pipeline.run import run_stage

    run = run_stage(_STAGE, call.request({"imported_weight": imported_weight}, asked.rest))
    _knowledge_view.tell(call.out, run)
