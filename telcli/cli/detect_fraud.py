"""``telcli detect-fraud``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from telcli.cli import _fraud_view
from telcli.cli._complete import fail_if
from telcli.cli._errors import ToldError
from telcli.cli._options import Call, command, setting
from telcli.cli._thresholds import crossed, parse

_STAGE = "detect-fraud"
_FailIf = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if",
        metavar="CONDITION",
        help='Exit with code 5 if, say, "new_cases>0"; repeats.',
        autocompletion=fail_if,
    ),
]
_Limit = Annotated[
    int, typer.Option("--limit", metavar="N", min=0, help="The most cases shown, those of the greatest loss.")
]
_Allow = Annotated[
    Path | None,
    typer.Option(
        "--allow",
        metavar="FILE",
        help="Customers and lines known to be in order: test lines, call centres, exchanges.",
        show_default=False,
    ),
]


@command(writes=True)
def detect_fraud(
    call: Call,
    rules: Annotated[str | None, setting(_STAGE, "use_rules", "--rules", metavar="A,B")] = None,
    allow: _Allow = None,
    limit: _Limit = 10,
    fail_if: _FailIf = None,
) -> None:
    """Name cases of suspected fraud, each with its evidence.

    Writes fraud_cases for the as-of month, what each rests on (fraud_evidence), and activations by sales channel
    (fraud_channels): SIM boxes, wangiri, traffic to high-cost numbers, subscription fraud, fake activations, and
    what is unusual without a rule that says so. Calls are folded by day into fraud_days; a later run folds the days
    that are new. A case is a suspicion to be looked into, never a verdict. Rules and thresholds are in
    docs/fraud.md. With -q one line is printed, for scripts.
    """
    from telcli.pipeline.run import run_stage

    thresholds = [parse(given) for given in fail_if or ()]
    run = run_stage(_STAGE, call.request({"use_rules": rules, "allow": None if allow is None else str(allow)}))
    failure = crossed(thresholds, run.metrics)
    _fraud_view.tell(call, run, limit, failure)
    if failure:
        raise ToldError(failure)
