"""Judgements in pairs made weights: each expert's consistency, the experts together, and what would mend them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.errors import DataError, UsageError
from telcli.methods.ahp import RANDOM_INDEX, from_pairs, mend, priorities, unlinked
from telcli.methods.ahp_group import combined, kendall_w

__all__ = ["LIMIT", "Judged", "judged"]

Array = NDArray[np.float64]
LIMIT = 0.10
"""Consistency ratio from which judgements are refused."""
DIGITS = 9


@dataclass(frozen=True)
class Judged:
    """Weights of each node's items, adding up to 1, and per node what is said of its judgements.

    `consistency` holds by node: order, lambda_max, ci, ri, cr, experts (name -> cr, None where too few judgements
    were made to tell), kendall_w (None with fewer than two experts).
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
        local[node], told[node] = _weighed(node, items, made, table, hierarchy["source"])
    return Judged(local, told)


def _matrix(items: Sequence[str], pairs: Sequence[Sequence[Any]]) -> Array:
    return from_pairs(len(items), [(items.index(one), items.index(other), value) for one, other, value in pairs])


def _weighed(
    node: str, items: Sequence[str], made: Mapping[str, Array], table: str, source: str
) -> tuple[Array, dict[str, Any]]:
    if len(items) > len(RANDOM_INDEX[table]):
        raise UsageError(
            "hierarchy-too-many",
            "{file}: {node} has {count} items, and the random indices {table} end at {most}.",
            hint="Put some of them below an item between, or choose another random_index in [score-value].",
            file=source,
            node=node,
            count=len(items),
            table=table,
            most=len(RANDOM_INDEX[table]),
        )
    if len(items) > 1 and not made:
        raise _missing(node, ", ".join(items), source)
    ratios, weights = {}, []
    for expert, matrix in sorted(made.items()):
        found = _checked(node, items, expert, matrix, table, source)
        ratios[expert] = found
        if found is not None:
            weights.append(priorities(matrix, table).weights)
    whole = combined([made[expert] for expert in sorted(made)]) if made else np.ones((1, 1))
    try:
        found_all = priorities(whole, table)
    except ValueError:
        raise _missing(node, ", ".join(items[place] for place in unlinked(whole)), source) from None
    together = _checked(node, items, "", whole, table, source)
    about = {
        "order": len(items),
        "lambda_max": round(found_all.lambda_max, DIGITS),
        "ci": round(found_all.ci, DIGITS),
        "ri": found_all.ri,
        "cr": together,
        "experts": ratios,
        "kendall_w": _agreement(weights),
    }
    return _exact(found_all.weights), about


def _exact(weights: Array) -> Array:
    """Weights with the digits that are the same on every machine, still adding up to 1."""
    found = weights.round(DIGITS)
    return np.asarray(found / found.sum(), dtype=np.float64)


def _checked(node: str, items: Sequence[str], expert: str, matrix: Array, table: str, source: str) -> float | None:
    """The consistency ratio of one matrix; None where its judgements do not link all items."""
    try:
        ratio = round(priorities(matrix, table).cr, DIGITS)
    except ValueError:
        return None
    if ratio >= LIMIT:
        raise _inconsistent(node, items, expert, matrix, table, source, ratio)
    return ratio


def _inconsistent(
    node: str, items: Sequence[str], expert: str, matrix: Array, table: str, source: str, ratio: float
) -> DataError:
    worst = mend(matrix, table, LIMIT)
    told = {"file": source, "node": f"{node} ({expert})" if expert else node, "cr": f"{ratio:.3f}"}
    if worst is None:
        return DataError(
            "judgements-contradict",
            "{file}: judgements on {node} contradict each other: their consistency ratio is {cr}, not below 0.10.",
            hint="Look at them again, the largest ones first.",
            **told,
        )
    told |= {"row": items[worst.row], "column": items[worst.column], "given": written(worst.given)}
    told |= {"implied": written(worst.implied), "fitted": f"{worst.implied_cr:.3f}"}
    told |= {"proposed": written(worst.proposed), "mended": f"{worst.cr:.3f}"}
    if worst.cr >= LIMIT:
        return DataError(
            "judgements-far-apart",
            "{file}: judgements on {node} contradict each other: their consistency ratio is {cr}, not below 0.10, and "
            "no single change mends it. {row} : {column} = {given} fits the others least: they imply {implied}, which "
            "would leave it at {fitted}.",
            hint="Look at them again, {row} : {column} first.",
            **told,
        )
    return DataError(
        "judgements-inconsistent",
        "{file}: judgements on {node} contradict each other: their consistency ratio is {cr}, not below 0.10. "
        "{row} : {column} = {given} fits the others least: they imply {implied}, which would bring the ratio to "
        "{fitted}.",
        hint="Write {row} : {column} = {implied}, if that is what is meant, or look at the others again; the least "
        "change that is accepted is {proposed}, with {mended}.",
        **told,
    )


def _missing(node: str, items: str, source: str) -> UsageError:
    return UsageError(
        "judgements-missing",
        "{file}: judgements on {node} are missing: nothing says how important {items} are.",
        hint='Write them as in [score-value.judgements.{node}], "one : other" = 3; each item in one of them at least.',
        file=source,
        node=node,
        items=items,
    )


def _agreement(weights: Sequence[Array]) -> float | None:
    if len(weights) < 2 or len(weights[0]) < 2:
        return None
    try:
        return round(kendall_w(weights), DIGITS)
    except ValueError:
        return None


def written(value: float) -> str:
    """A judgement as people write it.

    >>> written(3.0), written(1 / 3), written(2.5)
    ('3', '1/3', '2.5')
    """
    found = Fraction(value).limit_denominator(9)
    exact = abs(float(found) - value) < 1e-6 and 1 in (found.numerator, found.denominator)
    return str(found) if exact else f"{value:.3g}"
