"""What each segment is like in numbers: sizes, differences from all customers, habits, a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.clustering import Floats, Labels
from telcli.methods.preparation import BehaviourPreparation
from telcli.methods.segment_rule import UNFOUND, Rule, find_rule, placed
from telcli.stages.segment_claims import contradicted
from telcli.stages.segment_contrasts import Measured, differences, habits
from telcli.stages.segment_count import Segmented
from telcli.stages.segment_names import named
from telcli.stages.segment_people import People
from telcli.stages.segment_sentences import profiled, ruled, ruled_over
from telcli.stages.segment_traits import Difference, Habit, Portrait
from telcli.stages.segment_treatment import facts_of, treated
from telcli.stages.segment_words import Pair

__all__ = [
    "Sizes",
    "high_rooms",
    "profile_rows",
    "rules_told",
    "sizes",
    "tier_shares",
]


@dataclass(frozen=True)
class Sizes:
    """Per segment: customers, share of them, share of revenue (credits count as nothing), revenue over the mean."""

    customers: NDArray[np.int64]
    customer_share: NDArray[np.float64]
    revenue_share: list[float | None]
    value_index: list[float | None]


def sizes(labels: Labels, revenue: NDArray[np.float64]) -> Sizes:
    """Size and worth of each segment; revenue is NaN where not known, and shares are None where none is known.

    >>> sizes(np.array([0, 0, 1], dtype=np.int32), np.array([1.0, 3.0, 8.0])).value_index
    [0.5, 2.0]
    """
    customers = np.bincount(labels)
    seen = ~np.isnan(revenue)
    known = np.bincount(labels, weights=seen)
    totals = np.bincount(labels, weights=np.where(seen, revenue, 0.0))
    billed = np.bincount(labels, weights=np.where(seen, np.maximum(revenue, 0.0), 0.0))
    nothing: list[float | None] = [None] * len(customers)
    shares, indices = list(nothing), list(nothing)
    if billed.sum() > 0:
        shares = [float(part) for part in billed / billed.sum()]
    if totals.sum() > 0:
        mean = totals.sum() / known.sum()
        indices = [float(t / k / mean) if k else None for t, k in zip(totals, known, strict=True)]
    return Sizes(customers, customers / len(labels), shares, indices)


def profile_rows(now: Segmented, seed: int, kept: Mapping[int, Pair], had: Sequence[Pair]) -> list[dict[str, Any]]:
    """One row of segment_profiles per segment, in order, without its as_of.

    `kept` are the names that segments have from before, by place; a new one is called like none of `had`. `anew` is
    what each would be called if nothing were before, `unfound` the share of it that no rule finds: no columns of the
    table. `contradicted` says whether a name that stays is against what the segment is.
    """
    people, preparation, labels = now.people, now.preparation, now.grouping.labels
    counted = sizes(labels, people.revenue)
    measured = _measured(people, preparation, now.prepared)
    traits = people.frame.select(people.kinds)
    drawn = _portraits(labels, counted, differences(labels, measured), habits(labels, traits), people.churned)
    spending = zip(drawn, tier_shares(labels, now.tiers), high_rooms(labels, now.tiers), strict=True)
    drawn = [
        replace(portrait, tiers=shares, high_room=room, customer_share=float(share))
        for (portrait, shares, room), share in zip(spending, counted.customer_share, strict=True)
    ]
    names = [people.behaviour[column] for column in preparation.kept_]
    behaviour = people.values[:, preparation.kept_]
    facts = facts_of(people, labels, drawn)
    told = _rules(behaviour, labels, names, seed)
    rows = []
    called = zip(drawn, named(drawn, kept, had), named(drawn), strict=True)
    for place, (portrait, name, anew) in enumerate(called):
        rows.append(
            {
                "segment": place + 1,
                **_both("segment_name", name),
                **_both("anew", anew),
                "contradicted": place in kept and contradicted(name[0], portrait),
                "customers": int(counted.customers[place]),
                "customer_share": float(counted.customer_share[place]),
                "revenue_share": counted.revenue_share[place],
                "value_index": counted.value_index[place],
                "churn_rate": portrait.churn_rate,
                **_both("profile", profiled(portrait, int(counted.customers[place]))),
                **told[place],
                **_both("treatment", treated(facts[place])),
            }
        )
    return rows


def tier_shares(labels: Labels, tiers: pl.Series) -> list[dict[str, float]]:
    """Per segment, the share of its customers in each spending tier, of those whose tier is known (not null).

    >>> tier_shares(np.array([0, 0, 1], dtype=np.int32), pl.Series(["high", "low", None]))[0]
    {'high': 0.5, 'mid': 0.0, 'low': 0.5}
    """
    counts = np.maximum(np.bincount(labels, weights=tiers.is_not_null().to_numpy()), 1)
    held = {
        tier: np.bincount(labels, weights=tiers.eq_missing(tier).to_numpy()) / counts for tier in ("high", "mid", "low")
    }
    return [{tier: float(shares[place]) for tier, shares in held.items()} for place in range(len(counts))]


def high_rooms(labels: Labels, tiers: pl.Series) -> list[float]:
    """Per segment, the share of its customers whose tier is known that the high tier has room for, at most 1.

    >>> high_rooms(np.array([0, 0, 1], dtype=np.int32), pl.Series(["high", "low", "low"]))
    [0.5, 1.0]
    """
    known = np.maximum(np.bincount(labels, weights=tiers.is_not_null().to_numpy()), 1)
    room = np.minimum(1.0, int(tiers.eq_missing("high").sum()) / known)
    return [float(one) for one in room]


def _rules(behaviour: NDArray[np.float64], labels: Labels, names: Sequence[str], seed: int) -> list[dict[str, Any]]:
    """Each segment's rule, what it is worth alone, and the share of the segment that all rules together put in it."""
    rules = [find_rule(behaviour, labels == place, seed=seed) for place in range(int(labels.max()) + 1)]
    if not any(rules):
        return [{**_rule(None, names), "rule_fidelity": None, "unfound": None} for _ in rules]
    put = placed(rules, behaviour)
    told = []
    for place, rule in enumerate(rules):
        members = put[labels == place]
        shares = {"rule_fidelity": float((members == place).mean()), "unfound": float((members == UNFOUND).mean())}
        told.append({**_rule(rule, names), **shares})
    return told


def _rule(found: Rule | None, names: Sequence[str]) -> dict[str, Any]:
    if found is None:
        return dict.fromkeys(("rule", "rule_zh", "rule_filter", "rule_table", "rule_precision", "rule_recall"))
    words, condition = ruled(found, names)
    shares = {"rule_precision": found.precision, "rule_recall": found.recall}
    return {**_both("rule", words), "rule_filter": condition, "rule_table": ruled_over(found, names), **shares}


def rules_told(profiled: pl.DataFrame) -> dict[str, float] | None:
    """What the rules of all segments are worth as a set, for the metrics; None where there are none.

    `fidelity` is the share of customers whom they put in their segment, each by the most precise rule that finds them;
    `unfound` the share whom none finds, `largest` what putting everybody in the largest segment would give.
    """
    if profiled["rule_fidelity"].null_count() == profiled.height:
        return None
    share = profiled["customer_share"]
    return {
        "fidelity": float((share * profiled["rule_fidelity"]).sum()),
        "unfound": float((share * profiled["unfound"]).sum()),
        "largest": float(share.to_numpy().max()),
    }


def _both(name: str, texts: tuple[str, str]) -> dict[str, str]:
    return {name: texts[0], f"{name}_zh": texts[1]}


def _measured(people: People, preparation: BehaviourPreparation, prepared: Floats) -> Measured:
    """Behaviour as it was clustered, and the describing columns made comparable in the same way."""
    own = len(people.behaviour)
    extra = BehaviourPreparation(max_correlation=1.0).fit(people.values[:, own:])
    kept = [*preparation.kept_, *(own + column for column in extra.kept_)]
    names = (*people.behaviour, *people.describing)
    fates = [*(preparation.fates_[c] for c in preparation.kept_), *(extra.fates_[c] for c in extra.kept_)]
    both = np.hstack([prepared, extra.transform(people.values[:, own:])])
    totals = {
        f"{name}_change_3": (people.beside[f"{name}_mean_3"], people.beside[f"{name}_mean_6"])
        for name in ("revenue", "call_minutes", "data_mb")
        if f"{name}_mean_6" in people.beside
    }
    return Measured([names[column] for column in kept], people.values[:, kept], both, fates, totals)


def _portraits(
    labels: Labels,
    counted: Sizes,
    numbers: Sequence[Sequence[Difference]],
    kinds: Sequence[Sequence[Habit]],
    churned: NDArray[np.float64] | None,
) -> list[Portrait]:
    """Gather what is known of each segment; `churned` is 1, 0 or NaN per customer where there is a label."""
    rates: list[float | None] = [None] * len(counted.customers)
    overall = None
    if churned is not None:
        seen = ~np.isnan(churned)
        known = np.bincount(labels, weights=seen)
        left = np.bincount(labels, weights=np.where(seen, churned, 0.0))
        rates = [float(gone / of) if of else None for gone, of in zip(left, known, strict=True)]
        overall = float(left.sum() / known.sum())
    return [
        Portrait(index, tuple(one), tuple(some), rate, overall)
        for index, one, some, rate in zip(counted.value_index, numbers, kinds, rates, strict=True)
    ]
