"""Part of score-satisfaction: what was answered, on one scale, and the index of each who answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import MissingInputError, Notice, UsageError
from telcli.features.survey_answers import (
    ANSWERED,
    guessed_scales,
    last_answers,
    rated,
    roles_of,
    scales_of,
    without_codes,
)
from telcli.methods.satisfaction_index import LEAST, OHIO, first_component, index, pls_weights
from telcli.settings import ScoreSatisfactionSettings
from telcli.stages.score_satisfaction_base import names_of
from telcli.tables.survey_items import ROLES

__all__ = ["Survey", "survey_of"]

Floats = NDArray[np.float64]

_HUNDRED = "0-100"
"""The scale on which 77 or 99 is an answer."""
_PEOPLE = ("customer_id", "surveyed_on", "items", "satisfaction", "nps", "weight")
_LATELY = 92
"""Days after which answers are told to be old."""


@dataclass(frozen=True)
class Survey:
    """What customers answered in the months looked at.

    Parameters
    ----------
    source : surveys, or ratings of contacts where there is no survey.
    answers : customer_id, item, surveyed_on, expected, perceived and score (on the item's scale), points (0..100, of
        score, else of perceived), nps, weight; sorted by customer and item.
    scales : item -> lowest and highest answer.
    roles : item -> overall, expectancy or ideal; other items ask of one matter.
    people : customer_id, surveyed_on, items, satisfaction (0..100, null without an answer to an overall item), nps,
        weight (as given, else null); sorted by customer.
    weights, weights_by : of the roles in the index, adding up to 1, and how they were found.
    notices : what is to be said of all that.
    """

    source: str
    answers: pl.DataFrame
    scales: Mapping[str, tuple[float, float]]
    roles: Mapping[str, str]
    people: pl.DataFrame
    weights: Mapping[str, float]
    weights_by: str
    notices: tuple[Notice, ...]


def survey_of(
    tables: Mapping[str, pl.LazyFrame],
    end: date,
    settings: ScoreSatisfactionSettings,
    scales: Mapping[str, tuple[float, float]] | None = None,
) -> Survey:
    """Read the answers of the months up to a day; `scales` of items, where they are known, are not told anew.

    Raises
    ------
    MissingInputError
        Nobody answered, and no contact was rated.
    """
    source, answers = _found(tables, end, settings.window_months)
    notices: list[Notice] = []
    if source == "ratings":
        notices.append(
            Notice(
                "satisfaction-ratings",
                "There are no answers of surveys: ratings of contacts stand for them. They are of customers who turned "
                "to the operator, and of that contact.",
                {},
            )
        )
    notices += _old(answers, end)
    answers = _meant(answers, notices) if settings.scale != _HUNDRED else answers
    scales = {item: (scales or {}).get(item, ends) for item, ends in scales_of(answers, settings.scale).items()}
    if settings.scale == "auto":
        notices += _guessed(answers, scales)
    answers = _pointed(answers, scales, notices)
    items = sorted(scales)
    named = {role: names_of(getattr(settings, f"{role}_items")) for role in ROLES}
    unknown = sorted({item for each in named.values() for item in each} - set(items))
    if unknown:
        notices.append(
            Notice("satisfaction-items-unknown", "Nobody answered these items: {names}.", {"names": ", ".join(unknown)})
        )
    roles = roles_of(items, named)
    if not items:
        notices.append(
            Notice("satisfaction-nps-alone", "Nobody was asked how satisfied they are: the NPS alone is told.", {})
        )
    elif "overall" not in roles.values():
        roles |= dict.fromkeys((item for item in items if item not in roles), "overall")
        notices.append(
            Notice(
                "satisfaction-no-overall",
                "No item asks for overall satisfaction: the mean of {items} items stands for it (overall_items).",
                {"items": len(items)},
            )
        )
    people, weights, how, said = _people(answers, roles, settings)
    return Survey(source, answers, scales, roles, people, weights, how, (*notices, *said))


def _found(tables: Mapping[str, pl.LazyFrame], end: date, months: int) -> tuple[str, pl.DataFrame]:
    if "surveys" in tables:
        answers = last_answers(tables["surveys"], end, months)
        if answers.height:
            return "surveys", answers
    if "contacts" in tables:
        answers = rated(tables["contacts"], end, months)
        if answers.height:
            return "ratings", answers
    raise MissingInputError(
        "satisfaction-none",
        "No customer answered a survey or rated a contact in the {months} months up to {day}.",
        hint="Ingest the extract of a survey (customer, day, item, score), or tickets of the call centre with ratings: "
        "telcli ingest SOURCES... (what it refused: telcli show rejects). Or look further back: --window-months",
        months=months,
        day=end.isoformat(),
    )


def _old(answers: pl.DataFrame, end: date) -> list[Notice]:
    """That nobody was asked lately."""
    last = answers["surveyed_on"].sort()[-1]
    if (end - last).days <= _LATELY:
        return []
    text = "The last answer is of {last}: all figures are of who was asked by then, not of {month}."
    return [Notice("satisfaction-old", text, {"last": last.isoformat(), "month": f"{end:%Y-%m}"})]


def _meant(answers: pl.DataFrame, notices: list[Notice]) -> pl.DataFrame:
    """The same without codes that stand for no answer."""
    kept, codes = without_codes(answers)
    if codes:
        notices.append(
            Notice(
                "satisfaction-codes",
                "{codes} answers of 77, 88, 97, 98 or 99 on scales that end at 10 are codes for no answer: they do not "
                "count.",
                {"codes": codes},
            )
        )
    return kept


def _guessed(answers: pl.DataFrame, scales: Mapping[str, tuple[float, float]]) -> list[Notice]:
    """Scales that may be longer than what was answered shows."""
    items = guessed_scales(answers, scales)
    if not items:
        return []
    text = (
        "The scale is guessed, as nobody answered above 7 or fewer than 30 answered: {scales}. On a longer scale the "
        "index is another; set it (scale)."
    )
    ends = (f"{item} {scales[item][0]:g}-{scales[item][1]:g}" for item in items)
    return [Notice("satisfaction-scale-guessed", text, {"scales": ", ".join(ends)})]


def _pointed(answers: pl.DataFrame, scales: Mapping[str, tuple[float, float]], notices: list[Notice]) -> pl.DataFrame:
    """The same with points, 0..100, and without answers outside their scale."""
    ends = pl.DataFrame(
        [(item, low, high) for item, (low, high) in scales.items()],
        schema={"item": pl.String, "_low": pl.Float64, "_high": pl.Float64},
        orient="row",
    )
    rows = answers.join(ends, on="item", how="left", maintain_order="left")
    within = {name: pl.col(name).is_between("_low", "_high") for name in ANSWERED}
    outside = rows.filter(pl.any_horizontal(~one for one in within.values())).height
    if outside:
        notices.append(
            Notice(
                "satisfaction-outside",
                "{rows} answers lie outside the scale of their item and do not count (scale).",
                {"rows": outside},
            )
        )
    rows = rows.with_columns(pl.when(one).then(name).alias(name) for name, one in within.items())
    points = 100.0 * (pl.coalesce("score", "perceived") - pl.col("_low")) / (pl.col("_high") - pl.col("_low"))
    return rows.with_columns(points=points).drop("_low", "_high")


def _people(
    answers: pl.DataFrame, roles: Mapping[str, str], settings: ScoreSatisfactionSettings
) -> tuple[pl.DataFrame, dict[str, float], str, list[Notice]]:
    each = answers.group_by("customer_id").agg(
        pl.col("surveyed_on").max(),
        items=pl.col("points").is_not_null().sum().cast(pl.Int64),
        nps=pl.col("nps").sort_by("surveyed_on", "item").drop_nulls().last(),
        weight=pl.col("weight").sort_by("surveyed_on", "item").drop_nulls().last(),
        **{
            f"_{role}": pl.col("points")
            .filter(pl.col("item").is_in([item for item, found in roles.items() if found == role]))
            .mean()
            for role in ROLES
        },
    )
    each = each.sort("customer_id")
    present = [role for role in ROLES if role in roles.values()]
    if not present:
        unscored = each.with_columns(satisfaction=pl.lit(None, pl.Float64))
        return unscored.select(_PEOPLE), {}, "none", []
    x = each.select(f"_{role}" for role in present).to_numpy()
    spoken = each["weight"].fill_null(1.0).to_numpy()
    weights, how, said = _weights(x, present, each["nps"].to_numpy(), spoken, settings)
    scores = index(x, weights)
    found = each.with_columns(satisfaction=pl.Series(scores).fill_nan(None).clip(0.0, 100.0))
    return found.select(_PEOPLE), dict(zip(present, (weights / weights.sum()).tolist(), strict=True)), how, said


def _weights(
    x: Floats, present: list[str], outcome: Floats, spoken: Floats, settings: ScoreSatisfactionSettings
) -> tuple[Floats, str, list[Notice]]:
    """Weights of the items present, how they were found, and what is to be said of it."""
    at = [ROLES.index(role) for role in present]
    equal, asked = np.ones(len(present)), settings.index_weights
    own = _own(settings.own_weights) if asked == "own" else []
    if len(present) == 1:
        one = Notice(
            "satisfaction-one-item",
            "Overall satisfaction alone was asked of the three items of the index, so it is the index, and weights "
            "change nothing.",
            {},
        )
        return equal, "one-item", [one]
    if asked in ("ohio", "own"):
        fixed = np.asarray(OHIO if asked == "ohio" else own)[at]
        return fixed, asked, []
    if asked == "equal":
        return equal, asked, []
    told = np.column_stack([x, outcome]) if asked == "pls" else x
    answers = int((~np.isnan(told).any(axis=1)).sum())
    learned = None
    if answers >= LEAST:
        learned = pls_weights(x, outcome, spoken) if asked == "pls" else first_component(x, spoken)
    if learned is not None:
        return learned, asked, []
    few = Notice(
        "satisfaction-weights-equal",
        "Weights by {how} need {least} whole answers in which the items go together; there are {answers}, so weights "
        "are equal.",
        {"how": asked, "least": LEAST, "answers": answers},
    )
    return equal, "equal", [few]


def _own(text: str) -> list[float]:
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    try:
        found = [float(part) for part in parts]
    except ValueError:
        found = []
    if len(found) != len(ROLES) or min(found) < 0 or found[0] <= 0 or not np.isfinite(found).all():
        raise UsageError(
            "satisfaction-own-weights",
            "index_weights own takes its weights from own_weights: three of 0 or more, the first above 0, not {value}.",
            hint='For example in telcli.toml, under [score-satisfaction]: own_weights = "0.5, 0.3, 0.2"',
            value=repr(text),
        )
    return found
