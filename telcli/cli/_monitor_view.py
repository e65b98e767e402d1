"""Alerts on the screen, one to a line for scripts, and in the JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._first_rows import first_rows, rows_of
from telcli.cli._lifecycle_view import LIFECYCLE_TABLES, lifecycle
from telcli.cli._stage_view import failed, payload, title
from telcli.cli._words import language, tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.errors import TelcliError
    from telcli.pipeline.run import StageRun

__all__ = ["tell"]

_TABLES = ("alerts", "monitor_suppressed", "monitor_coverage", *LIFECYCLE_TABLES)
_OPEN = ("new", "continuing")
_HEADS = ("", "who or what", "state", "expected loss", "what happened", "found by", "manager")


def tell(call: Call, run: StageRun, limit: int, failure: TelcliError | None) -> None:
    """Print the alerts; the JSON holds all rows of the tables but the series."""
    tables = rows_of(call, run, _TABLES)
    call.out.result(lambda: _view(run, tables, limit), notices=run.notices, **payload(run), **tables, **failed(failure))
    call.out.lines(_line(row) for row in tables["alerts"] if row["state"] in _OPEN)


def _view(run: StageRun, tables: Mapping[str, Sequence[Mapping[str, Any]]], limit: int) -> Iterator[Any]:
    yield title(run)
    yield "  " + tr(
        "{alerts} alerts ({new} new, {continuing} continuing), {over} over, {suppressed} suppressed; {judged} of "
        "{watched} series judged.",
        **{name: run.metrics[name] for name in ("alerts", "new", "continuing", "over", "suppressed")},
        **{name: f"{run.metrics[name]:,}" for name in ("judged", "watched")},
    )
    yield from first_rows(_HEADS, map(_row, tables["alerts"]), (0, 3), limit, "alerts")
    yield from lifecycle(run.metrics.get("lifecycle") or {}, tables, limit)


def _row(row: Mapping[str, Any]) -> list[str]:
    loss = "-" if row["expected_loss"] is None else f"{row['expected_loss']:,.0f}"
    why = row["why_zh"] if language() == "zh" else row["why"]
    last = [row["methods"] or "-", row["manager_id"] or "-"]
    return [str(row["rank"]), row["entity"], tr(row["state"]), loss, why, *last]


def _line(row: Mapping[str, Any]) -> str:
    r"""One alert for a script, with tabs between: rank, state, kind, entity, metric, seen, expected, change, loss, why.

    >>> _line({"rank": 1, "state": "new", "kind": "account", "entity": "C1", "metric": "revenue", "observed": 50.0,
    ...     "expected": 100.0, "change": -0.5, "expected_loss": 360.0, "why": "fell"}).split("\t")
    ['1', 'new', 'account', 'C1', 'revenue', '50.00', '100.00', '-0.5000', '360.00', 'fell']
    """
    figures = [
        "" if row[name] is None else f"{row[name]:.{digits}f}"
        for name, digits in (("observed", 2), ("expected", 2), ("change", 4), ("expected_loss", 2))
    ]
    words = [str(row[name]).replace("\t", " ") for name in ("rank", "state", "kind", "entity", "metric")]
    return "\t".join([*words, *figures, row["why"]])
