"""Complaints on the screen: how many, about what, and what emerges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._first_rows import first_rows, rows_of
from telcli.cli._headlines import width
from telcli.cli._help import pack, wrap
from telcli.cli._stage_view import failed, payload, title
from telcli.cli._words import language, tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.errors import TelcliError
    from telcli.pipeline.run import StageRun

__all__ = ["brief", "tell"]

_TABLES = (
    "complaint_topics",
    "complaint_handling",
    "complaint_sla",
    "complaint_customers",
    "complaint_words",
    "contact_load",
)
_ALL = "all"
_AGAIN = ("customer", "complaints", "days open", "value at risk", "last topic", "manager")
_SLA = ("ticket", "customer", "state", "hours", "hours left", "topic", "manager")
_TOPICS = ("kind", "topic", "contacts", "per 1,000", "usual", "change", "on the year", "")


def tell(call: Call, run: StageRun, limit: int, failure: TelcliError | None) -> None:
    """Print the tables' first rows; the JSON has the rows of the month."""
    tables: dict[str, Any] = {
        name: [row for row in rows if row.get("month", run.as_of) == run.as_of]
        for name, rows in rows_of(call, run, _TABLES).items()
    }
    call.out.lines([brief(run.metrics)])
    call.out.result(lambda: _view(run, tables, limit), notices=run.notices, **payload(run), **tables, **failed(failure))


def brief(told: Mapping[str, Any]) -> str:
    """One line for scripts, which -q prints.

    >>> brief({"contacts": 9, "complaints": 3, "emerging": 1, "sla_overdue": 2})
    'contacts 9, complaints 3, emerging 1, sla_overdue 2'
    """
    names = ("contacts", "complaints", "emerging", "emerging_words", "sla_overdue", "sla_late", "repeat_complainers")
    return ", ".join(f"{name} {told[name]}" for name in names if name in told)


def _view(run: StageRun, tables: Mapping[str, Sequence[Mapping[str, Any]]], limit: int) -> Iterator[Any]:
    yield title(run)
    yield from ("  " + line for line in pack(list(_head(run.metrics)), " · ", width() - 2))
    yield from _topics(tables["complaint_topics"], limit)
    words = [row["term"] for row in tables["complaint_words"] if row["emerging"]][:limit]
    if words:
        said = tr("words that emerge in texts without a topic: {words}", words=", ".join(words))
        yield from ("  " + line for line in wrap(said, width() - 2))
    yield from _tickets(tables["complaint_sla"], limit)
    yield from _customers(tables["complaint_customers"], limit)


def _head(told: Mapping[str, Any]) -> Iterator[str]:
    yield tr(
        "contacts of the month {n}, of {customers} customers",
        n=f"{told['contacts']:,}",
        customers=f"{told['customers']:,}",
    )
    yield tr("complaints {n}", n=f"{told['complaints']:,}")
    if told.get("complaint_rate") is not None:
        rate = _between(*(told[f"complaint_rate{end}"] for end in ("", "_low", "_high")))
        yield tr("complaints per 1,000 customers {rate}", rate=rate)
    if told.get("complaint_change") is not None:
        yield tr("against the usual {change}", change=_change(told["complaint_change"]))
    if told.get("repeat_share") is not None:
        yield tr("repeats {share}", share=f"{told['repeat_share']:.0%}")
    if told.get("median_hours") is not None:
        yield tr("half closed within {n} h", n=f"{told['median_hours']:,.0f}")
    if told.get("answered_share") is not None:
        share = f"{told['answered_share']:.1%} ({told['answered_low']:.1%}..{told['answered_high']:.1%})"
        yield tr("calls answered {share} of {n}", share=share, n=f"{told['calls']:,}")
    if told.get("wait_s") is not None:
        yield tr("after {n} s", n=f"{told['wait_s']:.0f}")
    if told.get("rating") is not None:
        yield tr("rated {n} by {rated}", n=f"{told['rating']:.2f}", rated=f"{told['rated']:,}")
    yield tr("with a topic {share}", share=f"{told['coded_share']:.0%}")
    yield tr("emerging topics {n}", n=f"{told['emerging']:,}")


def _topics(rows: Sequence[Mapping[str, Any]], limit: int) -> Iterator[str]:
    """Topics of each kind in the month, what emerges first, then by how many."""
    leaf = [row for row in rows if row["coding"] == "taxonomy" and _ALL not in (row["kind"], row["topic"])]
    leaf = [row for row in leaf if row["contacts"] > 0]
    leaf.sort(key=lambda row: (not row["emerging"], -row["contacts"], row["kind"], row["topic"]))
    shown = [row for row in leaf if not row["small"]][:limit]
    if shown:
        yield "  " + tr("what contacts of the month are about (* emerging)")
    yield from first_rows(_TOPICS, map(_topic, shown), range(2, 7), limit, "complaint_topics", len(leaf))


def _tickets(rows: Sequence[Mapping[str, Any]], limit: int) -> Iterator[str]:
    """Tickets of key accounts, those over their time first."""
    if rows[:limit]:
        yield "  " + tr("tickets of key accounts, open or late")
    yield from first_rows(_SLA, map(_ticket, rows), (3, 4), limit, "complaint_sla")


def _customers(rows: Sequence[Mapping[str, Any]], limit: int) -> Iterator[str]:
    """Who complains again, or waits long."""
    if rows[:limit]:
        yield "  " + tr("customers who complain again, or wait long")
    yield from first_rows(_AGAIN, map(_customer, rows), (1, 2, 3), limit, "complaint_customers")


def _customer(row: Mapping[str, Any]) -> list[str]:
    days = "-" if row["open_days"] is None else f"{row['open_days']:,.0f}"
    risk = "-" if row["value_at_risk"] is None else f"{row['value_at_risk']:,.0f}"
    return [row["customer_id"], f"{row['complaints']:,}", days, risk, row["topic"], row["manager_id"] or "-"]


def _ticket(row: Mapping[str, Any]) -> list[str]:
    left = "-" if row["hours_left"] is None else f"{row['hours_left']:,.0f}"
    who = [row["contact_id"], row["customer_id"], tr(row["state"])]
    return [*who, f"{row['age_hours']:,.0f}", left, row["topic"], row["manager_id"] or "-"]


def _topic(row: Mapping[str, Any]) -> list[str]:
    name = row["topic_name_zh" if language() == "zh" else "topic_name"]
    return [
        tr(row["kind"]),
        name,
        f"{row['contacts']:,}",
        _between(row["rate"], row["rate_low"], row["rate_high"]),
        "-" if row["usual_rate"] is None else f"{row['usual_rate']:.2f}",
        _change(row["change"]),
        _change(row["year_change"]),
        "*" if row["emerging"] else "",
    ]


def _between(value: float | None, low: float | None, high: float | None) -> str:
    """A rate and its interval.

    >>> _between(2.5, 2.0, 3.0), _between(None, None, None)
    ('2.50 (2.00..3.00)', '-')
    """
    return "-" if value is None or low is None or high is None else f"{value:.2f} ({low:.2f}..{high:.2f})"


def _change(value: float | None) -> str:
    """A change as a percentage with its sign.

    >>> _change(0.256), _change(-0.5), _change(None)
    ('+26%', '-50%', '-')
    """
    return "-" if value is None else f"{value:+.0%}"
