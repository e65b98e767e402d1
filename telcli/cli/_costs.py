"""Options of predict-churn that say what contacting a customer costs and how many may be contacted."""

from __future__ import annotations

from typing import Annotated, Any

from telcli.cli._options import setting

__all__ = ["COSTS"]

_STAGE = "predict-churn"
_COLUMN = "COLUMN|MONEY"

COSTS: dict[str, Any] = {
    "offer_cost": Annotated[float | None, setting(_STAGE, "offer_cost", "--offer-cost")],
    "contact_cost": Annotated[float | None, setting(_STAGE, "contact_cost", "--contact-cost")],
    "accept_rate": Annotated[float | None, setting(_STAGE, "accept_rate", "--accept-rate")],
    **{
        name: Annotated[str | None, setting(_STAGE, name, option, metavar=_COLUMN)]
        for name, option in (
            ("false_positive_cost", "--fp-cost"),
            ("false_negative_cost", "--fn-cost"),
            ("true_positive_cost", "--tp-cost"),
            ("true_negative_cost", "--tn-cost"),
        )
    },
    "budget": Annotated[float | None, setting(_STAGE, "budget", "--budget")],
    "capacity": Annotated[int | None, setting(_STAGE, "capacity", "--capacity")],
    "compare": Annotated[str | None, setting(_STAGE, "compare", "--compare")],
}
"""By the settings that they give."""
