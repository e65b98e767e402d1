"""``telcli monitor``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from telcli.cli import _monitor_view
from telcli.cli._complete import fail_if
from telcli.cli._errors import ToldError
from telcli.cli._first_rows import Limit
from telcli.cli._options import Call, command, setting
from telcli.cli._thresholds import crossed, parse
from telcli.cli._words import language

_STAGE = "monitor"
_FailIf = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if", metavar="CONDITION", help='Exit with code 5 if, say, "alerts>0"; repeats.', autocompletion=fail_if
    ),
]
_Known = Annotated[
    Path | None,
    typer.Option("--known", metavar="FILE", help="File of what is known to come: entity, metric, from, to, reason.",
                 show_default=False),
]  # fmt: skip
_Acknowledged = Annotated[
    Path | None,
    typer.Option("--acknowledged", metavar="FILE",
                 help="File of alerts that somebody has seen to: entity, metric, from, to.", show_default=False),
]  # fmt: skip


@command(writes=True)
def monitor(
    call: Call,
    watch: Annotated[str | None, setting(_STAGE, "watch", "--watch", metavar="A,B")] = None,
    top_accounts: Annotated[int | None, setting(_STAGE, "top_accounts", "--top-accounts")] = None,
    direction: Annotated[str | None, setting(_STAGE, "direction", "--direction")] = None,
    fdr: Annotated[float | None, setting(_STAGE, "fdr", "--fdr")] = None,
    holidays: Annotated[str | None, setting(_STAGE, "holidays", "--holidays", metavar="china|weekends|FILE")] = None,
    known: _Known = None,
    acknowledged: _Acknowledged = None,
    fail_if: _FailIf = None,
    limit: Limit = 20,
) -> None:
    """Watch accounts, KPIs and the pipeline, and tell what is off beyond chance.

    Reads customer_months, customers and value_scores, and the tables of your own KPIs; writes for the as-of month
    alerts (ranked by the margin expected to be lost), monitor_series (what was seen and expected, with limits),
    monitor_by_day (the same of days), monitor_suppressed (what a known cause explains), monitor_coverage, and of stages
    of life lifecycle_moves and lifecycle_warnings (who moves into decline and dormancy). With -q one line per alert is
    printed, for scripts.
    """
    from telcli.api.beside import beside
    from telcli.pipeline.run import run_stage

    thresholds = [parse(given) for given in fail_if or ()]
    files = {"known": known, "acknowledged": acknowledged}
    flags = {"watch": watch, "top_accounts": top_accounts, "direction": direction, "fdr": fdr,
             "holidays": holidays}  # fmt: skip
    flags |= {name: None if file is None else str(file) for name, file in files.items()}
    run = run_stage(_STAGE, beside(_STAGE, call.request(flags), language()))
    failure = crossed(thresholds, run.metrics)
    _monitor_view.tell(call, run, limit, failure)
    if failure:
        raise ToldError(failure)
