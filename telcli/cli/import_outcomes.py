"""``telcli import-outcomes``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli._complete import fail_if
from telcli.cli._errors import ToldError
from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell
from telcli.cli._thresholds import crossed, parse

_STAGE = "import-outcomes"
_SHEETS = typer.Argument(
    metavar="SHEETS", help="Filled sheets, .xlsx or .csv, and folders of them.", show_default=False
)
_FAIL_IF = typer.Option(
    "--fail-if", metavar="CONDITION", help='Exit with code 5 if, say, "rejected>0"; repeats.', autocompletion=fail_if
)


@command(writes=True)
def import_outcomes(
    call: Call,
    sheets: Annotated[list[str], _SHEETS],
    least_tasks: Annotated[int | None, setting(_STAGE, "least_tasks", "--least-tasks")] = None,
    stands: Annotated[str | None, setting(_STAGE, "stands", "--stands")] = None,
    fail_if: Annotated[list[str] | None, _FAIL_IF] = None,
) -> None:
    """Read the task sheets that account managers filled in, and tell how they did.

    Sheets of several months may come together, late and twice: a row counts once, and a corrected one takes the
    place of the earlier; of contacts on several days the latest stands, in whatever order sheets come. Good rows go
    to retention_outcomes, the others with their reasons to outcome_rejects, and what each manager had to do, did in
    time and achieved with such customers to manager_results. Notes are not kept. Workbooks with macros are refused.
    """
    from telcli.pipeline.run import run_stage

    call.refuse_month()
    thresholds = [parse(given) for given in fail_if or ()]
    run = run_stage(_STAGE, call.request({"least_tasks": least_tasks, "stands": stands}, sheets))
    failure = crossed(thresholds, run.metrics)
    tell(call.out, run, failure)
    if failure:
        raise ToldError(failure)
