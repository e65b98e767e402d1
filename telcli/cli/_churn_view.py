"""What predict-churn says of its label and its model: what leaving is, when it was looked for, who left how."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._help import pack, wrap
from telcli.cli._words import comma, meant, tr

__all__ = ["labelled", "modelled"]

_HEAD = ("for", "since", "snapshot", "gap", "outcome window", "customers", "left")
_LEVELS = {
    "customer": "all lines of a customer end",
    "account": "all lines of an account end",
    "number": "any number ends",
}
_MODELS = {"logistic": "regression", "additive": "single tables", "pairs": "tables and pairs"}
_FEW_STEPS = 16
_KINDS = ("voluntary", "involuntary", "port-out", "internal", "inactive", "unknown")
_MOVED = "internal"
_LEFT_OUT = {
    "left_in_gap": "left in the gap",
    "left_otherwise": "left in another way",
    "censored": "not seen to the end",
}


def labelled(metrics: Mapping[str, Any], *, verbose: bool = False) -> Iterator[str]:
    """The definition in use, a line for each snapshot, and how those of the tested one left; with -v of all."""
    label = metrics.get("label") or {}
    if not isinstance(label.get("definition"), Mapping):
        return
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    yield from ("  " + line for line in wrap(definition(label["definition"]), width - 4))
    rows = label["snapshots"]
    yield from aligned([[*map(tr, _HEAD), ""], *map(_cells, rows)], [5, 6, 7])
    for row in rows if verbose else (row for row in rows if row["role"] == "test"):
        yield from ("    " + line for line in pack(_ways(row), " · ", width - 6))


def modelled(metrics: Mapping[str, Any]) -> Iterator[str]:
    """How much of each candidate the model is and how each did alone, and what its work allowed."""
    model = metrics.get("model") or {}
    trials, weights, plan = (model.get(name) for name in ("trials", "weights", "plan"))
    if not trials or not weights or not plan:
        return
    parts = [f"{weight:.2f} {tr(_MODELS[kind])} ({trials[kind]['log_loss']:.4f})" for kind, weight in weights.items()]
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    told = tr("model, with log-loss of each alone: {parts}", parts=" + ".join(parts))
    yield from ("  " + line for line in wrap(told, width - 4))
    if plan["bins"] < _FEW_STEPS or not plan["pairs"]:
        said = "within fit_seconds: {bins} steps of a number, {columns} columns, {pairs} pairs at most"
        yield "  " + tr(said, **{name: plan[name] for name in ("bins", "columns", "pairs")})


def definition(told: Mapping[str, Any]) -> str:
    """What leaving is, in a sentence.

    >>> definition({"kinds": ["port-out"], "level": "number", "prepaid": "recorded", "silent_months": 0,
    ...     "zero_use": False, "return_months": 0, "late_months": 1}).split("; ")
    ['churn: any number ends (port-out)', 'prepaid customers by a recorded end alone', 'last months left out: 1']
    """
    kinds = comma().join(meant("exit", kind) for kind in told["kinds"])
    said = [tr("churn: {what} ({kinds})", what=tr(_LEVELS[told["level"]]), kinds=kinds), _prepaid(told)]
    if told["return_months"]:
        said.append(tr("months in which a return undoes leaving: {n}", n=told["return_months"]))
    if told["late_months"]:
        said.append(tr("last months left out: {n}", n=told["late_months"]))
    return tr("; ").join(said)


def _prepaid(told: Mapping[str, Any]) -> str:
    """What makes a prepaid customer leave."""
    if told["prepaid"] == "recorded":
        return tr("prepaid customers by a recorded end alone")
    silence = tr("as in customer-months")
    if told["silent_months"]:
        months = tr("1 month") if told["silent_months"] == 1 else tr("{n} months", n=told["silent_months"])
        silence = tr("{months} without use" if told["zero_use"] else "{months} without use and payment", months=months)
    alone = told["prepaid"] == "inactive"
    told_as = (
        "prepaid customers by silence alone ({silence})" if alone else "prepaid customers by silence too ({silence})"
    )
    return tr(told_as, silence=silence)


def _cells(row: Mapping[str, Any]) -> list[str]:
    before, after = (date.fromisoformat(row[name]) for name in ("observe_to", "outcome_from"))
    gap = [day.isoformat() for day in (before + timedelta(days=1), after - timedelta(days=1))]
    rate = "" if row["churn_rate"] is None else f"{row['churn_rate']:.1%}"
    return [
        tr(row["role"]),
        row["observe_from"][:7],
        row["snapshot"][:7],
        _span(*gap) if gap[0] < gap[1] else "-",
        _span(row["outcome_from"], row["outcome_to"]),
        f"{row['customers']:,}",
        f"{row['churners']:,}",
        rate,
    ]


def _span(first: str, last: str) -> str:
    """From month to month.

    >>> _span("2024-01-01", "2024-03-31"), _span("2024-01-01", "2024-01-31"), _span("2023-12-01", "2024-01-31")
    ('2024-01..03', '2024-01', '2023-12..2024-01')
    """
    if first[:7] == last[:7]:
        return first[:7]
    return f"{first[:7]}..{last[5:7] if first[:4] == last[:4] else last[:7]}"


def _ways(row: Mapping[str, Any]) -> list[str]:
    """How they left at one snapshot, and who has no label."""
    others = row["others_by_kind"]
    ways = {
        "left_otherwise": _kinds({kind: count for kind, count in others.items() if kind != _MOVED}),
        "censored": _kinds({kind: count for kind, count in others.items() if kind == _MOVED}),
    }
    out = [
        f"{tr(name)} {row[key]:,}" + (tr(" ({what})", what=ways[key]) if ways.get(key) else "")
        for key, name in _LEFT_OUT.items()
        if row[key]
    ]
    told = [f"{row['snapshot'][:7]}{tr(': ')}{_kinds(row['by_kind']) or '-'}"]
    if out:
        told.append(tr("no label: ") + comma().join(out))
    return told


def _kinds(counts: Mapping[str, int]) -> str:
    return comma().join(f"{meant('exit', kind)} {counts[kind]:,}" for kind in _KINDS if kind in counts)
