"""Judgements in pairs made weights: each expert's consistency, the experts together, and what would mend them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.errors import DataError, Notice, UsageError
from telcli.methods.ahp import RANDOM_INDEX, from_pairs, mend, priorities, unlinked
from telcli.methods.ahp_group import combined, concordance_chance, kendall_w
from telcli.stages.score_value_places import Place

__all__ = ["LIMIT", "Judged", "judged", "remarks"]

Array = NDArray[np.float64]
LIMIT = 0.10
"""Consistency ratio from which judgements are refused."""
DIGITS = 9
_RARE = 0.05


@dataclass(frozen=True)
class Judged:
    """Weights of each node's items, adding up to 1, and per node what is said of its judgements.

    `consistency` holds by node: order, lambda_max, ci, ri, cr, experts (name -> cr, None where too few judgements
    were made to tell), and kendall_w, w_chance, agree (None with fewer than two experts).
    """

    local: Mapping[str, Array]
    consistency: Mapping[str, dict[str, Any]]


def judged(hierarchy: Mapping[str, Any], table: str) -> Judged:
    """The weights of every node of a hierarchy, as `telcli.tables.hierarchy` holds it.

    Raises
    ------
    DataError
        Judgements contradict each other: a consistency ratio of .10 or more.
    UsageError
        Judgements are missing, do not link all items, or a node has more items than the table of random indices.

    >>> pairs = [["a", "b", 3.0]]
    >>> found = judged({"source": "f", "items": {"goal": ["a", "b"]}, "judgements": {"": {"goal": pairs}}}, "classic")
    >>> found.local["goal"].tolist(), found.consistency["goal"]["cr"]
    ([0.75, 0.25], 0.0)
    """
    local, told = {}, {}
    for node, items in hierarchy["items"].items():
        made = {
            expert: _matrix(items, nodes[node]) for expert, nodes in hierarchy["judgements"].items() if nodes.get(node)
        }
        local[node], told[node] = _weighed(hierarchy, node, made, table)
    return Judged(local, told)


def _matrix(items: Sequence[str], pairs: Sequence[Sequence[Any]]) -> Array:
    return from_pairs(len(items), [(items.index(one), items.index(other), value) for one, other, value in pairs])


def _weighed(
    hierarchy: Mapping[str, Any], node: str, made: Mapping[str, Array], table: str
) -> tuple[Array, dict[str, Any]]:
    items, place = hierarchy["items"][node], Place(hierarchy, node)
    if len(items) > len(RANDOM_INDEX[table]):
        raise UsageError(
            "hierarchy-too-many",
            "{file}: {node} has {count} items, and the random indices {table} end at {most}.",
            hint="Put some of them below an item between, or choose another random_index in [score-value].",
            file=place.file,
            node=place.called,
            count=len(items),
            table=table,
            most=len(RANDOM_INDEX[table]),
        )
    if len(items) > 1 and not made:
        raise place.missing(items)
    ratios, weights = {}, []
    for expert, matrix in sorted(made.items()):
        found = _checked(items, matrix, table, Place(hierarchy, node, expert))
        ratios[expert] = found
        if found is not None:
            weights.append(priorities(matrix, table).weights)
    whole = combined([made[expert] for expert in sorted(made)]) if made else np.ones((1, 1))
    try:
        found_all = priorities(whole, table)
    except ValueError:
        raise place.missing([items[at] for at in unlinked(whole)]) from None
    together = _checked(items, whole, table, place)
    about = {
        "order": len(items),
        "lambda_max": round(found_all.lambda_max, DIGITS),
        "ci": round(found_all.ci, DIGITS),
        "ri": found_all.ri,
        "cr": together,
        "experts": ratios,
        **_agreement(weights),
    }
    return _exact(found_all.weights), about


def _exact(weights: Array) -> Array:
    """Weights with the digits that are the same on every machine, still adding up to 1."""
    found = weights.round(DIGITS)
    return np.asarray(found / found.sum(), dtype=np.float64)


def _checked(items: Sequence[str], matrix: Array, table: str, place: Place) -> float | None:
    """The consistency ratio of one matrix; None where its judgements do not link all items."""
    try:
        ratio = round(priorities(matrix, table).cr, DIGITS)
    except ValueError:
        return None
    if ratio >= LIMIT:
        raise _inconsistent(items, matrix, table, place, ratio)
    return ratio


def _inconsistent(items: Sequence[str], matrix: Array, table: str, place: Place, ratio: float) -> DataError:
    worst = mend(matrix, table, LIMIT)
    told = {"file": place.file, "node": place.called, "cr": f"{ratio:.3f}"}
    if worst is None:
        return DataError(
            "judgements-contradict",
            "{file}: judgements on {node} contradict each other: their consistency ratio is {cr}, not below 0.10.",
            hint="Look at them again, the largest ones first.",
            **told,
        )
    one, other = items[worst.row], items[worst.column]
    numbers = {"given": worst.given, "implied": worst.implied, "proposed": worst.proposed}
    if not place.written(one, other):
        one, other = other, one
        numbers = {name: 1 / value for name, value in numbers.items()}
    told |= {"pair": place.pair(one, other), **{name: written(value) for name, value in numbers.items()}}
    told |= {"fitted": f"{worst.implied_cr:.3f}", "mended": f"{worst.cr:.3f}"}
    if worst.cr >= LIMIT:
        return DataError(
            "judgements-far-apart",
            "{file}: judgements on {node} contradict each other: their consistency ratio is {cr}, not below 0.10, and "
            "no single change mends it. {pair} = {given} fits the others least: they imply {implied}, which "
            "would leave it at {fitted}.",
            hint="Look at them again, {pair} first.",
            **told,
        )
    return DataError(
        "judgements-inconsistent",
        "{file}: judgements on {node} contradict each other: their consistency ratio is {cr}, not below 0.10. "
        "{pair} = {given} fits the others least: they imply {implied}, which would bring the ratio to "
        "{fitted}.",
        hint="Write {pair} = {implied}, if that is what is meant, or look at the others again; the least "
        "change that is accepted is {proposed}, with {mended}.",
        **told,
    )


def _agreement(weights: Sequence[Array]) -> dict[str, Any]:
    """Kendall's W, the chance of as much, and whether that is more agreement than by chance; None where not known."""
    nothing = dict.fromkeys(("kendall_w", "w_chance", "agree"))
    if len(weights) < 2 or len(weights[0]) < 2:
        return nothing
    try:
        found = kendall_w(weights)
    except ValueError:
        return nothing
    experts, items = np.shape(weights)
    chance = concordance_chance(weights)
    # Two experts on three items are in one order by chance once in six: there the mean W of blind orders is the bound.
    told = factorial(items) ** (1 - experts) <= _RARE
    agree = chance <= _RARE if told else found > 1 / experts + 1e-9
    return {"kendall_w": round(found, DIGITS), "w_chance": round(chance, DIGITS), "agree": bool(agree)}


def remarks(judged: Judged, hierarchy: Mapping[str, Any]) -> list[Notice]:
    """What to know of judgements: experts who do not agree, who judged nothing, and pairs that nobody judged."""
    said = []
    unlike = [(node, about["kendall_w"]) for node, about in judged.consistency.items() if about["agree"] is False]
    apart = [f"{Place(hierarchy, node).called} {found:.2f}" for node, found in unlike]
    if apart:
        template = (
            "Experts do not agree on the order of items more than by chance (Kendall's W): {nodes}. Their mean "
            "stands for none of them."
        )
        said.append(Notice("judgements-disagree", template, {"nodes": ", ".join(apart)}))
    blank, filled = [], []
    for expert, nodes in hierarchy["judgements"].items():
        for node, pairs in nodes.items():
            every = len(hierarchy["items"][node]) * (len(hierarchy["items"][node]) - 1) // 2
            place = Place(hierarchy, node, expert)
            if every and not pairs:
                blank.append(place.called)
            elif len(pairs) < every:
                filled.append(f"{place.called} {every - len(pairs)}/{every}")
    if blank:
        template = "Without any judgement, and left out: {names}."
        said.append(Notice("judgements-blank", template, {"names": ", ".join(sorted(blank))}))
    if filled:
        template = "Judgements not made are filled in so that the rest agrees best: {names}."
        said.append(Notice("judgements-filled", template, {"names": ", ".join(sorted(filled))}))
    return said


def written(value: float) -> str:
    """A judgement as people write it.

    >>> written(3.0), written(1 / 3), written(2.5)
    ('3', '1/3', '2.5')
    """
    found = Fraction(value).limit_denominator(9)
    exact = abs(float(found) - value) < 1e-6 and 1 in (found.numerator, found.denominator)
    return str(found) if exact else f"{value:.3g}"
