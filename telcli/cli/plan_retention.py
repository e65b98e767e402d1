"""``telcli plan-retention``."""

from __future__ import annotations

from typing import Annotated, Any

from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell
from telcli.cli._words import language

_STAGE = "plan-retention"
_LIMITS: dict[str, Any] = {
    "channel_capacity": Annotated[
        str | None, setting(_STAGE, "channel_capacity", "--channel-capacity", metavar="CHANNEL=N,...")
    ],
    "manager_capacity": Annotated[int | None, setting(_STAGE, "manager_capacity", "--manager-capacity")],
    "frequency_cap": Annotated[int | None, setting(_STAGE, "frequency_cap", "--frequency-cap")],
    "quiet_days": Annotated[int | None, setting(_STAGE, "quiet_days", "--quiet-days")],
    "suppress": Annotated[str | None, setting(_STAGE, "suppress", "--suppress", metavar="FILE")],
}


@command(writes=True, further=_LIMITS)
def plan_retention(
    call: Call,
    grid: Annotated[int | None, setting(_STAGE, "grid", "--grid", metavar="2|3")] = None,
    value_by: Annotated[str | None, setting(_STAGE, "value_by", "--value-by")] = None,
    holdout: Annotated[float | None, setting(_STAGE, "holdout", "--holdout")] = None,
    budget: Annotated[str | None, setting(_STAGE, "budget", "--budget", metavar="MONEY")] = None,
) -> None:
    """Plan whom to contact with which offer, and whom to hold out.

    Reads churn_scores, and values, segments, views, campaigns and what earlier plans brought; writes retention_plan,
    the grid of value and risk (retention_cells), what the plan makes of each offer (plan_offers), which campaigns reach
    the same customers (plan_overlap), retention_tasks, and a workbook of tasks for each account manager. Offers are
    those of [plan-retention.offers] in telcli.toml, else telcli's own.

    Each customer gets the offer of highest expected net value that budget, channels and managers leave; a share of each
    cell and offer is held out at random, so that evaluate-retention can tell what contacting brought.
    """
    from telcli.api.beside import beside
    from telcli.pipeline.run import run_stage

    flags = {"grid": grid, "value_by": value_by, "holdout": holdout, "budget": budget}
    tell(call.out, run_stage(_STAGE, beside(_STAGE, call.request(flags), language())))
