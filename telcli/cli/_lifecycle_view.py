"""Moves between stages of life on the screen of monitor: more than usual or not, and the customers behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._aligned import aligned
from telcli.cli._first_rows import first_rows
from telcli.cli._headlines import width
from telcli.cli._help import pack, wrap
from telcli.cli._words import language, tr

if TYPE_CHECKING:
    from telcli.pipeline.run import StageRun

__all__ = ["LIFECYCLE_TABLES", "lifecycle"]

LIFECYCLE_TABLES = ("lifecycle_moves", "lifecycle_warnings")
_INTO = {"decline": "into decline {n}", "dormant": "into dormancy {n}", "churned": "left {n}"}
_HEADS = ("customers of", "from", "to", "customers", "usual", "share", "usually")
_WARNED = ("", "customer", "value at risk", "what happened", "manager")

_RISK = "value at risk: margin of {months} months times the chance of leaving. Whom to keep: telcli plan-retention"


def lifecycle(
    told: Mapping[str, Any], tables: Mapping[str, Sequence[Mapping[str, Any]]], limit: int, run: StageRun
) -> Iterator[str]:
    """Lines of the section; none where lifecycle is not watched."""
    if not told or run.as_of is None:
        return
    yield "  " + tr("stages of life: who moved in {month}", month=f"{run.as_of:%Y-%m}")
    yield from ("    " + line for line in pack(list(_head(told)), " · ", width() - 4))
    beyond = [row for row in tables["lifecycle_moves"] if row["beyond"] and not row["small"]]
    beyond.sort(key=lambda row: (row["chance_among"], row["dimension"], row["level"], row["from_stage"]))
    if beyond:
        yield "    " + tr("more than usual, beyond chance")
        rows = [[tr(head) for head in _HEADS], *map(_move, beyond[:limit])]
        yield from aligned(rows, range(3, 7), indent=6)
    warned = tables["lifecycle_warnings"]
    yield from first_rows(_WARNED, map(_warning, warned), (0, 2), limit, "lifecycle_warnings")
    if warned[:limit]:
        yield from ("    " + line for line in wrap(tr(_RISK, months=run.metrics.get("loss_months", "")), width() - 6))


def _head(told: Mapping[str, Any]) -> Iterator[str]:
    for stage, words in _INTO.items():
        usual = told[f"usual_{stage}"]
        more = "" if usual is None else " " + tr("(usually {n})", n=f"{usual:,.0f}")
        yield tr(words, n=f"{told[f'into_{stage}']:,}") + more
    yield tr("value at risk {money}", money=f"{told['value_at_risk']:,.0f}")


def _move(row: Mapping[str, Any]) -> list[str]:
    group = tr("all") if row["dimension"] == "all" else f"{tr(row['dimension'])} {row['level']}"
    usual = f"{row['low']:,.0f}..{row['high']:,.0f}"
    shares = [f"{row['share']:.1%}", f"{row['usual_share']:.1%}"]
    return [group, tr(row["from_stage"]), tr(row["to_stage"]), f"{row['customers']:,}", usual, *shares]


def _warning(row: Mapping[str, Any]) -> list[str]:
    why = row["why_zh"] if language() == "zh" else row["why"]
    risk = "-" if row["value_at_risk"] is None else f"{row['value_at_risk']:,.0f}"
    return [str(row["rank"]), row["customer_id"], risk, why, row["manager_id"] or "-"]
