"""What score-value says on the screen: money, what it rests on, tiers, weights, how sure it is, who moved."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.cli import _value_left
from telcli.cli._aligned import aligned
from telcli.cli._help import wrap
from telcli.cli._value_backtest import sentences, tenths
from telcli.cli._words import comma, language, meant, tr

if TYPE_CHECKING:
    from telcli.pipeline.run import StageRun

__all__ = ["next_step", "scored"]

_NOBODY = "none"
_TIERS = ("platinum", "gold", "silver", "bronze", _NOBODY)
"""The best first; a record of metrics keeps no order."""
_BASES = {
    "revenue": "revenue of {n} months: no cost is known",
    "known-costs": "revenue less costs in the data, of {n} months",
    "margin": "margin of {n} months",
}
"""What values count where no rate of cost is set."""
_TOP = "goal"
_ASSUMED = "assumed: customers leave as others {who} did; a month brings what the last {n} tell"
_ASSUMED_OF_ONE = "assumed: customers leave as others {who} did; a month brings what the one known did"
_STAYS = ("what stays in {n} months at {rate} a year", "what stays in {n} months and after, at {rate} a year")
"""Without and with what comes after the horizon."""


def scored(run: StageRun, *, verbose: bool = False) -> Iterator[str]:
    """Lines of one run: money, parts of margin, assumptions, tiers, weights, the back-test, moves, stars."""
    from telcli.pipeline.result_rows import result_rows

    names = ("value_margin", "value_tiers", "value_weights", "value_backtest")
    rows = {name: result_rows(run, name) for name in names}
    metrics = run.metrics
    if "lifetime_value_total" in metrics:
        unknown = any(notice.code == "value-no-incremental" for notice in run.notices)
        yield from _money(metrics, rows["value_margin"], unknown=unknown)
    yield from _parts(metrics, rows["value_margin"])
    if gone := _value_left.leavers(metrics):
        yield from _folded(gone)
    yield from _left_owing(metrics)
    yield from _assumed(metrics, verbose=verbose)
    yield from _tiers(metrics, rows["value_tiers"])
    for said in sentences(metrics.get("backtest"), _names(rows["value_weights"])):
        yield from _folded(said)
    yield from tenths(rows["value_backtest"])
    yield from _weighed(metrics, rows["value_weights"])
    if metrics.get("moves"):
        yield from _moves(metrics["moves"])
    if metrics.get("stars"):
        counts = " · ".join(f"{level['star'] or tr('without')} {level['customers']:,}" for level in metrics["stars"])
        yield from _folded(tr("stars: {counts}", counts=counts))


def next_step(run: StageRun) -> Iterator[str]:
    """What to run after it, where the command was run alone."""
    places = [Path(output.path) for output in run.outputs if output.table == "value_scores"]
    where = next((str(place.parents[2]) for place in places if len(place.parents) > 2), "work")
    given = "" if where == "work" else f" -w {where}"
    if run.metrics.get("moves"):
        yield "  " + tr("Who moved, and why: {command}", command=f"telcli show value_moves{given}")
    yield "  " + tr("Next: {command}", command=f"telcli predict-churn{given}")


def _money(metrics: Mapping[str, Any], margin: Sequence[Mapping[str, Any]], *, unknown: bool) -> Iterator[str]:
    """The three amounts and their sum, each with what it is; `unknown` where incremental value is not known."""
    months, rate = metrics["horizon_months"], f"{100 * metrics['discount_rate']:.4g}%"
    share = next((row["revenue_share"] for row in margin if row["part"] == "margin"), None)
    basis = _of_one(tr(_BASES[metrics.get("margin_basis", "margin")], n=_known(metrics)))
    if metrics.get("margin_basis") not in ("revenue", "known-costs") and share is not None:
        basis = tr("{basis}, {share} of revenue", basis=basis, share=f"{share:.1%}")
    more = tr("not known") if unknown else tr("what more they may take in {n} months", n=months)
    losing = tr(
        "{n} customers; loss makers {share}", n=f"{metrics['customers']:,}", share=f"{metrics['loss_maker_share']:.1%}"
    )
    lines = [
        ("current value", "current_value_total", basis),
        ("incremental value", "" if unknown else "incremental_value_total", more),
        (
            "retention value",
            "retention_value_total",
            tr(_STAYS[metrics.get("tail", "none") != "none"], n=months, rate=rate),
        ),
        ("lifetime value", "lifetime_value_total", losing),
    ]
    rows = [[tr(name), f"{metrics[total]:,.0f}" if total else "-", about] for name, total, about in lines]
    yield from aligned(rows, [1], indent=2)


def _known(metrics: Mapping[str, Any]) -> int:
    """Months of the last 12 of which revenue is known."""
    return int(metrics.get("months_known", 12))


def _of_one(said: str) -> str:
    """A count of one month in the singular.

    >>> _of_one("margin of 1 months")
    'margin of 1 month'
    """
    return re.sub(r"\b1 months\b", "1 month", said)


def _parts(metrics: Mapping[str, Any], margin: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What revenue is eaten by, the most first, and what is not counted."""
    eaten = [row for row in margin if row["part"] not in ("revenue", "margin") and row["amount"]]
    eaten.sort(key=lambda row: -row["amount"])
    if eaten:
        parts = [_value_left.eaten(row) for row in eaten]
        yield from _folded(tr("off revenue: {parts}", parts=comma().join(parts)))
    told = []
    for why, words in (("not-set", "{parts} (no rate set)"), ("no-data", "{parts} (not in the data)")):
        names = [meant("part", part) for part, counted in metrics.get("margin_parts", {}).items() if counted == why]
        if names:
            told.append(tr(words, parts=comma().join(names)))
    if told:
        yield from _folded(tr("not counted: {parts}", parts=tr("; ").join(told)))


def _left_owing(metrics: Mapping[str, Any]) -> Iterator[str]:
    """What leavers owed, and what is expected of those to come."""
    lost = metrics.get("lost_with_leavers")
    if lost and lost["owed"]:
        yield from _folded(
            tr(
                "left owing in 12 months: {n} of {left} who left, {owed}; expected of who will leave: {expected}",
                n=f"{lost['owing']:,}",
                left=f"{lost['customers']:,}",
                owed=f"{lost['owed']:,.0f}",
                expected=f"{lost['expected']:,.0f}",
            )
        )


def _assumed(metrics: Mapping[str, Any], *, verbose: bool) -> Iterator[str]:
    """The most of what was assumed in one sentence; all of it where more is asked for."""
    if metrics.get("recent_months"):
        signs = metrics.get("survival", {}).get("signs", {}).get("used")
        who = tr("of their tenure and signs (complaints, arrears, faults, use)") if signs else tr("of their tenure")
        months = min(metrics["recent_months"], _known(metrics))
        template = _ASSUMED if months > 1 else _ASSUMED_OF_ONE
        yield from _folded(tr(template, who=who, n=months))
    if metrics.get("payment_timing"):
        yield from _folded(
            tr(
                "money comes at the {timing} of a month; months after the {n} count: {tail}",
                timing=meant("payment_timing", metrics["payment_timing"]),
                n=metrics["horizon_months"],
                tail=meant("tail", metrics["tail"]),
            )
        )
    for said in metrics.get("assumptions", ()) if verbose else ():
        yield from ("    " + line for line in wrap(said, _width() - 4))


def _tiers(metrics: Mapping[str, Any], bounds: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Tiers with the score that each begins at, and their customers."""
    sizes, whole = metrics.get("tiers") or {}, metrics.get("customers") or 0
    if not sizes or not whole:
        return
    least = {row["value_tier"]: row["least_score"] for row in bounds}
    rows = [[tr("tier"), *([tr("from score")] if least else []), meant("head", "customers"), tr("share")]]
    for tier in _TIERS[:-1]:
        bound = least.get(tier)
        score = [f"{bound:.1f}" if bound is not None else "-"] if least else []
        count = sizes.get(tier, 0)
        rows.append([meant("value_tier", tier), *score, f"{count:,}", f"{count / whole:.1%}"])
    yield from aligned(rows, range(1, len(rows[0])), indent=2)


def _weighed(metrics: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Weights of the parts of the score, how judgements agree, and the weight that tiers hang on most."""
    names = _names(items)
    names.setdefault(_TOP, tr("customer value"))
    parts = sorted((row for row in items if row["node"] not in {row["item"] for row in items}), key=_heaviest)
    if parts:
        weights = comma().join(f"{names[row['item']]} {row['global_weight']:.3f}" for row in parts)
        yield from _folded(tr("weights: {weights}", weights=weights))
    consistency = metrics.get("consistency")
    if consistency:
        ratios = {node: about["cr"] for node, about in consistency["nodes"].items() if about["cr"] is not None}
        worst = max(sorted(ratios), key=lambda node: ratios[node])
        yield from _folded(
            tr(
                "judgements are consistent: ratio at most {cr} ({node}; random index {index}, table {table})",
                cr=f"{ratios[worst]:.3f}",
                node=names.get(worst, worst),
                index=f"{consistency['nodes'][worst].get('ri') or 0:.4g}",
                table=consistency["random_index"],
            )
        )
        yield from _experts(consistency["nodes"], names)
    strongest = metrics.get("sensitivity")
    if strongest:
        yield from _folded(
            tr(
                "weight of {item} x {factor}: {share} of customers in another tier, the most that a quarter changes",
                item=names.get(strongest["item"], strongest["item"]),
                factor=f"{strongest['factor']:g}",
                share=f"{strongest['tiers_changed']:.1%}",
            )
        )


def _experts(nodes: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[str]:
    """Several experts: the largest consistency ratio of each, and how far they agree, by node."""
    each: dict[str, list[float]] = {}
    for about in nodes.values():
        for expert, ratio in about.get("experts", {}).items():
            if expert:
                each.setdefault(expert, []).extend([] if ratio is None else [ratio])
    if not each:
        return
    said = [f"{expert} {max(found):.3f}" if found else f"{expert} -" for expert, found in sorted(each.items())]
    yield from _folded(tr("experts, largest ratio of each: {experts}", experts=comma().join(said)))
    agree = [(node, about) for node, about in nodes.items() if about.get("kendall_w") is not None]
    if agree:
        found = [f"{names.get(node, node)} {about['kendall_w']:.2f}" for node, about in agree]
        apart = [names.get(node, node) for node, about in agree if about.get("agree") is False]
        line = tr("Kendall's W of experts: {nodes}", nodes=comma().join(found))
        more = tr("; no more than chance: {nodes}", nodes=comma().join(apart)) if apart else ""
        yield from _folded(line + more)


def _names(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {row["item"]: row["name_zh" if language() == "zh" else "name"] for row in items}


def _heaviest(row: Mapping[str, Any]) -> tuple[float, int]:
    return -row["global_weight"], row["place"]


def _moves(moves: Mapping[str, Any]) -> Iterator[str]:
    """A row per tier of the month before, a column per tier now."""
    yield "  " + tr(
        "tiers since {month}: {up} up, {down} down, {same} the same",
        month=moves["before"],
        up=f"{moves['up']:,}",
        down=f"{moves['down']:,}",
        same=f"{moves['same']:,}",
    )
    matrix = moves["matrix"]
    rows = [[tr("before, now"), *(_named(tier, "gone") for tier in _TIERS)]]
    for tier in _TIERS:
        counts = [matrix[tier].get(now) for now in _TIERS]  # nobody is no customer in both
        rows.append([_named(tier, "new"), *("" if count is None else f"{count:,}" for count in counts)])
    yield from aligned(rows, range(1, len(rows)))


def _named(tier: str, nobody: str) -> str:
    """A tier in words; who is no customer in one of the months has none."""
    return tr(nobody) if tier == _NOBODY else meant("value_tier", tier)


def _folded(text: str) -> Iterator[str]:
    """A sentence in lines that fit, later ones deeper."""
    first, *rest = wrap(text, _width() - 4)
    yield f"  {first}"
    yield from (f"    {line}" for line in rest)


def _width() -> int:
    return min(shutil.get_terminal_size((80, 24)).columns, 100)
