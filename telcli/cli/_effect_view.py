"""How an evaluation looks on the screen: what each campaign and offer changed, how surely, and what it brought."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._aligned import aligned
from telcli.cli._help import pack, wrap
from telcli.cli._stage_view import failed, payload, view
from telcli.cli._words import language, meant, tr

if TYPE_CHECKING:
    from pathlib import Path

    from telcli.cli._output import Printer
    from telcli.errors import TelcliError
    from telcli.pipeline.run import StageRun

__all__ = ["lines", "tell"]

_HEAD = ("", "treated", "held out", "stayed", "against", "gain in points (95%)", "verdict")
_FEW = 10
"""Customers below which a group is not shown."""
_GROUPS = 12


def tell(out: Printer, run: StageRun, failure: TelcliError | None = None, workdir: Path | None = None) -> None:
    """Print an evaluation as a command's whole result; offers go by the names they have in `workdir`."""
    out.result(
        lambda: [*view(run, verbose=out.verbose), *lines(run.metrics, _names(workdir))],
        notices=run.notices,
        **payload(run),
        **failed(failure),
    )


def _names(workdir: Path | None) -> dict[str, str]:
    """What offers are called in Chinese; in English their codes stand."""
    if workdir is None or language() != "zh":
        return {}
    from telcli.features.retention_offers import offers
    from telcli.pipeline.own_words import own_words

    known = offers(own_words("plan-retention", workdir).get("offers"), 1.0)
    return dict(known.select("offer_id", "name_zh").iter_rows())


def lines(metrics: Mapping[str, Any], names: Mapping[str, str] | None = None) -> Iterator[str]:
    """The evaluation in lines, offers by `names` where they have one; one line where nothing could be compared."""
    if not metrics.get("campaigns"):
        yield "  " + tr("Nothing can be compared yet.")
        return
    total = {**metrics, "name": tr("all campaigns")}
    campaigns = [{**row, "name": row["campaign_id"]} for row in metrics["by_campaign"]]
    offers = [{**row, "name": (names or {}).get(row["offer_id"], row["offer_id"])} for row in metrics["by_offer"]]
    yield from _table("by campaign, by intention to treat", [*campaigns, *([total] if len(campaigns) > 1 else [])])
    yield from _table("by offer", offers)
    yield from _packed(_money(metrics))
    yield from _packed(_reach(metrics))
    yield from _orders(metrics)
    facts = metrics.get("uplift_model")
    yield from ("  " + line for line in (wrap(_model(facts), _width() - 4) if facts else ()))


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    shown = [row for row in rows if row["treated"] + row["held_out"] >= _FEW]
    if not shown:
        return
    yield "  " + tr(title)
    cells = [[tr(word) if word else "" for word in _HEAD], *map(_cells, shown[-_GROUPS:])]
    yield from aligned(cells, [1, 2, 3, 4], keep=[5, 6])
    if len(shown) > _GROUPS:
        yield "      " + tr("{n} more: {command}", n=len(shown) - _GROUPS, command="telcli show retention_effects")


def _word(row: Mapping[str, Any]) -> str:
    """What a row says, or why it can say nothing.

    >>> _word({"verdict": "cannot-tell", "treated": 90, "held_out": 0, "needed": 5000})
    'nobody held out'
    """
    if not row["held_out"] or not row["treated"]:
        return tr("nobody contacted" if row["held_out"] else "nobody held out")
    if row["verdict"] == "cannot-tell":
        return tr("cannot tell yet, needs {n} more", n=f"{row['needed']:,}") if row["needed"] else tr("cannot tell")
    return meant("verdict", row["verdict"])


def _cells(row: Mapping[str, Any]) -> list[str]:
    return [
        str(row["name"]),
        f"{row['treated']:,}",
        f"{row['held_out']:,}",
        _rate(row["stayed_treated"]),
        _rate(row["stayed_held_out"]),
        _span(row, "uplift", lambda value: f"{100 * value:+.1f}"),
        _word(row),
    ]


def _money(metrics: Mapping[str, Any]) -> list[str]:
    """What it brought in money, each with its interval."""
    told = [
        tr("customers kept {span}", span=_span(metrics, "saves", _count)),
        _known(metrics, "save_rate", _rate, "of would-be leavers kept {span}"),
        tr("value saved {span}", span=_span(metrics, "value_saved", _count)),
    ]
    if metrics.get("cost") is not None:
        told.append(tr("cost {money}", money=_count(metrics["cost"])))
    if (metrics.get("cost") or 0.0) > 0.0:
        told.append(_known(metrics, "cost_per_save", _count, "cost per save {span}"))
        told.append(_known(metrics, "return_on_cost", _rate, "return on cost {span}"))
    return told


_WHY_NOT = {
    "save_rate": "of would-be leavers kept: cannot be told, none of those held out left",
    "cost_per_save": "cost per save: none, no more stayed than of those held out",
    "return_on_cost": "return on cost: cannot be told of so few",
}


def _known(metrics: Mapping[str, Any], name: str, written: Any, said: str) -> str:
    """A figure with its interval, or why there is none."""
    if metrics.get(name) is None:
        return tr(_WHY_NOT[name])
    return tr(said, span=_span(metrics, name, written))


def _reach(metrics: Mapping[str, Any]) -> list[str]:
    """How far the plan was carried out."""
    if metrics.get("contacted") is None:
        return []
    told = [
        tr("reached {n} of {all}", n=_count(metrics["contacted"]), all=_count(metrics["treated"])),
        tr("accepted {n}", n=_count(metrics["accepted"])),
    ]
    if metrics.get("contaminated"):
        told.append(tr("held out but contacted {n}", n=_count(metrics["contaminated"])))
    if metrics.get("effect_contacted") is not None:
        points = _span(metrics, "effect_contacted", lambda value: f"{100 * value:+.1f}")
        told.append(tr("gain among those reached {span} points", span=points))
    return told


def _orders(metrics: Mapping[str, Any]) -> Iterator[str]:
    """How well customers were ranked, over all campaigns; both conventions are named."""
    orders = [one for one in metrics["orders"] if one["campaign_id"] == "all"]
    if not orders:
        return
    yield "  " + tr("Qini coefficient, {convention}", convention=tr(orders[0]["convention"]))
    yield from _packed([f"{tr(_NAMES[one['curve']])} {_span(one, 'qini', _fine)}" for one in orders], indent=4)
    ratios = [one for one in orders if one["qini_ratio"] is not None]
    if not ratios:
        return
    yield "  " + tr("Qini coefficient, {convention}", convention=tr(orders[0]["ratio_convention"]))
    yield from _packed([f"{tr(_NAMES[one['curve']])} {_fine(one['qini_ratio'])}" for one in ratios], indent=4)


def _model(facts: Mapping[str, Any]) -> str:
    """Whether there is an uplift model, and whether the next plan may go by it.

    >>> _model({"trained": False, "customers": 90, "needed": 400})
    'no uplift model: 90 customers of trials are too few to learn from (at least 400, a tenth of that in each arm)'
    """
    if not facts["trained"]:
        said = (
            "no uplift model: {n} customers of trials are too few to learn from (at least {needed}, a tenth of that "
            "in each arm)"
        )
        return tr(said, n=f"{facts['customers']:,}", needed=f"{facts['needed']:,}")
    known = "the uplift model ranks customers it has not seen better than chance: the next plan may go by it"
    unknown = (
        "the uplift model ranks customers it has not seen no better than chance may: the next plan does without it"
    )
    said = tr(known if facts["trusted"] else unknown)
    over = (
        f"; {tr('Qini over that by risk {span}', span=_span(facts, 'over_risk', _fine))}"
        if "over_risk" in facts
        else ""
    )
    return said + over


_NAMES = {"risk": "by risk", "plan": "by the plan", "uplift": "by the uplift model"}


def _packed(items: Sequence[str], indent: int = 2) -> Iterator[str]:
    yield from (" " * indent + line for line in pack(list(items), " · ", _width() - indent))


def _width() -> int:
    return min(shutil.get_terminal_size((80, 24)).columns, 100)


def _span(row: Mapping[str, Any], name: str, written: Any) -> str:
    """A figure and its interval; an end that is not there is open.

    >>> _span({"cost": 3.0, "cost_low": 1.0, "cost_high": None}, "cost", _count)
    '3 (1..no end)'
    """
    value, low, high = (row.get(each) for each in (name, f"{name}_low", f"{name}_high"))
    if value is None:
        return "-"
    if low is None and high is None:
        return f"{written(value)} ({tr('no interval')})"
    ends = [tr("no end") if end is None else written(end) for end in (low, high)]
    return f"{written(value)} ({'..'.join(ends)})"


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _fine(value: float) -> str:
    return f"{value:.4f}"
