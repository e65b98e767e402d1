"""The section on branches and segments: a table of each, and the filters that the page's script shows over them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from telcli.report.blocks import Column, Pick, Section, table
from telcli.report.model import Report, Row

__all__ = ["marks", "slices"]

_MEASURES = (
    ("customers", "count"),
    ("revenue", "money"),
    ("revenue_per_customer", "money"),
    ("left", "count"),
    ("churn_rate", "percent"),
    ("churn_probability", "percent"),
    ("high_risk_share", "percent"),
    ("at_risk_value", "money"),
)
_LINES = (("customers", "count"), ("revenue", "money"), ("revenue_per_customer", "money"))
_UNKNOWN = -1


def slices(report: Report) -> Section | None:
    """Key figures by branch and by segment; None where there is neither."""
    rows = report.rows("slices")
    if not rows:
        return None
    about = report.first("slice_about")
    places, parts = _places(rows), [row for row in rows if _alone(row, "segment")]
    kind = about.text("place") or "branch"
    title = {"branch": "section.slices", "region": "section.slices_region"}[kind]
    if not places or not parts:
        only = {"branch": "section.slices_place", "region": "section.slices_places"}[kind]
        title = only if places else "section.slices_segment"
    tables, figures = [], [Column(name, unit, title=_title(report, name)) for name, unit in _MEASURES]
    if places:
        word = {"branch": "table.slices_place", "region": "table.slices_region"}[kind]
        first = Column("place", label=kind, words="place")
        tables.append(table(report, report.word(word), places, (first, *figures), wide=True))
    if parts:
        named = [_named(report, row) for row in parts]
        tables.append(table(report, report.word("table.slices_segment"), named, (Column("name"), *figures), wide=True))
    return Section(
        "slices",
        report.word(title),
        report.word("section.slices_lead", month=report.month_name),
        tables=[replace(one, sorts=True) for one in tables],
        told=_told(report, rows, about, kind),
        pick=_pick(report, rows, kind),
    )


def marks(report: Report, rows: Sequence[Row]) -> Sequence[tuple[str, str]]:
    """Of each customer's row, the numbers of its branch and segment that filters go by; none where there are none."""
    if not report.rows("slices"):
        return ()
    places = {row.text("place"): str(at) for at, row in enumerate(_places(report.rows("slices")), 1)}
    return [(places.get(row.text("place") or "unknown", ""), _segment(row) or str(_UNKNOWN)) for row in rows]


def _told(report: Report, rows: Sequence[Row], about: Row, kind: str) -> list[str]:
    told = []
    rest, groups = about.number("rest") or 0.0, about.number("groups") or 0.0
    if kind == "region":
        told.append(report.word("told.slices_region"))
    if rest:
        told.append(report.word("told.slices_rest", n=f"{rest:.0f}", all=f"{groups:.0f}"))
    if report.kpi("churned") is None and any(row.number("left") is not None for row in rows):
        told.append(report.word("told.slices_left", since=report.in_words(about.text("since"))))
        if rows[0].number("revenue") is not None:
            told.append(report.word("told.slices_revenue"))
    return told


def _title(report: Report, name: str) -> str:
    """What a figure is called here: of several months are those who left, unless a label alone tells of them."""
    if name == "left" and report.kpi("churned") is None:
        return report.word("col.left_since", since=report.in_words(report.first("slice_about").text("since")))
    if name == "churn_rate" and report.kpi("churned") is None:
        return report.word("col.churn_rate_since")
    return report.word(f"col.{name}")


def _places(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if _alone(row, "place")]


def _alone(row: Row, wanted: str) -> bool:
    """Whether a row is of one group of a dimension over all of the other."""
    given = {"place": bool(row.text("place")), "segment": row.number("segment") is not None}
    return given.pop(wanted) and not any(given.values())


def _segment(row: Row) -> str:
    number = row.number("segment")
    return "" if number is None else f"{number:.0f}"


def _named(report: Report, row: Row) -> Row:
    """A segment's row with its name, or the word for those who are in none."""
    name = report.word("place.unknown") if row.number("segment") == _UNKNOWN else row.text("name")
    return Row(row.numbers, {**row.texts, "name": name})


def _pick(report: Report, rows: Sequence[Row], kind: str) -> Pick:
    """What can be chosen, with every figure written, by the numbers of a place and a segment (empty for all)."""
    known = [one for one in _MEASURES if any(row.number(one[0]) is not None for row in rows)]
    lines = [one for one in _LINES if one in known]
    places = {row.text("place"): str(at) for at, row in enumerate(_places(rows), 1)}
    parts = {_segment(row): _named(report, row).text("name") for row in rows if _alone(row, "segment")}
    months, series = _series(report, lines)
    choices = {}
    for at, row in enumerate(rows, 1):
        written = [_written(report, row, name, unit) for name, unit in known]
        choices[f"{places.get(row.text('place'), '')}|{_segment(row)}"] = [written, series.get(at, {})]
    every = ("", report.word("pick.all"))
    selects: list[tuple[str, str, Sequence[tuple[str, str]]]] = []
    if places:
        names = [(at, report.known("place", name)) for name, at in places.items()]
        selects.append(("place", report.word(f"col.{kind}"), [every, *names]))
    if parts:
        selects.append(("segment", report.word("col.name"), [every, *parts.items()]))
    named = [report.in_words(month) for month in months]
    data = {
        "choices": choices,
        "short": months,
        "months": named,
        "words": _words(report),
        "missing": report.write(None, "count"),
    }
    measures, titles = ([_title(report, name) for name, _ in some] for some in (known, lines))
    return Pick(selects, measures, titles, _json(data))


def _written(report: Report, row: Row, name: str, unit: str) -> str:
    hidden = row.number(name) is None and row.number(f"small_{name}")
    return report.word("page.hidden") if hidden else report.write(row.number(name), unit)


def _series(
    report: Report, lines: Sequence[tuple[str, str]]
) -> tuple[list[str], dict[int, dict[str, list[tuple[float, str]]]]]:
    """The months, the oldest first, and by choice and place of a month in them the figures of each line."""
    rows = report.rows("slice_months")
    most = int(max((row.number("back") or 0.0 for row in rows), default=0.0))
    year, month = int(report.month[:4]), int(report.month[5:])
    counted = [divmod(year * 12 + month - 1 - back, 12) for back in range(most, -1, -1)]
    found: dict[int, dict[str, list[tuple[float, str]]]] = {}
    for row in rows:
        customers, revenue = row.number("customers"), row.number("revenue")
        each = revenue / customers if revenue is not None and customers else None
        numbers = {"customers": customers, "revenue": revenue, "revenue_per_customer": each}
        place = str(most - int(row.number("back") or 0))
        if all(numbers[name] is not None for name, _ in lines):
            drawn = [(float(f"{numbers[name]:.6g}"), report.write(numbers[name], unit)) for name, unit in lines]
            found.setdefault(int(row.number("slice") or 0), {})[place] = drawn
    return [f"{in_year:04}-{months + 1:02}" for in_year, months in counted], found


def _words(report: Report) -> dict[str, str]:
    """What the script says, with places to fill in."""
    since = report.first("slice_about").text("since")
    return {
        "few": report.word("pick.few"),
        "once": report.word("pick.once", month=report.month_name),
        "small": report.word("pick.small"),
        "since": report.word("pick.since", month=report.month_name) if since == report.month else "",
        "shown": report.word("pick.shown", chosen="{chosen}"),
        "said": report.word("pick.said", chosen="{chosen}", n="{n}", all="{all}"),
        "line": report.word("pick.line", **{name: f"{{{name}}}" for name in ("title", "from", "first", "to", "last")}),
    }


def _json(data: dict[str, Any]) -> str:
    r"""JSON that may stand within a page's script element, whatever names hold.

    >>> _json({"name": "</script>"})
    '{"name":"\\u003c/script>"}'
    """
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
