"""Campaigns on the screen: how each stands, where they meet, and response by segment and channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._first_rows import first_rows, rows_of
from telcli.cli._stage_view import payload, title
from telcli.cli._words import language, tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.pipeline.run import StageRun

__all__ = ["tell"]

_EVERY, _NONE = "all", "-"
_WHOLE = 0.1
"""From this share on a rate is told without decimals."""
_TABLES = ("campaign_status", "campaign_overlap", "campaign_response", "channel_results")
_STATUS = ("campaign", "state", "contact days", "contacted", "accepted", "cost", "gain a month")
_OVERLAP = ("campaign", "and", "both", "near", "keeps them", "held out, contacted")
_RESPONSE = ("segment", "channel", "contacted", "responded", "accepted", "per response", "margin a month")
_CHANNELS = ("sales channel", "new customers", "margin", "sales costs", "each brings", "left early")


def tell(call: Call, run: StageRun, limit: int) -> None:
    """Print the tables; the JSON holds all their rows."""
    tables = rows_of(call, run, _TABLES)
    call.out.result(lambda: _view(run, tables, limit), notices=run.notices, **payload(run), **tables)


def _view(run: StageRun, tables: Mapping[str, Sequence[Mapping[str, Any]]], limit: int) -> Iterator[Any]:
    yield title(run)
    status = tables["campaign_status"]
    yield from first_rows(_STATUS, map(_status, status), range(3, 7), limit, "campaign_status", len(status))
    met = sorted(tables["campaign_overlap"], key=lambda row: (-row["near"], -row["both"], row["first"], row["second"]))
    if met:
        yield "  " + tr("customers of several campaigns")
        yield from first_rows(_OVERLAP, map(_overlap, met), (2, 3, 5), limit, "campaign_overlap", len(met))
    rows = [row for row in tables["campaign_response"] if row["campaign_id"] == _EVERY and row["contacted"] > 0]
    for name in ("segment_name", "channel"):
        if len({row[name] for row in rows}) == 2:  # one and all of it are the same
            rows = [row for row in rows if row[name] == _EVERY]
    rows.sort(key=lambda row: [(row[name] != _EVERY, row[name]) for name in ("segment_name", "channel")])
    if rows:
        yield "  " + tr("response by segment and channel, of all campaigns")
        total = len(tables["campaign_response"])
        yield from first_rows(_RESPONSE, map(_response, rows), range(2, 7), limit, "campaign_response", total)
    sold = tables["channel_results"]
    if len(sold) > 1:
        yield "  " + tr("what sales channels bring, by the customers they won (* apart from the others)")
        sold = sorted(sold, key=lambda row: (row["channel"] != _EVERY, -row["customers"], row["channel"]))
        yield from first_rows(_CHANNELS, map(_channel, sold), range(1, 6), limit, "channel_results", len(sold))


def _status(row: Mapping[str, Any]) -> list[str]:
    days = [str(row[name]) for name in ("first_day", "last_day") if row[name]]
    span = f"{days[0]}..{days[1][5 if days[0][:4] == days[1][:4] else 0 :]}" if days else "-"
    span = tr("due {days}", days=span) if days and not row["contacted"] else span
    share = "" if row["contacted_share"] is None else f" {row['contacted_share']:.0%}"
    contacted = f"{row['contacted']:,}/{row['planned']:,}{share}"
    used = "" if row["budget_used"] is None or row["cost"] is None else f" ({row['budget_used']:.0%})"
    gain = _between(row["gain"], row["gain_low"], row["gain_high"], ",.1f")
    return [
        row["campaign_id"],
        tr(row["state"]),
        span,
        contacted,
        _rate(row, "accept"),
        _money(row["cost"]) + used,
        gain,
    ]


def _overlap(row: Mapping[str, Any]) -> list[str]:
    held = row["held_out_first"] + row["held_out_second"]
    return [row["first"], row["second"], f"{row['both']:,}", f"{row['near']:,}", row["keeps"], f"{held:,}"]


def _response(row: Mapping[str, Any]) -> list[str]:
    named = row["segment_name_zh"] if language() == "zh" and row["segment_name_zh"] else row["segment_name"]
    segment = {_EVERY: tr("all"), _NONE: tr("segment not known")}.get(named, named)
    channel = _channel_word(row["channel"])
    rates = [_rate(row, "response"), _rate(row, "accept")]
    money = [_money(row[name]) for name in ("cost_per_response", "accepted_margin")]
    return [segment, channel, f"{row['contacted']:,}", *rates, *money]


def _channel(row: Mapping[str, Any]) -> list[str]:
    name = _channel_word(row["channel"])
    sales = row["commission"] - row["clawed_back"] + row["subsidy"]
    each = _between(row["result_each"], row["result_low"], row["result_high"], ",.0f")
    early = _rate(row, "early") + ("*" if row["apart"] else "")
    return [name, f"{row['customers']:,}", _money(row["margin"]), _money(sales), each, early]


def _channel_word(channel: str) -> str:
    """A channel in the language in use; one of the operator's own name as it is."""
    from telcli.tables.task_sheet import CHANNELS, word

    known = {_EVERY: tr("all"), _NONE: tr("channel not known")}.get(channel)
    return known or (word(CHANNELS, channel, 1) if language() == "zh" else channel)


def _rate(row: Mapping[str, Any], name: str) -> str:
    """A share of a hundred and its interval.

    >>> _rate({"accept_rate": 0.25, "accept_low": 0.2, "accept_high": 0.305}, "accept")
    '25% (20..30)'
    """
    rate, low, high = (row[f"{name}_{end}"] for end in ("rate", "low", "high"))
    if rate is None:
        return "-"
    form = ".0f" if rate >= _WHOLE else ".1f"
    return f"{100 * rate:{form}}% ({100 * low:{form}}..{100 * high:{form}})"


def _between(value: float | None, low: float | None, high: float | None, form: str) -> str:
    """A figure and its interval.

    >>> _between(2.5, 2.0, 3.0, ".1f"), _between(None, None, None, ".1f")
    ('2.5 (2.0..3.0)', '-')
    """
    if value is None:
        return "-"
    return f"{value:{form}}" + ("" if low is None or high is None else f" ({low:{form}}..{high:{form}})")


def _money(value: float | None) -> str:
    """An amount; with cents below 100.

    >>> _money(1234.5), _money(3.14159), _money(None)
    ('1,234', '3.14', '-')
    """
    if value is None:
        return "-"
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
