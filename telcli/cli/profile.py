"""``telcli profile``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _quality
from telcli.cli._complete import fail_if
from telcli.cli._errors import ToldError
from telcli.cli._options import Call, command, setting

_FailIf = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if",
        metavar="CONDITION",
        help='Exit with code 5 if, say, "completeness<0.95"; repeats.',
        autocompletion=fail_if,
    ),
]
_Limit = Annotated[int, typer.Option("--limit", metavar="N", min=0, help="The most rows shown, the worst first.")]


@command(writes=True)
def profile(
    call: Call,
    org_level: Annotated[str | None, setting("profile", "org_level", "--org-level")] = None,
    fail_if: _FailIf = None,
    limit: _Limit = 20,
) -> None:
    """Measure how complete, valid, unique and timely the data are.

    Reads the subject tables, customer_months and what ingest saw of each source; writes quality_profile and
    missing_attributes for the as-of month. Conditions on validity, uniqueness, lag_days and psi hold for every
    column, branch and source, those on completeness for the columns of `[profile] needed` alone.
    """
    from telcli.pipeline.run import run_stage

    conditions = _quality.conditions(fail_if)
    run = run_stage("profile", call.request({"org_level": org_level}))
    failure = _quality.crossed(conditions or _quality.conditions(run.metrics["fail_if"].split(",")), run.metrics)
    _quality.tell(call, run, failure, limit)
    if failure:
        raise ToldError(failure)
