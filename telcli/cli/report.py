"""``telcli report``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _page
from telcli.cli._errors import ToldError
from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell
from telcli.cli._thresholds import crossed, parse
from telcli.cli._words import language

_FailIf = Annotated[
    list[str] | None,
    typer.Option("--fail-if", metavar="CONDITION", help='Exit with code 5 if, say, "told_differ>0"; repeats.'),
]


@command(writes=True)
def report(
    call: Call,
    top_customers: Annotated[int | None, setting("report", "top_customers", "--top-customers")] = None,
    period: Annotated[str | None, setting("report", "period", "--period", metavar="PERIODS")] = None,
    files: Annotated[str | None, setting("report", "files", "--files", metavar="KINDS")] = None,
    control: Annotated[str | None, setting("report", "control_totals", "--control", metavar="FILE")] = None,
    fail_if: _FailIf = None,
) -> None:
    """Write the management report as one web page.

    Reads what the stages before have published for the as-of month; writes report_figures, period_figures and
    reports/YYYY-MM.html, which needs no network; with --period also pages of its quarter (YYYY-Qn) and year (YYYY),
    with --files also a workbook, Markdown, and JSON of the same figures. With --control its figures are held against
    your own totals, and what differs is told with where the difference sits.
    """
    from telcli.api.beside import beside
    from telcli.pipeline.behind import with_behind
    from telcli.pipeline.run import run_stage

    conditions = [parse(given) for given in fail_if or ()]
    request = call.request(
        {"top_customers": top_customers, "period": period, "files": files, "control_totals": control}
    )
    run = with_behind(run_stage("report", beside("report", request, language())), request)
    failure = crossed(conditions, {**run.metrics, **run.metrics.get("control", {})})
    tell(call.out, run, failure)
    call.out.show(_page.summary(call, run, period))
    if failure:
        raise ToldError(failure)
