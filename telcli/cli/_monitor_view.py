"""Alerts on the screen, one to a line for scripts, and in the JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from telcli.cli._first_rows import first_rows, rows_of
from telcli.cli._headlines import width
from telcli.cli._help import wrap
from telcli.cli._lifecycle_view import LIFECYCLE_TABLES, lifecycle
from telcli.cli._stage_view import failed, payload, title
from telcli.cli._words import language, said, tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.errors import Notice, TelcliError
    from telcli.pipeline.run import StageRun

__all__ = ["tell"]

_TABLES = ("alerts", "monitor_suppressed", "monitor_coverage", *LIFECYCLE_TABLES)
_OPEN = ("new", "continuing")
_FIRST = (
    *("monitor-no-bills", "monitor-no-usage", "monitor-no-payments", "monitor-no-contacts", "monitor-no-calls"),
    "monitor-none-judged",
)
"""Notices without which the figures mislead: they stand before them, and are told with -q too."""
_HEADS = ("", "who or what", "state", "expected loss", "what happened", "found by", "manager")
_METHODS = {
    "z": "z: the month is far off by itself",
    "ewma": "ewma: a mean of months is off, the last ones counting most",
    "cusum": "cusum: what months are off adds up",
    "g": "g: shares are others than before",
    "limit": "limit: beyond a limit of [monitor]",
    "day": "day: single days are off, by weekday, holiday and payday",
    "moves": "moves: more customers than usual went this way",
}
_LOSS = "expected loss: margin of {months} months from {month} on, if it lasts; assumptions rank it (docs/monitor.md)."
_FURTHER = {
    "arrears": "Who owes, and whom to dun first: telcli assess-credit",
    "overdue": "Who owes, and whom to dun first: telcli assess-credit",
    "complaints": "What complaints are about: telcli complaints",
    **dict.fromkeys(
        ("calls-a-day", "contacts-a-day", "payments-a-day", "activations-a-day"),
        "Day by day: telcli show monitor_by_day",
    ),
    "rejects": "What was refused, and why: telcli show rejects",
    "stale": "What changed since: telcli status",
    "into-decline": "Whom to keep, and by what: telcli plan-retention",
    "into-dormant": "Whom to keep, and by what: telcli plan-retention",
    "into-churned": "Why customers leave: telcli predict-churn",
}
"""By metric the command that goes on from there."""


def tell(call: Call, run: StageRun, limit: int, failure: TelcliError | None = None) -> None:
    """Print the alerts; the JSON holds all rows of the tables but the series."""
    tables = rows_of(call, run, _TABLES)
    first = [notice for notice in run.notices if notice.code in _FIRST]
    later = [notice for notice in run.notices if not (call.out.human and notice in first)]
    view = partial(_view, run, tables, limit, first)
    call.out.result(view, notices=later, **payload(run), **tables, **failed(failure))
    call.out.urge(first)
    call.out.lines(_line(row) for row in tables["alerts"] if row["state"] in _OPEN)


def _view(
    run: StageRun, tables: Mapping[str, Sequence[Mapping[str, Any]]], limit: int, first: Sequence[Notice]
) -> Iterator[Any]:
    yield title(run)
    for notice in first:
        yield from _wrapped(said(notice.code, notice.template, notice.values))
    yield from _wrapped(_counts(run.metrics))
    shown = tables["alerts"]
    yield from first_rows(_HEADS, map(_row, shown), (0, 3), limit, "alerts")
    yield from _legend(shown[:limit], run)
    yield from lifecycle(run.metrics.get("lifecycle") or {}, tables, limit, run)


def _counts(metrics: Mapping[str, Any]) -> str:
    """How many alerts, and of what they are."""
    counts = {name: metrics[name] for name in ("new", "continuing", "over", "suppressed")}
    told = {name: f"{metrics[name]:,}" for name in ("judged", "watched")}
    alerts = tr("1 alert") if metrics["alerts"] == 1 else tr("{n} alerts", n=f"{metrics['alerts']:,}")
    text = "{alerts} ({new} new, {continuing} continuing), {over} over, {suppressed} suppressed by known causes; "
    return tr(text + "{judged} of {watched} series judged by the months before.", alerts=alerts, **counts, **told)


def _legend(rows: Sequence[Mapping[str, Any]], run: StageRun) -> Iterator[str]:
    """What the columns of the rows mean, and which commands go on from them."""
    if not rows:
        return
    used = {name for row in rows for name in (row["methods"] or "").split()}
    words = tr("; ").join(tr(text) for name, text in _METHODS.items() if name in used)
    yield from _wrapped(tr("found by {methods}.", methods=words)) if words else ()
    if any(row["expected_loss"] is not None for row in rows) and run.as_of:
        yield from _wrapped(tr(_LOSS, months=run.metrics.get("loss_months", ""), month=f"{run.as_of:%Y-%m}"))
    metrics = {row["metric"] for row in rows if row["state"] in _OPEN}
    for text in dict.fromkeys(text for name, text in _FURTHER.items() if name in metrics):
        yield from _wrapped(tr(text))


def _wrapped(text: str) -> Iterator[str]:
    yield from ("  " + line for line in wrap(text, width() - 4))


def _row(row: Mapping[str, Any]) -> list[str]:
    loss = "-" if row["expected_loss"] is None else f"{row['expected_loss']:,.0f}"
    why = row["why_zh"] if language() == "zh" else row["why"]
    methods = " ".join(tr(name) for name in (row["methods"] or "-").split())
    return [str(row["rank"]), _entity(row), tr(row["state"]), loss, why, methods, row["manager_id"] or "-"]


def _entity(row: Mapping[str, Any]) -> str:
    """Whom or what it is of, in words."""
    level, equals, name = row["entity"].partition("=")
    if equals and row["kind"] in ("kpi", "mix", "lifecycle"):
        return f"{tr(level)} {name}"
    return tr("all") if row["entity"] == "all" else str(row["entity"])


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
