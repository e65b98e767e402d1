"""``telcli recommend-offers``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell

_Tariffs = Annotated[
    Path | None,
    typer.Option(
        "--tariffs",
        metavar="FILE",
        help="File of plans: monthly fee, what is included, prices beyond.",
        show_default=False,
    ),
]


@command(writes=True)
def recommend_offers(
    call: Call,
    tariffs: _Tariffs = None,
    rule_months: Annotated[int | None, setting("recommend-offers", "rule_months", "--rule-months")] = None,
    plan_months: Annotated[int | None, setting("recommend-offers", "plan_months", "--plan-months")] = None,
    offers_each: Annotated[int | None, setting("recommend-offers", "offers_each", "--offers-each")] = None,
) -> None:
    """Recommend products and plans to customers, and say why.

    Writes offer_recommendations for the as-of month: by rules of products in time order (offer_rules, each tested on
    the months after those it was found in; offer_exclusions has what is sold together), by what each plan would have
    cost a customer (plan_fit, plan_months; needs tariffs), and what is held and was never used (unused_products).
    Tables of tariffs, and what scores are made of, are in docs/offers.md.
    """
    from telcli.pipeline.run import run_stage
    from telcli.pipeline.status import stale_of

    named = None if tariffs is None else str(tariffs)
    flags = {"tariffs": named, "rule_months": rule_months, "plan_months": plan_months, "offers_each": offers_each}
    run = run_stage("recommend-offers", call.request(flags))
    tell(call.out, run, stale=stale_of(call.request(), ("predict-churn", "score-value")))
