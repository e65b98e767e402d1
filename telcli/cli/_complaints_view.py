"""Complaints on the screen: how many, about what, and what emerges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._complaints_groups_view import agents, between, groups, share
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
    *("complaint_topics", "complaint_handling", "complaint_sla", "complaint_customers", "complaint_words"),
    *("complaint_groups", "contact_load", "contact_agents"),
)
_ALL, _WORDS = "all", 8
_AGAIN = ("customer", "complaints and faults", "days open", "value at risk", "last topic", "manager")
_SLA = ("ticket", "customer", "state", "hours", "hours left", "topic", "manager")
_TOPICS = ("kind", "topic", "contacts", "per 1,000", "usual", "change", "on the year", "")
_BRIEF = (
    *("contacts", "customers", "complaints", "complaint_rate", "complaint_rate_low", "complaint_rate_high"),
    *("complaint_change", "emerging", "emerging_words", "sla_overdue", "sla_late", "repeat_complainers", "coded_share"),
    "groups_differ",
)


def tell(call: Call, run: StageRun, limit: int, failure: TelcliError | None) -> None:
    """Print the tables' first rows; the JSON has the rows of the month."""
    tables: dict[str, Any] = {
        name: [row for row in rows if row.get("month", run.as_of) == run.as_of]
        for name, rows in rows_of(call, run, _TABLES).items()
    }
    call.out.lines([brief(f"{run.as_of:%Y-%m}", run.metrics)])
    call.out.result(lambda: _view(run, tables, limit), notices=run.notices, **payload(run), **tables, **failed(failure))


def brief(as_of: str, told: Mapping[str, Any]) -> str:
    """One line for scripts, which -q prints; what is not known is left out.

    >>> brief("2024-06", {"contacts": 9, "complaints": None, "complaint_rate": 2.5, "emerging": 1})
    'as_of=2024-06 contacts=9 complaint_rate=2.5000 emerging=1'
    """
    known = {name: told[name] for name in _BRIEF if told.get(name) is not None}
    figures = (
        f"{name}={value:.4f}" if isinstance(value, float) else f"{name}={value}" for name, value in known.items()
    )
    return " ".join([f"as_of={as_of}", *figures])


def _view(run: StageRun, tables: Mapping[str, Sequence[Mapping[str, Any]]], limit: int) -> Iterator[Any]:
    told, month = run.metrics, f"{run.as_of:%Y-%m}"
    yield title(run)
    if not told["contacts"]:
        yield "  " + tr("no contact is known of {month}: nothing is told of that month", month=month)
    yield from _span(month, month, _head(told))
    yield from _span(told["handling_since"], told["latest"], _handled(told))
    yield from _span(told["trend_since"], told["latest"], _coded(told))
    yield from ("  " + line for line in wrap(_emerging(run), width() - 2) if told["contacts"])
    yield from _topics(tables["complaint_topics"], limit)
    yield from _said(tables["complaint_words"])
    yield from _tickets(tables["complaint_sla"], limit)
    yield from _customers(tables["complaint_customers"], told["asked"], limit)
    yield from groups(told, tables["complaint_groups"], limit)
    yield from agents(tables["contact_agents"], limit)
    yield from _neighbours(tables)


def _span(first: str, last: str, figures: Iterable[str]) -> Iterator[str]:
    """Figures of one month, or of several, which their line says first."""
    every = list(figures)
    if every:
        of = tr("{month}", month=last) if first == last else tr("{first} to {last}", first=first, last=last)
        yield from ("  " + line for line in pack([of + tr(": ") + every[0], *every[1:]], " · ", width() - 2))


def _head(told: Mapping[str, Any]) -> Iterator[str]:
    """Figures of the month."""
    if told["contacts"]:
        counts = {"n": f"{told['contacts']:,}", "customers": f"{told['customers']:,}"}
        yield tr("contacts {n}, of {customers} customers", **counts)
        told_kind = told.get("complaints") is not None
        yield tr("complaints {n}", n=f"{told['complaints']:,}") if told_kind else tr("no kind of contact is told")
    if told.get("complaint_rate") is not None:
        rate = between(*(told[f"complaint_rate{end}"] for end in ("", "_low", "_high")))
        yield tr("complaints per 1,000 customers {rate}", rate=rate)
    if told.get("complaint_change") is not None:
        yield tr("against the median of the months before {change}", change=_change(told["complaint_change"]))


def _handled(told: Mapping[str, Any]) -> Iterator[str]:
    """Figures of the months that tell how matters are handled."""
    if told.get("repeat_share") is not None:
        yield tr("repeats {share}", share=share(told, "repeat_share", "repeat"))
    if told.get("median_hours") is not None:
        yield tr("half closed within {n} h", n=f"{told['median_hours']:,.0f}")
        if told.get("business_hours"):
            yield tr("hours of business")
    if told.get("p90_hours") is not None:
        yield tr("nine of ten within {n} h", n=f"{told['p90_hours']:,.0f}")
    if told.get("in_time_share") is not None:
        yield tr("closed in time {share}", share=share(told, "in_time_share", "in_time"))
    if told.get("answered_share") is not None:
        yield tr(
            "calls answered {share} of {n}", share=share(told, "answered_share", "answered"), n=f"{told['calls']:,}"
        )
    if told.get("wait_s") is not None:
        yield tr("after {n} s", n=f"{told['wait_s']:.0f}")
    if told.get("rating") is not None:
        yield tr("rated {n} by {rated}", n=f"{told['rating']:.2f}", rated=f"{told['rated']:,}")


def _coded(told: Mapping[str, Any]) -> Iterator[str]:
    """How many contacts have a topic, and why others have none."""
    if told.get("coded_share") is not None:
        yield tr("with a topic {share}", share=f"{told['coded_share']:.0%}")
    if told.get("several_share") is not None:
        yield tr("of them with topics of several themes {share}", share=f"{told['several_share']:.0%}")
    if told.get("silent"):
        yield tr("{n} with neither text nor topic", n=f"{told['silent']:,}")


def _emerging(run: StageRun) -> str:
    """How many topics emerge, of how many, and what is asked of them."""
    told = run.metrics
    if told["emerging"] is None or not told["topics"]:
        return ""
    asked = told["asked"]
    values: dict[str, Any] = {"n": told["emerging"], "tested": told["topics_tested"], "topics": told["topics"]}
    values |= {
        "least": asked["least_count"],
        "rise": f"{asked['least_rise']:.0%}",
        "chance": f"{asked['false_share']:.0%}",
    }
    if not told["topics_enough"]:
        said = tr("no topic can emerge: none of {topics} has {least} customers or more in the month", **values)
    elif not told["topics_tested"]:
        said = tr("no topic can emerge: it takes two months before with customers and contacts to compare with")
    else:
        said = tr(
            "emerging topics {n}, of {tested} with {least} customers or more: {rise} above the median of the months "
            "before, and beyond chance (false alarms among them: up to {chance})",
            **values,
        )
    near = told.get("closest")
    if near and not told["emerging"]:
        name = near["topic_name_zh" if language() == "zh" else "topic_name"]
        figures = {"change": _change(near["change"]), "chance": f"{near['chance_among']:.0%}"}
        said += tr(
            "; closest: {topic} ({kind}) {change}, chance {chance}", topic=name, kind=tr(near["kind"]), **figures
        )
    return said


def _topics(rows: Sequence[Mapping[str, Any]], limit: int) -> Iterator[str]:
    """Topics of each kind in the month, what emerges first, then by how many; not those of few customers."""
    coded = [row for row in rows if row["coding"] == "taxonomy" and row["topic"] != _ALL and row["contacts"] > 0]
    leaf = [row for row in coded if row["kind"] != _ALL]
    shown = [row for row in leaf if not row["small"]]
    told = {row["topic"] for row in shown}
    emerge = {row["topic"] for row in shown if row["emerging"]}
    over = [row for row in coded if row["kind"] == _ALL and not row["small"]]
    shown += [row for row in over if row["topic"] not in (emerge if row["emerging"] else told)]
    shown.sort(key=lambda row: (not row["emerging"], -row["contacts"], row["kind"], row["topic"]))
    if shown[:limit]:
        yield "  " + tr("what contacts of the month are about, per 1,000 customers with 95% interval (* emerging)")
    yield from first_rows(_TOPICS, map(_topic, shown), range(2, 7), limit, "complaint_topics")
    if few := sum(1 for row in leaf if row["small"]):
        one = tr("1 more topic, of fewer than 10 customers in the month, is not shown")
        more = tr("{n} more topics, each of fewer than 10 customers in the month, are not shown", n=few)
        yield "    " + (one if few == 1 else more)


def _said(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Words of texts without a topic: those that emerge, and the commonest, for topics of the operator's own."""
    words = [row["term"] for row in rows if row["emerging"]][:_WORDS]
    if words:
        said = tr("words that emerge in texts without a topic: {words}", words=", ".join(words))
        yield from ("  " + line for line in wrap(said, width() - 2))
    common = sorted(rows, key=lambda row: (-row["customers"], row["term"]))[:_WORDS]
    if common:
        told = ", ".join(f"{row['term']} {row['customers']}" for row in common)
        said = tr(
            "commonest words in texts without a topic, with customers of the month: {words}. Topics of your own stand "
            "in [complaints.topics] of telcli.toml",
            words=told,
        )
        yield from ("  " + line for line in wrap(said, width() - 2))


def _neighbours(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """Where to go on from what was found."""
    said = []
    if tables["complaint_customers"]:
        who = tables["complaint_customers"][0]["customer_id"]
        said.append(tr("one customer with all tickets: telcli customer {who}", who=who))
    if tables["complaint_sla"]:
        said.append(tr("key accounts out of the usual: telcli monitor"))
    if any(row["rated"] for row in tables["contact_load"]):
        said.append(tr("what ratings say of all customers: telcli score-satisfaction"))
    if any(row["topic"] == "payment" and not row["small"] and row["contacts"] for row in tables["complaint_topics"]):
        said.append(tr("what is owed: telcli assess-credit"))
    if any(row["topic"] == "fraud" and not row["small"] and row["contacts"] for row in tables["complaint_topics"]):
        said.append(tr("suspected fraud: telcli detect-fraud"))
    yield from ("  " + line for line in pack(said, " · ", width() - 2) if said)


def _tickets(rows: Sequence[Mapping[str, Any]], limit: int) -> Iterator[str]:
    """Tickets of key accounts, those over their time first."""
    if rows[:limit]:
        yield "  " + tr("tickets of key accounts, open or late")
    yield from first_rows(_SLA, map(_ticket, rows), (3, 4), limit, "complaint_sla")


def _customers(rows: Sequence[Mapping[str, Any]], asked: Mapping[str, Any], limit: int) -> Iterator[str]:
    """Who complains again, or waits long."""
    if rows[:limit]:
        said = tr(
            "customers with {least_complaints} complaints or faults within {repeat_days} days, or one open for "
            "{waiting_days} days or more",
            **{name: asked[name] for name in ("least_complaints", "repeat_days", "waiting_days")},
        )
        yield from ("  " + line for line in wrap(said, width() - 2))
    yield from first_rows(_AGAIN, map(_customer, rows), (1, 2, 3), limit, "complaint_customers")


def _customer(row: Mapping[str, Any]) -> list[str]:
    days = "-" if row["open_days"] is None else f"{row['open_days']:,.0f}"
    risk = "-" if row["value_at_risk"] is None else f"{row['value_at_risk']:,.0f}"
    return [row["customer_id"], f"{row['complaints']:,}", days, risk, _name(row), row["manager_id"] or "-"]


def _ticket(row: Mapping[str, Any]) -> list[str]:
    left = "-" if row["hours_left"] is None else f"{row['hours_left']:,.0f}"
    who = [row["contact_id"], row["customer_id"], tr(row["state"])]
    return [*who, f"{row['age_hours']:,.0f}", left, _name(row), row["manager_id"] or "-"]


def _topic(row: Mapping[str, Any]) -> list[str]:
    return [
        tr(row["kind"]),
        _name(row),
        f"{row['contacts']:,}",
        between(row["rate"], row["rate_low"], row["rate_high"]),
        "-" if row["usual_rate"] is None else f"{row['usual_rate']:.2f}",
        _change(row["change"]),
        _change(row["year_change"]),
        "*" if row["emerging"] else "",
    ]


def _name(row: Mapping[str, Any]) -> str:
    """What a topic is called in the language of the screen."""
    return str(row["topic_name_zh" if language() == "zh" else "topic_name"] or row["topic"])


def _change(value: float | None) -> str:
    """A change as a percentage with its sign.

    >>> _change(0.256), _change(-0.5), _change(None)
    ('+26%', '-50%', '-')
    """
    return "-" if value is None else f"{value:+.0%}"
