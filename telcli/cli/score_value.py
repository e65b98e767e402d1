"""``telcli score-value``."""

from __future__ import annotations

from typing import Annotated

from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell


@command(writes=True)
def score_value(
    call: Call,
    horizon_months: Annotated[int | None, setting("score-value", "horizon_months", "--horizon-months")] = None,
    discount_rate: Annotated[float | None, setting("score-value", "discount_rate", "--discount-rate")] = None,
    margin_rate: Annotated[float | None, setting("score-value", "margin_rate", "--margin-rate")] = None,
    cost_per_contact: Annotated[float | None, setting("score-value", "cost_per_contact", "--cost-per-contact")] = None,
) -> None:
    """Put a value in money on each customer.

    Reads customer_months; writes value_scores, value_parts, value_margin and survival_curve for the as-of month.
    """
    from telcli.pipeline.run import run_stage

    flags = {
        "horizon_months": horizon_months,
        "discount_rate": discount_rate,
        "margin_rate": margin_rate,
        "cost_per_contact": cost_per_contact,
    }
    tell(call.out, run_stage("score-value", call.request(flags)))
