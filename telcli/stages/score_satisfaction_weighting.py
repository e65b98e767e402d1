"""Part of score-satisfaction: how many customers of the base each answer speaks for, and who did not answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.errors import Notice
from telcli.methods.intervals import Z95
from telcli.methods.raking import rake
from telcli.methods.satisfaction_index import design_effect
from telcli.settings import ScoreSatisfactionSettings
from telcli.stages.score_satisfaction_base import names_of

__all__ = ["Weighted", "nonresponse", "weighted"]

_LEAST, _REST = 5, "(rest)"
"""Respondents below which a group is weighted together with other small ones."""
_FAR = 0.02
"""Relative difference of a margin from the base from which it is told."""


@dataclass(frozen=True)
class Weighted:
    """Who answered, with `speaks`, the customers each speaks for; how that was found; the table satisfaction_weights.

    `metrics` are how, design_effect and effective.
    """

    people: pl.DataFrame
    table: pl.DataFrame
    metrics: dict[str, Any]
    notices: tuple[Notice, ...]


def weighted(base: pl.DataFrame, people: pl.DataFrame, as_of: date, settings: ScoreSatisfactionSettings) -> Weighted:
    """Weight who answered, as given, to the base by the margins of `weight_by`, or not at all.

    `base` has customer_id and a column per grouping; `people` are those of it who answered, with `weight` as given.
    """
    given = people["weight"].is_not_null() & (people["weight"] > 0)
    how, notices = settings.weighting, []
    if how == "auto":
        how = "given" if 2 * int(given.sum()) > people.height else "base"
    if how == "given" and not given.any():
        notices.append(Notice("satisfaction-no-weights", "No answer has a weight, so all count alike (weighting).", {}))
        how = "none"
    joined = people.select("customer_id").join(base, on="customer_id", how="left", maintain_order="left")
    margins = [by for by in names_of(settings.weight_by) if by in base.columns and base[by].n_unique() > 1]
    speaks, table = np.full(people.height, base.height / max(people.height, 1)), _NO_TABLE
    if how == "given":
        mean = float(people.filter(given)["weight"].to_numpy().mean())
        told = people["weight"].to_numpy()
        speaks = np.where(given.to_numpy(), told, mean)
    elif how == "base" and margins and people.height:
        speaks, table, said = _to_base(base, joined, margins, settings.weight_limit)
        notices += said
    elif how == "base":
        how = "none"
    counted = speaks[people["satisfaction"].is_not_null().to_numpy()]  # the index is of these alone
    worth = counted.size / design_effect(counted) if counted.size else 0.0
    metrics = {"weighting": how, "design_effect": design_effect(counted), "effective_answers": worth}
    metrics["weighted_by"] = margins if how == "base" else []
    return Weighted(
        people.with_columns(speaks=pl.Series(speaks, dtype=pl.Float64)),
        table.with_columns(as_of=pl.lit(as_of)).select("as_of", *_NO_TABLE.columns),
        metrics,
        tuple(notices),
    )


_NO_TABLE = pl.DataFrame(
    schema={
        "by": pl.String,
        "group": pl.String,
        "customers": pl.Int64,
        "respondents": pl.Int64,
        "base_share": pl.Float64,
        "respondent_share": pl.Float64,
        "weighted_share": pl.Float64,
    }
)


def _to_base(
    base: pl.DataFrame, joined: pl.DataFrame, margins: list[str], limit: float
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], pl.DataFrame, list[Notice]]:
    """Weights by raking, the shares before and after, and what is to be said of it."""
    codes, totals, kept = [], [], []
    for by in margins:
        names = _together(base[by], joined[by])
        if len(set(names.values())) < 2:
            continue
        numbers = {name: at for at, name in enumerate(sorted(set(names.values())))}
        place = {group: numbers[name] for group, name in names.items()}
        sizes = base[by].replace_strict(place, return_dtype=pl.Int64)
        codes.append(joined[by].replace_strict(place, return_dtype=pl.Int64).to_numpy())
        totals.append(np.bincount(sizes.to_numpy(), minlength=len(numbers)).astype(np.float64))
        kept.append((by, names))
    if not codes:
        return np.full(joined.height, base.height / joined.height), _NO_TABLE, []
    speaks, off = rake(codes, totals, limit)
    table = pl.concat([_shares(base, joined, by, names, speaks) for by, names in kept])
    said = []
    if off > _FAR:
        said.append(
            Notice(
                "satisfaction-weights-short",
                "Weights are held to {limit:g} times their mean, so a group of the base is off by {off:.0%} "
                "(weight_limit).",
                {"limit": limit, "off": off},
            )
        )
    return speaks, table, said


def _together(base: pl.Series, answered: pl.Series) -> dict[str, str]:
    """Group of the base -> the group it is weighted in: its own, or one of all that too few answered in."""
    counts = dict(zip(*(column.to_list() for column in answered.value_counts()), strict=True))
    groups = sorted(base.unique().to_list())
    small = [group for group in groups if counts.get(group, 0) < _LEAST]
    large = [group for group in groups if group not in small]
    if not large:
        return dict.fromkeys(groups, _REST)
    # with too few of them even together, they go with the smallest of the others
    enough = sum(counts.get(group, 0) for group in small) >= _LEAST
    rest = _REST if enough else min(large, key=lambda group: (counts[group], group))
    return {group: rest if group in small else group for group in groups}


def _shares(
    base: pl.DataFrame,
    joined: pl.DataFrame,
    by: str,
    names: dict[str, str],
    speaks: np.ndarray[Any, np.dtype[np.float64]],
) -> pl.DataFrame:
    """Shares of the groups of a margin in the base, among who answered, and by weight."""
    whole = (
        base.select(group=pl.col(by).replace_strict(names, return_dtype=pl.String)).group_by("group").len("customers")
    )
    told = joined.select(group=pl.col(by).replace_strict(names, return_dtype=pl.String), speaks=pl.Series(speaks))
    mine = told.group_by("group").agg(respondents=pl.len(), speaks=pl.col("speaks").sum())
    rows = whole.join(mine, on="group", how="left").sort("group")
    return rows.select(
        by=pl.lit(by),
        group="group",
        customers=pl.col("customers").cast(pl.Int64),
        respondents=pl.col("respondents").fill_null(0).cast(pl.Int64),
        base_share=pl.col("customers") / base.height,
        respondent_share=pl.col("respondents").fill_null(0) / joined.height,
        weighted_share=(pl.col("speaks").fill_null(0.0) / float(speaks.sum())).clip(0.0, 1.0),
    )


def nonresponse(months: pl.LazyFrame, people: pl.DataFrame, as_of: date) -> tuple[dict[str, Any], list[Notice]]:
    """Whether who did not answer has left since more often than who did: of each month's customers, in the same months.

    Both are of customers there at the end of the month of the survey, so that who answered is not at an advantage for
    having lived to be asked. Empty where no survey is of an earlier month.
    """
    asked = people.select("customer_id", month=pl.col("surveyed_on").dt.month_start())
    asked = asked.filter(pl.col("month") < as_of)
    if not asked.height:
        return {}, []
    waves = asked["month"].unique().sort()
    there = months.filter(pl.col("active"), pl.col("month").is_in(waves.implode())).select("customer_id", "month")
    now = months.filter(pl.col("active"), pl.col("month") == as_of).select("customer_id", here=pl.lit(value=True))
    rows = there.join(now, on="customer_id", how="left").with_columns(left=pl.col("here").is_null())
    rows = rows.join(asked.lazy().with_columns(told=pl.lit(value=True)), on=["customer_id", "month"], how="left")
    counted = rows.group_by("month", told=pl.col("told").is_not_null()).agg(
        n=pl.len().cast(pl.Float64), left=pl.col("left").sum().cast(pl.Float64)
    )
    wide = counted.collect(engine="streaming").pivot("told", index="month", values=["n", "left"]).sort("month")
    have = [name in wide.columns for name in ("n_true", "n_false")]
    wide = wide.drop_nulls() if all(have) else wide.clear()
    if not wide.height:
        return {}, []
    return _compared(*(wide[name].to_numpy() for name in ("n_true", "left_true", "n_false", "left_false")))


def _compared(*counts: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[dict[str, Any], list[Notice]]:
    told, told_left, silent, silent_left = counts
    share = told / told.sum()
    answered = float(told_left.sum() / told.sum())
    rate = silent_left / silent
    others = float(share @ rate)
    # those who stay silent are much the same customers in each month, so they count once
    spread = answered * (1 - answered) / told.sum() + others * (1 - others) / float(silent.mean())
    reach = Z95 * float(np.sqrt(spread))
    gap = others - answered
    found = {
        "respondents": int(told.sum()),
        "nonrespondents": round(float(silent.mean())),
        "left_share_respondents": answered,
        "left_share_nonrespondents": others,
        "difference": gap,
        "difference_low": gap - reach,
        "difference_high": gap + reach,
    }
    rates = {"others": others, "answered": answered}
    if gap - reach > 0:
        text = (
            "Who did not answer has left since more often ({others:.1%}) than who did ({answered:.1%}): the index is "
            "likely too high for the base, and weights do not mend that."
        )
        return found, [Notice("satisfaction-silent-leave", text, rates)]
    if gap + reach < 0:
        text = (
            "Who answered has left since more often ({answered:.1%}) than who did not ({others:.1%}): the index is "
            "likely too low for the base, and weights do not mend that."
        )
        return found, [Notice("satisfaction-told-leave", text, rates)]
    return found, []
