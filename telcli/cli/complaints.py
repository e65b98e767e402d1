"""``telcli complaints``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _complaints_view
from telcli.cli._complete import fail_if
from telcli.cli._errors import ToldError
from telcli.cli._first_rows import Limit
from telcli.cli._options import Call, command, setting
from telcli.cli._thresholds import crossed, parse

_STAGE = "complaints"
_FailIf = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if",
        metavar="CONDITION",
        help='Exit with code 5 if, say, "emerging>0"; repeats.',
        autocompletion=fail_if,
    ),
]


@command(writes=True)
def complaints(
    call: Call,
    trend_months: Annotated[int | None, setting(_STAGE, "trend_months", "--trend-months")] = None,
    usual_months: Annotated[int | None, setting(_STAGE, "usual_months", "--usual-months")] = None,
    least_count: Annotated[int | None, setting(_STAGE, "least_count", "--least-count")] = None,
    limit: Limit = 10,
    fail_if: _FailIf = None,
) -> None:
    """Tell what customers complain of, what emerges, and how it is handled.

    Reads contacts and customer_months; writes for the as-of month complaint_topics (rate per 1,000 customers by kind,
    topic and month, with what is usual and what emerges), complaint_handling (repeats, hours until closed, how many in
    time), complaint_sla (tickets of key accounts that are open or late), complaint_customers (who complains again, or
    waits long), complaint_words (terms of texts without a topic), contact_load (contacts by hour and weekday, calls
    answered, waiting, talk, ratings), complaint_groups (rates by segment, class and branch) and contact_agents (calls
    by the code of an agent). Topics are told by the words of a taxonomy, English and Chinese, from what was said, else
    from the topic that the source gives; [complaints.topics] adds some. With -q one line is printed.
    """
    from telcli.pipeline.run import run_stage

    conditions = [parse(given) for given in fail_if or ()]
    flags = {"trend_months": trend_months, "usual_months": usual_months, "least_count": least_count}
    run = run_stage(_STAGE, call.request(flags))
    failure = crossed(conditions, run.metrics)
    _complaints_view.tell(call, run, limit, failure)
    if failure:
        raise ToldError(failure)
