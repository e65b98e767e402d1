"""Customers as the business asks after them, beside the clusters: each view a group and the reason for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import polars as pl

from telcli.errors import Notice, UsageError
from telcli.features.account_class import account_class
from telcli.features.exit_candidates import exit_candidate, exit_remedy
from telcli.features.margin_parts import Rates
from telcli.features.online import online
from telcli.features.own_groups import check_rules, own_groups
from telcli.features.rfm import rfm_group, rfm_scores, rfm_variant
from telcli.features.ruling import NOT_KNOWN
from telcli.features.traits import consumption_view
from telcli.features.use_level import use_level
from telcli.features.value_flags import loyal, overlap, profitable, strategic
from telcli.features.value_mode import value_mode
from telcli.features.value_scores import loyalty_score, profit_score, strategic_score
from telcli.features.view_facts import view_facts
from telcli.features.view_words import REASONS, group_words, reason_words
from telcli.settings import SegmentSettings
from telcli.stages import Inputs
from telcli.stages.segment_people import People
from telcli.tables import contract
from telcli.tables.views import BY_LABEL
from telcli.tables.worth import USUAL, billed, shares

__all__ = ["Views", "check", "rates_set", "viewed"]


_MEASURES: Sequence[pl.Expr] = (
    pl.len().cast(pl.Int64).alias("customers"),
    *billed(),
    pl.col("label").mean().alias("churn_rate"),
)


@dataclass(frozen=True)
class Views:
    """The tables of the views, the share of customers in each group by view, and what there is to say.

    `margins` has customer_id and `margin`, the mean margin a month, null where it is not known.
    """

    tables: dict[str, pl.DataFrame]
    metrics: dict[str, dict[str, float]]
    notices: tuple[Notice, ...]
    margins: pl.DataFrame


def check(inputs: Inputs, settings: SegmentSettings) -> None:
    """Refuse what no view could be made by, before anything is computed.

    Raises
    ------
    UsageError
        The bounds of the tiers of consumption cross, or a rule of the operator's own cannot be meant.
    """
    _check_tiers(settings)
    if inputs.as_of is not None:
        check_rules(inputs.choices.get("rules", {}), inputs.tables, inputs.as_of)


def _check_tiers(settings: SegmentSettings) -> None:
    if settings.high_tier_share + settings.low_tier_share > 1:
        raise UsageError(
            "tier-shares-overlap",
            "high_tier_share {high} and low_tier_share {low} together exceed 1.",
            hint="Lower one of them under [segment] in telcli.toml.",
            high=settings.high_tier_share,
            low=settings.low_tier_share,
        )
    if 0 < settings.high_tier_revenue < settings.low_tier_revenue:
        raise UsageError(
            "tier-amounts-cross",
            "low_tier_revenue {low} is above high_tier_revenue {high}.",
            hint="Lower the one or raise the other under [segment] in telcli.toml.",
            high=settings.high_tier_revenue,
            low=settings.low_tier_revenue,
        )


def viewed(inputs: Inputs, people: People, tiers: pl.Series, settings: SegmentSettings) -> Views:
    """Put every customer of the snapshot into the groups of each view.

    `tiers` are the customers' tiers of consumption. The operator's own rules, and the rates of ``[score-value]`` that
    margin goes by, come with the inputs' choices.
    """
    as_of = inputs.as_of or date.min
    base = people.frame.select("customer_id", "lifecycle_stage", "lifecycle_reason").with_columns(
        consumption_tier=tiers, revenue=pl.Series(people.revenue, dtype=pl.Float64).fill_nan(None)
    )
    facts = view_facts(inputs.tables, base, as_of, settings, rates_set(inputs))
    margins = facts.select("customer_id", "margin")
    told = [name for name in contract("customer_views").schema.columns() if name not in ("as_of", "own_groups")]
    views = _grouped(facts, settings).select(told).with_columns(as_of=pl.lit(as_of))
    del facts
    own = own_groups(inputs.choices.get("rules", {}), inputs.tables, views, as_of)
    remarks = tuple(notice for held in own if (notice := _remark(held)))
    own = own.fill_null(value=False)
    views = views.with_columns(_joined_names(own))
    groups = view_groups(views, own, people, as_of)
    tables = {"customer_views": views.select(list(contract("customer_views").schema.columns())), "view_groups": groups}
    return Views(tables, _shares(groups), remarks, margins)


def rates_set(inputs: Inputs) -> Rates:
    """What ``[score-value]`` takes off revenue, as the inputs' choices have it."""
    return Rates(**{each.name: inputs.choices[each.name] for each in fields(Rates) if each.name in inputs.choices})


def _remark(held: pl.Series) -> Notice | None:
    """What is odd about whom a rule holds of: it tells nobody from anybody."""
    rule = {"own": held.name}
    if held.null_count() == len(held):
        words = (
            "The rule {own} in [segment.rules] cannot be told of any customer of this month: what it asks is not known."
        )
        return Notice("segment-rule-unknown", words, rule)
    if not held.any():
        return Notice(
            "segment-rule-nobody", "The rule {own} in [segment.rules] holds of no customer of this month.", rule
        )
    if held.all() and len(held) > 1:
        words = "The rule {own} in [segment.rules] holds of every customer of this month of whom it can be told."
        return Notice("segment-rule-everybody", words, rule)
    return None


def _grouped(facts: pl.DataFrame, settings: SegmentSettings) -> pl.DataFrame:
    """The views one after the other: later ones read earlier ones."""
    steps: Sequence[Iterable[pl.Expr]] = (
        [*consumption_view(settings), *profitable(settings), *loyal(settings), *strategic(settings), *rfm_variant()],
        use_level(settings),
        [*account_class(settings), *online(settings), *overlap(), *rfm_scores()],
        [*profit_score(), *loyalty_score(settings), *strategic_score(settings)],
        [*rfm_group(settings), *value_mode(settings), *exit_candidate(settings)],
        [exit_remedy()],
    )
    for step in steps:
        facts = facts.with_columns(step)
    return facts


def view_groups(views: pl.DataFrame, own: pl.DataFrame, people: People, as_of: date) -> pl.DataFrame:
    """One row per view, group and reason, and per rule of the operator's own, counted from the customers' rows."""
    label = people.churned if people.churned is not None else np.full(views.height, np.nan)
    measured = {USUAL: people.revenue, "label": label}
    columns = [pl.Series(name, values, dtype=pl.Float64).fill_nan(None) for name, values in measured.items()]
    frame = views.with_columns(columns)
    parts = [_counted(frame, view, reason) for view, reason in REASONS.items()]
    parts += [_counted_own(frame, held) for held in own]
    counted = pl.concat(part for part in parts if part.height)
    found = counted.with_columns(
        *shares(frame[USUAL]), customer_share=pl.col("customers") / max(frame.height, 1), as_of=pl.lit(as_of)
    )
    meanings = [_meaning(*row) for row in found.select("view_name", "group_name", "reason").iter_rows()]
    told = {"meaning": [one[0] for one in meanings], "meaning_zh": [one[1] for one in meanings]}
    found = found.with_columns(pl.Series(name, texts, dtype=pl.String) for name, texts in told.items())
    return found.select(list(contract("view_groups").schema.columns()))


def _counted(frame: pl.DataFrame, view: str, reason: str) -> pl.DataFrame:
    """Customers of each group and reason; no churn rate by a label that the view goes by itself."""
    group = pl.col(view)
    if frame.schema[view] == pl.Boolean:
        group = pl.when(group).then(pl.lit("yes")).when(~group).then(pl.lit("no"))
    named = frame.select(USUAL, "label", group_name=group.fill_null(NOT_KNOWN), reason=reason)
    if view in BY_LABEL:
        named = named.with_columns(label=pl.lit(None, dtype=pl.Float64))
    found = named.group_by("group_name", "reason", maintain_order=True).agg(*_MEASURES)
    return found.sort("group_name", "reason").select(pl.lit(view).alias("view_name"), pl.all())


def _counted_own(frame: pl.DataFrame, held: pl.Series) -> pl.DataFrame:
    """The row of one rule of the operator's own; it may be of nobody."""
    named = {"view_name": pl.lit("own_groups"), "group_name": pl.lit(held.name), "reason": pl.lit("own-rule")}
    return frame.filter(held).select(*_MEASURES, **named).select(*named, pl.exclude(*named))


def _joined_names(own: pl.DataFrame) -> pl.Expr:
    """The names of the rules that hold, joined with +; null where none does."""
    if not own.width:
        return pl.lit(None, dtype=pl.String).alias("own_groups")
    words = [pl.when(pl.col(name)).then(pl.lit(name)) for name in own.columns]
    texts = own.select(pl.concat_str(words, separator="+", ignore_nulls=True)).to_series()
    return pl.when(texts != "").then(texts).alias("own_groups")


def _meaning(view: str, group: str, reason: str) -> tuple[str, str]:
    called, why = group_words(view, group), reason_words(view, reason)
    return f"{called[0]}: {why[0]}", f"{called[1]}：{why[1]}"


def _shares(groups: pl.DataFrame) -> dict[str, dict[str, float]]:
    """The share of customers in each group, by view."""
    found: dict[str, dict[str, float]] = {}
    for view, group, share in groups.select("view_name", "group_name", "customer_share").iter_rows():
        found.setdefault(view, {})
        found[view][group] = found[view].get(group, 0.0) + share
    return found
