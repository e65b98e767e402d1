"""Satisfaction on the screen: the index of all and by group, and items with what to do about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._card import currency_of
from telcli.cli._card_months import money
from telcli.cli._first_rows import first_rows, rows_of
from telcli.cli._headlines import width
from telcli.cli._help import pack, wrap
from telcli.cli._satisfaction_reasons_view import TABLES, reasons
from telcli.cli._stage_view import failed, payload, title
from telcli.cli._words import comma, meant, tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.errors import TelcliError
    from telcli.pipeline.run import StageRun

__all__ = ["tell"]

_TABLES = ("satisfaction_index", "satisfaction_items", *TABLES)
_INDEX = ("by", "group", "answered", "index", "satisfied", "NPS")
_BRIEF = ("answered", "customers", "index", "index_low", "index_high", "satisfied_share", "dissatisfied_share", "nps")
_ITEMS = ("item", "answered", "found - expected", "performance", "importance", "what to do")
_EVERY, _NONE = "all", "-"
_WIDE = 100
"""Columns of a terminal from which shares have their intervals on the screen."""
_FEW = 3
"""Groups of a grouping that are shown at either end."""


def tell(call: Call, run: StageRun, limit: int, failure: TelcliError | None) -> None:
    """Print the tables; the JSON holds all their rows but those of customers."""
    tables = rows_of(call, run, _TABLES)
    call.out.result(
        lambda: _view(run, tables, limit, money(currency_of(call))),
        notices=run.notices,
        **payload(run),
        **tables,
        **failed(failure),
    )
    call.out.lines([brief(f"{run.as_of:%Y-%m}", run.metrics)])


def brief(as_of: str, metrics: Mapping[str, Any]) -> str:
    """One line for scripts, which -q prints; what is not known is left out.

    >>> brief("2024-06", {"respondents": 9, "customers": 40, "index": 61.25, "index_low": None, "claim": "cannot tell"})
    'as_of=2024-06 answered=9 customers=40 index=61.2 claim=cannot-tell'
    """
    told = {**metrics, "answered": metrics["respondents"]}
    figures = {name: told.get(name) for name in (*_BRIEF, "predicted", "loyalty")}
    forms = {
        name: "" if isinstance(value, int) else ".4f" if "share" in name else ".1f"
        for name, value in told.items()
        if name in figures
    }
    words = [f"{name}={value:{forms[name]}}" for name, value in figures.items() if value is not None]
    claim = str(metrics.get("claim", "")).replace(" ", "-")
    return " ".join([f"as_of={as_of}", *words, *([f"claim={claim}"] if claim else [])])


def _view(run: StageRun, tables: Mapping[str, Sequence[Mapping[str, Any]]], limit: int, unit: str) -> Iterator[Any]:
    yield title(run)
    yield from ("  " + line for line in pack(_asked(run.metrics), " · ", width() - 2))
    yield from ("  " + line for line in pack(_weighted(run.metrics), " · ", width() - 2))
    told = _shown(tables["satisfaction_index"])
    yield from first_rows(_INDEX, map(_index, told), (2, 3, 4, 5), limit, _TABLES[0])
    yield from _everybody(tables["satisfaction_index"])
    hidden = sum(1 for row in tables["satisfaction_index"] if row["withheld"] and row["by"] != _EVERY)
    if hidden:
        yield "    " + tr("groups in which too few answered: {n}", n=hidden)
    yield from first_rows(_ITEMS, map(_item, tables["satisfaction_items"]), (1, 2, 3, 4), limit, _TABLES[1])
    yield from _unasked(run.metrics, tables["satisfaction_items"])
    yield from ("    " + line for line in _lines(run.metrics["quadrants"]))
    yield from reasons(run.metrics, tables, unit)
    yield from _assumed(run.metrics["word_of_mouth"])


def _everybody(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The mean of all customers, and how far apart groups are, those not asked as predicted."""
    whole = next((row for row in rows if row["by"] == _EVERY and row["predicted_index"] is not None), None)
    if whole is not None and whole["respondents"] < whole["customers"]:
        said = "with the others as predicted: {index} (by group: telcli show satisfaction_index, predicted_index)"
        yield "    " + tr(said, index=_between(whole, "predicted", ".1f", "predicted_index"))


def _asked(metrics: Mapping[str, Any]) -> list[str]:
    """Of when the answers are, and what a satisfied customer is."""
    span = tr("answers of {months} months, from {first} to {last}", **metrics["asked"])
    return [span, tr("satisfied from {satisfied} of 100 on", satisfied=f"{metrics['satisfied_from']:g}")]


def _weighted(metrics: Mapping[str, Any]) -> list[str]:
    """How answers are weighted, and what they are worth."""
    how = tr("weighting: {how}", how=meant("weighting", metrics["weighting"]))
    if metrics["weighted_by"]:
        how += tr(" ({what})", what=comma().join(meant("by", by) for by in metrics["weighted_by"]))
    worth, answers = f"{metrics['effective_answers']:,.0f}", f"{metrics['respondents']:,}"
    told = tr("by unequal weights {answers} answers are worth {worth} equal ones", answers=answers, worth=worth)
    return [how, told] if metrics["design_effect"] > 1.005 else [how]


def _unasked(metrics: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What stands as - above, since nobody was asked."""
    names = ["what was expected"] if all(row["gap"] is None for row in items) else []
    names += ["would recommend (NPS)"] if metrics["nps"] is None else []
    if names:
        yield "    " + tr("not asked, or of too few: {names}", names=comma().join(map(tr, names)))


def _lines(lines: Mapping[str, Any]) -> list[str]:
    """Where quadrants are cut."""
    if not lines:
        return []
    importance, performance = f"{lines['importance_line']:.0%}", f"{lines['performance_line']:.1f}"
    said = "cut at the {cut}: importance ({how}) {importance}, performance {performance}; ? not sure"
    values = {"cut": meant("cut", lines["cut"]), "how": meant("importance", lines["importance"])}
    return [tr(said, importance=importance, performance=performance, **values)]


def _assumed(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What follows of assumptions, each with its source."""
    if rows:
        yield "  " + tr("reckoned from your assumptions, not measured")
    for row in rows:
        values = {"value": f"{row['value']:g}", "source": row["source"], "name": meant("assumption", row["assumption"])}
        if row["result"] is None:
            continue
        said = "{name}: {customers} customers x {value} = {result} ({low}..{high}); source: {source}"
        counts = {name: f"{row[name]:,.0f}" for name in ("customers", "result")}
        ends = {end: f"{row[f'result_{end}']:,.0f}" for end in ("low", "high")}
        yield from ("    " + line for line in wrap(tr(said, **values, **counts, **ends), width() - 4))


def _shown(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """All, then of each grouping the few groups that are least satisfied and those most, the least first."""
    told = [row for row in rows if row["by"] == _EVERY]
    for by in dict.fromkeys(row["by"] for row in rows if row["by"] != _EVERY):
        groups = sorted((row for row in rows if row["by"] == by and not row["withheld"]), key=_order)
        told += groups if len(groups) <= 2 * _FEW else [*groups[:_FEW], *groups[-_FEW:]]
    return told


def _order(row: Mapping[str, Any]) -> tuple[float, str]:
    return (row["index"], row["group"])


def _index(row: Mapping[str, Any]) -> list[str]:
    group = row["group"]
    named = {_EVERY: tr("all"), _NONE: tr("not known")}.get(group) or meant(row["by"], group)
    shown = not row["withheld"]
    share = "-" if not shown else f"{row['satisfied_share']:.0%}"
    satisfied = _between(row, "satisfied", ".0%", "satisfied_share") if shown and width() >= _WIDE else share
    return [
        meant("by", row["by"]),
        named,
        f"{row['respondents']:,}/{row['customers']:,}",
        _between(row, "index", ".1f") if shown else tr("too few"),
        satisfied,
        _between(row, "nps", ".0f"),
    ]


def _item(row: Mapping[str, Any]) -> list[str]:
    importance = "-" if row["importance"] is None else f"{row['importance']:.0%}"
    todo = "-" if row["quadrant"] is None else tr(row["quadrant"]) + ("" if row["sure"] else " ?")
    return [
        meant("item", row["item"]),
        f"{row['respondents']:,}",
        _between(row, "gap", "+.2f"),
        tr("too few") if row["withheld"] else _between(row, "performance", ".1f"),
        importance,
        todo,
    ]


def _between(row: Mapping[str, Any], name: str, form: str, of: str = "") -> str:
    """A figure (of the name, or `of` another) and its interval.

    >>> _between({"nps": 12.4, "nps_low": 3.2, "nps_high": 21.6}, "nps", ".0f"), _between({"nps": None}, "nps", ".0f")
    ('12 (3..22)', '-')
    """
    if row[of or name] is None:
        return "-"
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{row[of or name]:{form}}" + ("" if low is None or high is None else f" ({low:{form}}..{high:{form}})")
