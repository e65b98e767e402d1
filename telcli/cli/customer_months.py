"""``telcli customer-months``."""

from __future__ import annotations

from typing import Annotated

from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell


@command(writes=True)
def customer_months(
    call: Call,
    prepaid_inactive_days: Annotated[
        int | None, setting("customer-months", "prepaid_inactive_days", "--prepaid-inactive-days")
    ] = None,
) -> None:
    """Build the view with a row per customer and month.

    Reads the subject tables; writes customer_months, which every later stage reads. `telcli ingest` runs it too.
    """
    from telcli.pipeline.run import run_stage

    tell(call.out, run_stage("customer-months", call.request({"prepaid_inactive_days": prepaid_inactive_days})))
