"""What score-value says of money that is in no amount: who left in the year, and what revenue is eaten by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telcli.cli._words import meant, tr

__all__ = ["eaten", "leavers"]


def eaten(row: Mapping[str, Any]) -> str:
    """A part of margin with its share of revenue; in money where there is no revenue to have a share of."""
    share = row["revenue_share"]
    return f"{meant('part', row['part'])} " + (f"{row['amount']:,.0f}" if share is None else f"{share:.1%}")


def leavers(metrics: Mapping[str, Any]) -> str | None:
    """What those brought and cost who were here in the year and are not now; None where there are none."""
    gone = metrics.get("margin_of_leavers")
    if not gone or not gone["customers"]:
        return None
    sales = gone["commission"] + gone["subsidy"]
    return tr(
        "not in these amounts: {n} who left in 12 months brought {revenue}, cost {costs} ({sales} commissions and "
        "subsidies), margin {margin}",
        n=f"{gone['customers']:,}",
        revenue=f"{gone['revenue']:,.0f}",
        costs=f"{gone['revenue'] - gone['margin']:,.0f}",
        sales=f"{sales:,.0f}",
        margin=f"{gone['margin']:,.0f}",
    )
