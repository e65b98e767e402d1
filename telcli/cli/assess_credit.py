"""``telcli assess-credit``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _credit_view
from telcli.cli._complete import fail_if
from telcli.cli._errors import ToldError
from telcli.cli._first_rows import Limit
from telcli.cli._options import Call, command, setting
from telcli.cli._thresholds import crossed, parse

_STAGE = "assess-credit"
_FailIf = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if",
        metavar="CONDITION",
        help='Exit with code 5 if, say, "arrears_share>0.1"; repeats.',
        autocompletion=fail_if,
    ),
]


@command(writes=True)
def assess_credit(
    call: Call,
    steps: Annotated[str | None, setting(_STAGE, "steps", "--steps", metavar="STEPS")] = None,
    roll_months: Annotated[int | None, setting(_STAGE, "roll_months", "--roll-months")] = None,
    limit: Limit = 10,
    fail_if: _FailIf = None,
) -> None:
    """Age what customers owe, foretell who will not pay, and list whom to dun.

    Reads customers, bills and payments, which settle the oldest bills first; writes for the as-of month credit_scores,
    credit_ageing, how debts grew older and what to provide for (credit_rolls, credit_provision), how chances of
    non-payment and recovery were tested (credit_model, credit_recovery), debts by account where bills name one
    (credit_accounts), and whom to dun today (dunning_list). All of it is told in docs/credit.md.
    """
    from telcli.pipeline.run import run_stage

    thresholds = [parse(given) for given in fail_if or ()]
    run = run_stage(_STAGE, call.request({"steps": steps, "roll_months": roll_months}))
    failure = crossed(thresholds, run.metrics)
    _credit_view.tell(call, run, limit, failure)
    if failure:
        raise ToldError(failure)
