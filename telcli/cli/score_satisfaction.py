"""``telcli score-satisfaction``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _satisfaction_view
from telcli.cli._complete import fail_if
from telcli.cli._errors import ToldError
from telcli.cli._first_rows import Limit
from telcli.cli._options import Call, command, setting
from telcli.cli._thresholds import crossed, parse

_STAGE = "score-satisfaction"
_FailIf = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if", metavar="CONDITION", help='Exit with code 5 if, say, "index<70"; repeats.', autocompletion=fail_if
    ),
]


@command(writes=True)
def score_satisfaction(
    call: Call,
    window_months: Annotated[int | None, setting(_STAGE, "window_months", "--window-months")] = None,
    index_weights: Annotated[str | None, setting(_STAGE, "index_weights", "--index-weights")] = None,
    weighting: Annotated[str | None, setting(_STAGE, "weighting", "--weighting")] = None,
    fail_if: _FailIf = None,
    limit: Limit = 20,
) -> None:
    """Score how satisfied customers are, and what moves it.

    Reads surveys, or ratings of contacts where there are none, and customer_months; writes for the as-of month
    satisfaction_scores (a row per customer), satisfaction_index (of all and by group, with intervals) and
    satisfaction_items (what was expected and found, how much it matters, what to do about it). Why and what then:
    satisfaction_drivers (what moves it), satisfaction_trials (how well it is predicted for who was not asked),
    satisfaction_links (what followed) and loyalty_parts.
    """
    from telcli.pipeline.run import run_stage

    thresholds = [parse(given) for given in fail_if or ()]
    flags = {"window_months": window_months, "index_weights": index_weights, "weighting": weighting}
    run = run_stage(_STAGE, call.request(flags))
    failure = crossed(thresholds, run.metrics)
    _satisfaction_view.tell(call, run, limit, failure)
    if failure:
        raise ToldError(failure)
