"""``telcli campaigns``."""

from __future__ import annotations

from typing import Annotated

from telcli.cli import _campaigns_view
from telcli.cli._first_rows import Limit
from telcli.cli._options import Call, command, setting


@command(writes=True)
def campaigns(
    call: Call,
    quiet_days: Annotated[int | None, setting("campaigns", "quiet_days", "--quiet-days")] = None,
    watch_months: Annotated[int | None, setting("campaigns", "watch_months", "--watch-months")] = None,
    limit: Limit = 20,
) -> None:
    """Show how campaigns stand, where they meet, and what came of them.

    Reads the table campaigns, the plans of plan-retention with their outcomes, or both, and customer_months; writes
    campaign_status, campaign_overlap and campaign_response for the as-of month. What a campaign gained is told where it
    held customers out. Where lines are known, channel_results tells what sales channels bring by the customers they
    won: margin, commissions, debts, and who left early.
    """
    from telcli.pipeline.run import run_stage

    run = run_stage("campaigns", call.request({"quiet_days": quiet_days, "watch_months": watch_months}))
    _campaigns_view.tell(call, run, limit)
