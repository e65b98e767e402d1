"""``telcli customer-months``."""

from __future__ import annotations

from typing import Annotated

from telcli.cli._engine import ENGINE
from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell

_STAGE = "customer-months"


@command(writes=True, further=ENGINE)
def customer_months(
    call: Call,
    prepaid_inactive_days: Annotated[
        int | None, setting(_STAGE, "prepaid_inactive_days", "--prepaid-inactive-days")
    ] = None,
    memory: Annotated[str | None, setting(_STAGE, "memory", "--memory", metavar="SIZE")] = None,
) -> None:
    """Build the view with a row per customer and month.

    Reads the subject tables; writes customer_months, which every later stage reads. `telcli ingest` runs it too.
    """
    from telcli.pipeline.run import run_stage

    call.refuse_month()
    flags = {"prepaid_inactive_days": prepaid_inactive_days, "memory": memory}
    tell(call.out, run_stage(_STAGE, call.request(flags)))
