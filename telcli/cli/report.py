"""``telcli report``."""

from __future__ import annotations

from typing import Annotated

from telcli.cli import _page
from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell
from telcli.cli._words import language


@command(writes=True)
def report(
    call: Call,
    top_customers: Annotated[int | None, setting("report", "top_customers", "--top-customers")] = None,
    files: Annotated[str | None, setting("report", "files", "--files", metavar="KINDS")] = None,
) -> None:
    """Write the management report as one web page.

    Reads what the stages before have published for the as-of month; writes report_figures and reports/YYYY-MM.html,
    which needs no network; with --files also a workbook, Markdown, and JSON of the same figures.
    """
    from telcli.api.beside import beside
    from telcli.pipeline.run import run_stage

    request = call.request({"top_customers": top_customers, "files": files})
    run = run_stage("report", beside("report", request, language()))
    tell(call.out, run)
    call.out.show(_page.summary(call, run))
