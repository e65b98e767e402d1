"""Whether the arms of a trial are what the draw made them."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import ndtr

from telcli.methods.sample_ratio import MISMATCH, sample_ratio, standardised_difference
from telcli.methods.trial_effect import effect
from telcli.stages.evaluate_retention_figures import Row
from telcli.stages.evaluate_retention_groups import Trial
from telcli.stages.evaluate_retention_study import Study

__all__ = ["checks", "tell_checks"]

_ROUND = 6
_BALANCED = {"balance-risk": "churn_probability", "balance-worth": "worth"}
_BROKEN = {
    "sample-ratio": "more or fewer customers are held out than were drawn",
    "sample-ratio-strata": "more or fewer customers are held out of some cells than were drawn",
    "balance-risk": "the arms differ in the risk of leaving",
    "balance-worth": "the arms differ in what customers are worth",
    "unseen": "more customers of one arm are not seen to the end",
    "contaminated": "too many customers held out were contacted",
    "elsewhere": "another campaign contacted more of one arm than of the other meanwhile",
}


def checks(study: Study, trial: Trial, everybody: pl.DataFrame) -> list[Row]:
    """Rows of retention_checks of one campaign; `everybody` are the rows of all campaigns, too early ones too.

    A check that cannot be made, as that of the sizes of arms where nobody knows how they were drawn, says so: its
    `passed` is null.
    """
    drawn = pl.concat([trial.rows, trial.unseen], how="diagonal")
    found = [*_sizes(drawn), *_balance(drawn), _unseen(drawn), _contaminated(study, trial)]
    found.append(_elsewhere(study, trial, everybody))
    return [{"as_of": study.as_of, "campaign_id": trial.campaign, **row} for row in found]


def tell_checks(study: Study, rows: list[Row]) -> None:
    """Say which checks failed."""
    for row in rows:
        if row["passed"] is False:
            study.tell(
                "check-failed",
                "{campaign}: {what} ({value:.3g}, expected {expected:.3g}). Look into it before its effect is trusted.",
                campaign=row["campaign_id"],
                what=_BROKEN[row["check"]],
                value=row["value"],
                expected=row["expected"] or 0.0,
            )


def _sizes(drawn: pl.DataFrame) -> list[Row]:
    names = ("sample-ratio", "sample-ratio-strata")
    if drawn["source"][0] != "plan":  # the share held out of a past campaign is known from itself alone
        return [_row(name) for name in names]
    strata = (
        drawn.with_columns(share=pl.col("chance").round(_ROUND))
        .group_by("cell", "offer_id", "share")
        .agg(pl.len().alias("n"), pl.col("held_out").sum())
        .sort("cell", "offer_id", "share")
    )
    out, of, chance = (strata[name].to_numpy() for name in ("held_out", "n", "share"))
    found = sample_ratio(out, of, chance)
    whole = _row(names[0], found.held_out, found.expected, found.chance, found.chance >= MISMATCH)
    if found.chance_strata is None:
        return [whole, _row(names[1])]
    return [whole, _row(names[1], found.square, found.strata, found.chance_strata, found.chance_strata >= MISMATCH)]


def _balance(drawn: pl.DataFrame) -> list[Row]:
    """Standardised differences of what was known before; among several chances, of those with the commonest."""
    found = []
    for check, column in _BALANCED.items():
        rows = drawn.filter(pl.col(column).is_not_null())
        mode = rows["chance"].round(_ROUND).mode()
        rows = rows.filter(pl.col("chance").round(_ROUND) == mode.min()) if rows.height else rows
        treated = ~rows["held_out"].to_numpy()
        many, few = int(treated.sum()), int((~treated).sum())
        if many < 2 or few < 2:
            found.append(_row(check))
            continue
        away = standardised_difference(rows[column].to_numpy(), treated)
        if np.isnan(away):
            found.append(_row(check))
            continue
        chance = float(2.0 * ndtr(-abs(away) / np.sqrt(1.0 / many + 1.0 / few)))
        found.append(_row(check, away, 0.0, chance, chance >= MISMATCH))
    return found


def _unseen(drawn: pl.DataFrame) -> Row:
    """The share not seen to the end among the treated, against that of the held out."""
    lost, treated = drawn["stayed"].is_null().to_numpy().astype(np.float64), ~drawn["held_out"].to_numpy()
    if not lost.any():
        return _row("unseen", 0.0, 0.0, 1.0, passed=True)
    found = effect(lost, treated)
    return _row("unseen", found.stayed_treated, found.stayed_held_out, found.chance, found.chance >= MISMATCH)


def _contaminated(study: Study, trial: Trial) -> Row:
    told = trial.arms.contaminated[~trial.arms.treated]
    if np.isnan(told).all():
        return _row("contaminated")
    share = float(np.nanmean(told))
    return _row("contaminated", share, 0.0, None, share <= study.settings.most_contaminated)


def _elsewhere(study: Study, trial: Trial, everybody: pl.DataFrame) -> Row:
    """The share of each arm that another campaign was to contact before the end of this one's window."""
    others = everybody.filter(~pl.col("held_out"), pl.col("campaign_id") != trial.campaign)
    end = pl.lit(trial.month).dt.offset_by(f"{study.months}mo")
    meanwhile = others.filter(pl.col("plan_month") >= trial.month, pl.col("plan_month") < end)
    busy = trial.rows["customer_id"].is_in(meanwhile["customer_id"].implode()).to_numpy()
    shares = [float(busy[arm].mean()) for arm in (~trial.arms.treated, trial.arms.treated)]
    return _row("elsewhere", shares[0], shares[1], None, abs(shares[0] - shares[1]) <= study.settings.most_contaminated)


def _row(
    check: str,
    value: float | None = None,
    expected: float | None = None,
    chance: float | None = None,
    passed: bool | None = None,
) -> Row:
    numbers = {"value": value, "expected": expected, "chance": chance}
    told = {name: None if each is None else float(each) for name, each in numbers.items()}
    return {"check": check, **told, "passed": None if passed is None else bool(passed)}
