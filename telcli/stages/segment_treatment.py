"""What to do with a segment: advice that its members and the data bear out, from segment_treatments.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.clustering import Labels
from telcli.stages.segment_attributes import answer, attribute
from telcli.stages.segment_people import People
from telcli.stages.segment_traits import Portrait
from telcli.stages.segment_words import Pair, about, joined

__all__ = ["Facts", "facts_of", "treated"]

Facts = Mapping[str, float]
"""What is known of a segment's members, by name; what the data do not tell is not there."""

_KNOWN = 0.5
"""Share of members of whom a thing must be known, for the others to be taken for like them."""
_LEAVING, _LEAST_LEAD, _FADING = 1.25, 0.03, 0.15
_SOON = 3.0
_HARDLY, _USED_UP = 100.0, 0.9
"""MB a month below which data are hardly used, and the share of the bundle used from which it runs short."""
_KEY_STARS, _KEY_LINES = 7, 20.0
"""Stars and lines from which a customer is strategic, as the view of that name has them by default."""
_MEDIANS = {"tenure_months": "tenure", "revenue_change_3": "revenue_change"}
_SHARES: Mapping[str, tuple[tuple[str, float, float], ...]] = {
    "months_since_use": (("idle", 0.0, np.inf),),
    "data_mb": (("uses_data", 0.0, np.inf),),
    "call_minutes": (("calls", 0.0, np.inf),),
    "over_bundle_fee": (("over_bundle", 0.0, np.inf),),
    "complaints": (("complains", 0.0, np.inf),),
    "roaming_minutes": (("roams", 0.0, np.inf),),
    "arrears": (("in_arrears", 0.0, np.inf),),
    "months_in_arrears_6": (("in_arrears", 0.0, np.inf),),
    "numbers_held": (("several_lines", 1.0, np.inf),),
    "services_held": (("bundled", 1.0, np.inf),),
    "contract_months_left": (("no_contract", -np.inf, 0.0), ("contract_ends", 0.0, _SOON)),
}
"""By column, facts that are the share of members above the one bound and at most at the other."""
_KINDS: Mapping[str, Mapping[str, str]] = {
    "pay_mode": {"prepaid": r"^prepaid$"},
    "customer_class": {"business": r"^(business|key)$"},
    "lifecycle_stage": {"dormant": r"^dormant$", "fading": r"^decline$"},
    "service_type": {"broadband": r"\bbroadband\b", "bundled": r"\+"},
}
"""By column of text, facts that are the share of members whose value the pattern is found in."""

_IMPORTANT = {"customer_class": "^key$", "star_level": f"^{_KEY_STARS}$", "service_type": "leased-line"}
"""By column of text, what marks a key or strategic customer."""


def treated(facts: Facts) -> Pair:
    """The first two pieces of advice that fit, of different subjects; one alone where it leaves no room for another.

    Advice fits where each fact in its `least` and `most` is known and within that bound, and none in its `unless` is
    known to reach that bound. So nothing is advised about what the data do not tell. Advice to spend more on members
    and advice to spend less exclude each other: what comes first holds.

    >>> treated({"tenure": 2.0, "value_index": 1.0, "prepaid": 0.0})[0]
    'Explain the first bill and call after a month to hear whether all works'
    >>> treated({})[1]
    '现有数据不足以支持专门方案：保持服务稳定，如需营销先以对照组小规模检验'
    """
    chosen: list[Mapping[str, Any]] = []
    for advice in _treatments():
        if _beside(advice, chosen) and _fits(advice, facts):
            chosen.append(advice)
            if len(chosen) == 2 or advice.get("alone"):
                break
    return joined(((one["en"], one["zh"]) for one in chosen), ". ", "；")


def _beside(advice: Mapping[str, Any], chosen: Sequence[Mapping[str, Any]]) -> bool:
    """Whether advice may stand beside what is advised already: another subject, and not the opposite way."""
    if chosen and advice.get("alone"):
        return False
    ways = {advice.get("way"), *(one.get("way") for one in chosen)}
    return all(one["subject"] != advice["subject"] for one in chosen) and not {"more", "less"} <= ways


def _fits(advice: Mapping[str, Any], facts: Facts) -> bool:
    known = all(name in facts for kind in ("least", "most") for name in advice.get(kind, {}))
    return (
        known
        and all(facts[name] >= bound for name, bound in advice.get("least", {}).items())
        and all(facts[name] <= bound for name, bound in advice.get("most", {}).items())
        and not any(facts.get(name, -np.inf) >= bound for name, bound in advice.get("unless", {}).items())
    )


def facts_of(people: People, labels: Labels, drawn: Sequence[Portrait]) -> list[dict[str, float]]:
    """Per segment the facts that treatments go by; known of at least half of the members, or not there.

    Shares of members (0..1): idle, uses_data, data_short (pays for data or beyond the bundle, or has used 90% of it),
    hardly_data (below 100 MB a month and not billed for it), important (key, 7 stars, a leased line or 20 lines),
    calls, over_bundle, complains, roams, in_arrears, several_lines, bundled,
    no_contract, contract_ends (within 3 months), prepaid, business, dormant, fading, broadband, high_tier, low_tier,
    left (by the label). Medians: tenure (months), revenue_change (of 3 months, as a share). value_index. risk: 1 where
    the churn rate or the share that declines stands out, else 0. top_spenders, high_spenders: 1 where the portrait
    calls them so (high: or top), else 0. By group of columns, as `data_effect`, how many
    standard deviations members are off the mean of all.
    """
    found = [_drawn(portrait) for portrait in drawn]
    names = (*people.behaviour, *people.describing)
    for place, name in enumerate(names):
        plain, values = _plain(name), people.values[:, place]
        if plain in _MEDIANS:
            _put(found, _MEDIANS[plain], labels, values, median=True)
        for fact, above, most in _SHARES.get(plain, ()):
            seen = ~np.isnan(values)
            _put(found, fact, labels, np.where(seen, (values > above) & (values <= most), np.nan))
    for name in people.kinds:
        for fact, held in _held(name, people.frame[name]).items():
            _put(found, fact, labels, held.cast(pl.Float64).fill_null(float("nan")).to_numpy())
    for fact, true in _joint(people).items():
        _put(found, fact, labels, true)
    overall = None
    stages = people.frame["lifecycle_stage"]
    if 2 * int((stages == "unknown").sum()) <= len(stages):
        overall = int((stages == "decline").sum()) / len(stages)
    for facts, portrait in zip(found, drawn, strict=True):
        risk = _risk(facts, portrait, overall)
        if risk is not None:
            facts["risk"] = risk
    return found


def _plain(name: str) -> str:
    """The measure that facts are told by; the operator's own numbers of roaming are as good as minutes of it."""
    if attribute(name).get("group") == "roaming":
        return "roaming_minutes"
    return re.sub(r"_(mean|sum)_\d+$", "", name)


def _joint(people: People) -> dict[str, NDArray[np.float64]]:
    """Facts that several columns tell together, 1 or 0 per customer and NaN where none tells."""
    held: dict[str, NDArray[np.float64]] = dict(people.beside)
    for place, name in enumerate((*people.behaviour, *people.describing)):
        held[re.sub(r"_mean_3$", "", name)] = people.values[:, place]
    nothing = np.full(people.frame.height, np.nan)
    used, billed = held.get("data_mb", nothing), held.get("billed_data", nothing)
    over, share = held.get("over_bundle_fee", nothing), held.get("data_saturation", nothing)
    short = (billed > 0) | (over > 0) | (share >= _USED_UP)
    told = ~(np.isnan(billed) & np.isnan(over) & np.isnan(share))
    facts = {
        "data_short": np.where(told, short, np.nan),
        "hardly_data": np.where(np.isnan(used), np.nan, (used < _HARDLY) & ~(billed > 0)),
    }
    marks = [(held["numbers_held"] >= _KEY_LINES)] if "numbers_held" in held else []
    for name, pattern in _IMPORTANT.items():
        if name in people.frame.columns:
            marks.append(people.frame[name].str.contains(pattern).fill_null(value=False).to_numpy())
    if marks:
        facts["important"] = np.any(marks, axis=0).astype(np.float64)
    return facts


def _drawn(portrait: Portrait) -> dict[str, float]:
    """What the portrait already tells."""
    facts: dict[str, float] = {}
    for difference in portrait.differences:
        facts.setdefault(f"{about(difference.column)['group']}_effect", difference.effect)
    if portrait.value_index is not None:
        facts["value_index"] = portrait.value_index
        facts |= {f"{tier}_tier": share for tier, share in (portrait.tiers or {}).items()}
        if portrait.tiers is not None:
            facts["top_spenders"] = float(portrait.spending == "top")
            facts["high_spenders"] = float(portrait.spending in ("top", "high"))
    if portrait.churn_rate is not None:
        facts["left"] = portrait.churn_rate
    return facts


def _held(name: str, values: pl.Series) -> dict[str, pl.Series]:
    """What a column of text tells, as true, false or null per customer."""
    if name in _KINDS:
        told = values.replace("unknown", None)
        return {fact: told.str.contains(pattern) for fact, pattern in _KINDS[name].items()}
    called = attribute(name).get("en")
    if called == "contract":
        return {"no_contract": values.str.to_lowercase().is_in(["month-to-month", "monthly", "none", "no", "false"])}
    if called == "internet service":
        no = answer(name, "No")
        return {"broadband": values.map_elements(lambda one: answer(name, one) != no, return_dtype=pl.Boolean)}
    return {}


def _put(
    found: Sequence[dict[str, float]], fact: str, labels: Labels, values: NDArray[np.float64], *, median: bool = False
) -> None:
    """Add the mean or the median of the members, where it is known of at least half; the larger of two sources."""
    for segment, facts in enumerate(found):
        members = values[labels == segment]
        seen = members[~np.isnan(members)]
        if len(seen) and len(seen) >= _KNOWN * len(members):
            told = float(np.median(seen) if median else np.mean(seen))
            facts[fact] = max(told, facts.get(fact, told))


def _risk(facts: Facts, portrait: Portrait, fading: float | None) -> float | None:
    """1 where more leave or decline than among all, 0 where not, None where neither is known."""
    rate, overall = portrait.churn_rate, portrait.churn_overall
    if rate is not None and overall is not None:
        return float(rate >= _LEAVING * overall and rate - overall >= _LEAST_LEAD)
    if fading is None or "fading" not in facts:
        return None
    return float(facts["fading"] - fading >= _FADING)


@cache
def _treatments() -> list[dict[str, Any]]:
    text = files("telcli.stages").joinpath("segment_treatments.toml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["treatment"]
    return found
