"""When customers may leave: the chance month by month, and how long each may be expected to stay.

Scores of past snapshots, each by a model of other customers, are landmarks of a hazard that fades to the life table of
tenure and way of paying (`methods.score_hazard`); the months of the outcome window come to `churn_probability` exactly.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.exposure import fit_months
from telcli.features.margin import month_range, pay_modes, whole_tenure
from telcli.features.month_index import add_months
from telcli.methods.score_hazard import ScoreHazard
from telcli.methods.staying import Staying
from telcli.stages.predict_churn_labels import months_defined
from telcli.stages.predict_churn_landmarks import (
    AHEAD,
    LEAST,
    ScoreTrial,
    cut_of,
    fitted,
    groups,
    near_told,
    past_of,
    tried,
)
from telcli.stages.predict_churn_study import Road, Study

__all__ = ["when_of"]

Floats = NDArray[np.float64]
_TOGETHER = 250_000
_APART = 0.1
"""Share by which expected months of both stages may differ unsaid."""


def when_of(study: Study, road: Road) -> tuple[dict[str, pl.LazyFrame], dict[str, Any] | None]:
    """Tables churn_when (a row per customer) and churn_hazard (a row per month ahead), and what the JSON says of them.

    A flat table has no months to learn from: it gives nothing.
    """
    if not road.closed:
        return {}, None
    frame = months_defined(study)
    lines = study.inputs.tables.get("subscriptions")
    modes = pay_modes(lines, study.as_of) if lines is not None and "pay_mode" in lines.collect_schema() else None
    calendar = month_range(frame, study.as_of)
    cut = cut_of(calendar)
    past = past_of(study, road, frame, calendar, cut or road.closed[-1])
    now, then = fit_months(frame, modes, [cut or study.as_of], LEAST)
    trial = tried(study, past, then, modes, cut) if cut else None
    model = fitted(past, len(past.months) - 1)
    if trial is None or not trial.better:
        model = ScoreHazard(None, model.centre, model.spread)
    people = _tenures(frame, road.people.get_column("customer_id"), study.as_of, modes)
    parts = [
        _rows(study, people[start : start + _TOGETHER], road.probability[start : start + _TOGETHER], now, model)
        for start in range(0, people.height, _TOGETHER)
    ]
    table = pl.concat([part for part, _ in parts])
    sums = np.sum([part for _, part in parts], axis=0)
    _compare(study, table)
    told = {
        "expected_months": round(float(table["expected_months"].to_numpy().mean()), 4),
        "used": model.landmarks is not None,
        "test": trial.told() if trial else None,
    }
    return {"churn_when": table.lazy(), "churn_hazard": _by_month(study, sums, trial).lazy()}, told


def _tenures(frame: pl.LazyFrame, ids: pl.Series, as_of: date, modes: pl.LazyFrame | None) -> pl.DataFrame:
    """`customer_id`, `tenure` (-1 where not known) and `group` of customers, in their order."""
    now = frame.filter(pl.col("month") == as_of).select("customer_id", whole_tenure().fill_null(-1))
    rows = ids.to_frame("customer_id").lazy().join(now, on="customer_id", how="left", maintain_order="left")
    found = rows.with_columns(pl.col("tenure").fill_null(-1)).collect(engine="streaming")
    return found.with_columns(group=pl.Series(groups(ids, modes)))


def _rows(
    study: Study, people: pl.DataFrame, chance: Floats, now: Staying, model: ScoreHazard
) -> tuple[pl.DataFrame, Floats]:
    """Rows of churn_when, and by month ahead: who is still here, who leaves, both by tenure alone too."""
    settings = study.settings
    months = max(settings.horizon_months, AHEAD, settings.gap_months + settings.outcome_months)
    tenure = people["tenure"].to_numpy()
    base = now.outlook(tenure, people["group"].to_numpy(), months)
    hazard = near_told(study, model, base, tenure, chance)
    stays, plain = np.cumprod(1.0 - hazard, axis=1), base.survival[base.kind]
    table = people.select("customer_id").with_columns(
        pl.lit(study.as_of).alias("as_of"),
        *(pl.Series(f"hazard_{month + 1}", hazard[:, month]) for month in range(AHEAD)),
        *(pl.Series(f"stay_{month}", stays[:, month - 1]) for month in (3, 6, 12)),
        pl.Series("expected_months", stays[:, : settings.horizon_months].sum(axis=1).round(4)),
    )
    sums = []
    for each in (stays, plain):
        before = np.column_stack([np.ones(len(each)), each[:, : AHEAD - 1]])
        sums += [before.sum(axis=0), (before - each[:, :AHEAD]).sum(axis=0)]
    return table, np.array(sums)


def _by_month(study: Study, sums: Floats, trial: ScoreTrial | None) -> pl.DataFrame:
    """churn_hazard: what is expected of all customers month by month, and what had been of the months held back."""
    here, leave, plain_here, plain_leave = sums
    empty = np.full(AHEAD, np.nan)
    expected, came = empty.copy(), empty.copy()
    if trial:
        expected[: trial.left.size], came[: trial.left.size] = trial.expected, trial.left
    return pl.DataFrame(
        {
            "month_ahead": range(1, AHEAD + 1),
            "month": [add_months(study.as_of, ahead) for ahead in range(1, AHEAD + 1)],
            "hazard": leave / here,
            "expected_leavers": leave.round(4),
            "staying": (here - leave) / here[0],
            "tenure_hazard": plain_leave / plain_here,
            "tested_expected": pl.Series(expected.round(4)).fill_nan(None),
            "tested_left": pl.Series(came).fill_nan(None).cast(pl.Int64),
        }
    ).select(pl.lit(study.as_of).alias("as_of"), pl.all())


def _compare(study: Study, table: pl.DataFrame) -> None:
    """Say so where score-value expects customers to stay for other times."""
    scores = study.inputs.tables.get("value_scores")
    if scores is None or "expected_months" not in scores.collect_schema():
        return
    theirs = scores.select("customer_id", value=pl.col("expected_months"))
    both = table.lazy().join(theirs, on="customer_id").select(pl.col("expected_months", "value").mean())
    ours, value = both.collect(engine="streaming").row(0)
    if ours is not None and value and abs(ours / value - 1.0) > _APART:
        study.tell(
            "stays-apart",
            "Customers are expected to stay {ours:.1f} of the next {months} months, and {value:.1f} by score-value: "
            "compare horizon_months of both, and whether more leave of late than did before.",
            ours=ours,
            value=value,
            months=study.settings.horizon_months,
        )
