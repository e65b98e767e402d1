"""``telcli evaluate-retention``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli._complete import fail_if
from telcli.cli._effect_view import tell
from telcli.cli._errors import ToldError
from telcli.cli._options import Call, command, setting
from telcli.cli._thresholds import crossed, parse

_STAGE = "evaluate-retention"
_FailIf = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if",
        metavar="CONDITION",
        help='Exit with code 5 if, say, "uplift_low<0"; repeats.',
        autocompletion=fail_if,
    ),
]


@command(writes=True)
def evaluate_retention(
    call: Call,
    past_trials: Annotated[str | None, setting(_STAGE, "past_trials", "--past-trials")] = None,
    least_uplift: Annotated[float | None, setting(_STAGE, "least_uplift", "--least-uplift")] = None,
    draws: Annotated[int | None, setting(_STAGE, "draws", "--draws")] = None,
    fail_if: _FailIf = None,
) -> None:
    """Measure what contacting customers changed, against those held out.

    Reads customer_months, the plans of earlier months with their outcomes, and past campaigns with both arms. Every
    plan whose outcome window (gap_months and outcome_months of [predict-churn]) is over by the as-of month is
    evaluated by intention to treat: all who were to be contacted against all held out. Writes retention_effects
    (by cell and offer), retention_by (by segment, theme, channel, ...), retention_curves (Qini and uplift),
    retention_checks (whether the arms are sound) and retention_evidence (for the knowledge base).

    Says "works", "harms", or "cannot tell" with how many customers more it takes.
    """
    from telcli.pipeline.run import run_stage

    conditions = [parse(given) for given in fail_if or ()]
    flags = {"past_trials": past_trials, "least_uplift": least_uplift, "draws": draws}
    run = run_stage(_STAGE, call.request(flags))
    failure = crossed(conditions, run.metrics)
    tell(call.out, run, failure, call.workdir)
    if failure:
        raise ToldError(failure)
