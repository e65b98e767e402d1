"""``telcli predict-churn``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _columns
from telcli.cli._complete import fail_if
from telcli.cli._costs import COSTS
from telcli.cli._engine import ENGINE
from telcli.cli._errors import ToldError
from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell
from telcli.cli._thresholds import crossed, parse

_STAGE = "predict-churn"
_FailIf = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if", metavar="CONDITION", help='Exit with code 5 if, say, "auc<0.7"; repeats.', autocompletion=fail_if
    ),
]
_MODEL = Annotated[str | None, setting(_STAGE, "model", "--model", metavar="FILE")]


@command(writes=True, further={"model": _MODEL, **COSTS, **ENGINE})
def predict_churn(
    call: Call,
    gap_months: Annotated[int | None, setting(_STAGE, "gap_months", "--gap-months")] = None,
    outcome_months: Annotated[int | None, setting(_STAGE, "outcome_months", "--outcome-months")] = None,
    split: Annotated[str | None, setting(_STAGE, "split", "--split")] = None,
    allow_leak: _columns.AllowLeak = None,
    exclude: _columns.Exclude = None,
    fail_if: _FailIf = None,
) -> None:
    """Predict who will leave, and whom it pays to contact.

    Reads customer_months; writes for the as-of month churn_scores and the model, how that was tested (churn_lift,
    churn_calibration, churn_windows, churn_by_month), what contacting costs and brings (churn_costs, churn_profit),
    what drives leaving and when (churn_drivers, churn_shapes, churn_when, churn_hazard), whether the model still
    fits (churn_drift), and who left so far and whom to care for (churn_by, churn_tenure, churn_cohorts,
    churn_register, churn_causes, care_triggers). A column known only after a customer has left is refused by name.

    With --model a month is scored with a model trained before, whether or not it has labels: nothing is tested then,
    and of the model's tables churn_scores and churn_drift are written.
    """
    from telcli.pipeline.run import run_stage

    thresholds = [parse(given) for given in fail_if or ()]
    windows = {"gap_months": gap_months, "outcome_months": outcome_months, "split": split}
    flags = {**windows, **_columns.flags(allow_leak, exclude)}
    run = run_stage(_STAGE, call.request(flags))
    failure = crossed(thresholds, run.metrics)
    tell(call.out, run, failure)
    if failure:
        raise ToldError(failure)
