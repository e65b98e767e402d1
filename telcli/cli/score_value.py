"""``telcli score-value``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell
from telcli.cli._words import language, tr

_Refit = Annotated[
    bool | None,
    typer.Option(
        "--refit/--no-refit",
        help="Make scales and bounds of tiers anew, or keep those of the month before.",
        show_default="no-refit",
    ),
]
_Write = Annotated[
    Path | None,
    typer.Option(
        "--write-hierarchy",
        metavar="FILE.xlsx",
        help="Write indicators and judgements as a workbook to fill in, and stop.",
    ),
]


@command(writes=True)
def score_value(
    call: Call,
    horizon_months: Annotated[int | None, setting("score-value", "horizon_months", "--horizon-months")] = None,
    discount_rate: Annotated[float | None, setting("score-value", "discount_rate", "--discount-rate")] = None,
    margin_rate: Annotated[float | None, setting("score-value", "margin_rate", "--margin-rate")] = None,
    cost_per_contact: Annotated[float | None, setting("score-value", "cost_per_contact", "--cost-per-contact")] = None,
    score_by: Annotated[str | None, setting("score-value", "score_by", "--score-by")] = None,
    refit: _Refit = None,
    write_hierarchy: _Write = None,
) -> None:
    """Put a value in money on each customer, a score 0-100 and a tier.

    Reads customer_months; writes value_scores, value_parts, value_margin, value_backtest and survival_curve for the
    as-of month, and behind the score the tables value_weights, value_indicators, value_scales, value_tiers, value_moves
    (who changed tier, and why) and value_sensitivity. Indicators and judgements in pairs are the default's or your own,
    see docs/score.md. Tables of how value is spread, of products and of money spent elsewhere are in docs/value.md.
    """
    from telcli.pipeline.hierarchy import write_hierarchy as write
    from telcli.pipeline.run import run_stage
    from telcli.pipeline.status import stale_of

    if write_hierarchy:
        write(write_hierarchy, call.workdir, language(), force=call.force)
        lines = [tr("Written: {file}", file=write_hierarchy)]
        call.out.result(lambda: lines, file=str(write_hierarchy))
        return
    flags = {
        "horizon_months": horizon_months,
        "discount_rate": discount_rate,
        "margin_rate": margin_rate,
        "cost_per_contact": cost_per_contact,
        "score_by": score_by,
        "refit": None if refit is None else "always" if refit else "never",
    }
    run = run_stage("score-value", call.request(flags))
    tell(call.out, run, stale=stale_of(call.request(), ("segment",)))
