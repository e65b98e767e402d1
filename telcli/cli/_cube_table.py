"""A cube laid out as people read it: titles, groups down, and one dimension's values or metrics across."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from telcli.cli._words import language, meant, tr
from telcli.tables.metric_dictionary import UNKNOWN, Metric

if TYPE_CHECKING:
    from telcli.pipeline.cube import Cube
    from telcli.pipeline.cube_file import Laid

__all__ = ["laid_out", "span", "texts", "titled"]

_WHOLE = ("customers", "numbers", "texts", "contacts", "products")
_NOTHING, _MONTH = "–", "month alone"


def titled(name: str) -> str:
    """A dimension as the screen calls it; levels of an organisation have words of their own.

    >>> titled("region"), titled("province")
    ('region', 'province')
    """
    level = meant("level", name)
    return tr(name) if level == name else level


def span(found: Cube) -> str:
    """The month, or the first and the last."""
    first, last = found.months[0], found.months[-1]
    return f"{last:%Y-%m}" if first == last else f"{first:%Y-%m} – {last:%Y-%m}"


def laid_out(found: Cube, pivot: str | None, limit: int | None) -> Laid:
    """The cube as a table, of at most `limit` rows beside all together."""
    from telcli.pipeline.cube_file import Laid

    columns = _columns(found, pivot)
    keys = [name for name in ("month", *found.by) if name != pivot and not (name == "month" and len(found.months) == 1)]
    groups: dict[tuple[Any, ...], dict[tuple[str, Any], Any]] = {}
    for row in _in_order(found, keys):
        cells = groups.setdefault(tuple(row[name] for name in keys), {})
        cells |= {(one.name, row[pivot] if pivot else None): _cell(row, one) for one in found.metrics}
    lines = [[*map(_said, keys, key), *(cells.get(of) for of in columns)] for key, cells in groups.items()]
    known = {one.name: one for one in found.metrics}
    return Laid(
        title=f"{tr('cube')} {span(found)}",
        heads=[*map(titled, keys), *(_head(known[name], pivot, value, len(known)) for name, value in columns)],
        units=[*(_MONTH if name == "month" else "" for name in keys), *(_unit(known[name]) for name, _ in columns)],
        rows=lines if limit is None else lines[:limit],
        totals=_totals(found, pivot, keys, columns),
        keys=len(keys),
        about=_about(found),
        called=tr("metrics"),
    )


def texts(found: Cube, laid: Laid) -> list[list[str]]:
    """The lines of a table as they are read."""
    units = [one for one in found.metrics for _ in range((len(laid.heads) - laid.keys) // len(found.metrics))]
    return [
        [*(_word(cell, "") for cell in line[: laid.keys]), *map(_number, line[laid.keys :], units)]
        for line in laid.lines
    ]


def _columns(found: Cube, pivot: str | None) -> list[tuple[str, Any]]:
    """Metric and value of what is laid out, of each column of numbers."""
    from telcli.features.cube_order import ordered_values

    values: Sequence[Any] = (None,)
    if pivot == "month":
        values = sorted(set(found.frame["month"]))
    elif pivot:
        values = ordered_values(pivot, found.frame[pivot].to_list())
    return [(one.name, value) for one in found.metrics for value in values]


def _totals(found: Cube, pivot: str | None, keys: Sequence[str], columns: Sequence[tuple[str, Any]]) -> list[list[Any]]:
    """All together: a line for each month, or one where months stand side by side.

    None of one group, beside values of another dimension, nor where levels are told, which begin with it.
    """
    alone = found.frame.height <= found.whole.height
    if alone or not found.by or found.by[0] == "level" or pivot not in (None, "month"):
        return []
    lines: dict[date | None, dict[tuple[str, Any], Any]] = {}
    for row in found.whole.sort("month").rows(named=True):
        cells = lines.setdefault(None if pivot else row["month"], {})
        cells |= {(one.name, row["month"] if pivot else None): _cell(row, one) for one in found.metrics}
    groups = [name for name in keys if name != "month"]
    said = [tr("all together"), *[None] * (len(groups) - 1)]
    first = [[month] if "month" in keys else [] for month in lines]
    return [[*one, *said, *(cells.get(of) for of in columns)] for one, cells in zip(first, lines.values(), strict=True)]


def _in_order(found: Cube, keys: Sequence[str]) -> list[dict[str, Any]]:
    """The rows by what stands down the side."""
    from telcli.features.cube_order import in_order

    order = [*(["month"] if "month" in keys else []), *in_order([name for name in keys if name != "month"])]
    frame = found.frame.sort(order, maintain_order=True) if order else found.frame
    return frame.rows(named=True)


def _cell(row: dict[str, Any], metric: Metric) -> Any:
    from telcli.pipeline.cube_file import HIDDEN

    return HIDDEN if metric.name in row["hidden"].split(",") else row[metric.name]


def _head(metric: Metric, pivot: str | None, value: Any, metrics: int) -> str:
    """A column's title: the metric, or one value of what is laid out."""
    title = metric.zh if language() == "zh" else metric.name
    if pivot is None:
        return title
    said = _word(_said(pivot, value), "")
    return said if metrics == 1 else f"{title} {said}"


def _said(name: str, value: Any) -> Any:
    """A value of a dimension as the screen calls it; months are months."""
    if value is None or isinstance(value, date):
        return value
    if name == "level":
        return tr("all together") if value == "all" else titled(str(value))
    return tr("unknown") if value == UNKNOWN else meant(name, str(value))


def _word(value: Any, nothing: str) -> str:
    if value is None:
        return nothing
    return f"{value:%Y-%m}" if isinstance(value, date) else str(value)


def _unit(metric: Metric) -> str:
    if metric.unit == "share":
        return "0..1"
    return "whole" if metric.unit in _WHOLE and metric.adds_up else "currency"


def _number(value: Any, metric: Metric) -> str:
    if value is None or isinstance(value, str):
        return value or _NOTHING
    if metric.unit == "share":
        return f"{value:.2%}"
    return f"{value:,.0f}" if metric.unit in _WHOLE and value == round(value) else f"{value:,.2f}"


def _about(found: Cube) -> list[list[str]]:
    """What the metrics mean, and how the numbers came about."""
    chinese = language() == "zh"
    rows = [[tr(title) for title in ("metric", "unit", "table", "meaning", "formula")]]
    for one in found.metrics:
        unit = found.currency if one.unit == "currency" else tr(one.unit)
        rows.append([one.zh if chinese else one.name, unit, one.table, one.zh if chinese else one.en, one.formula])
    hidden = "* is not told: fewer than {least} customers make it up, or it would tell such a number"
    rows.append([tr("month"), "", "", span(found), ""])
    rows += [[tr("condition"), "", "", found.where, ""]] if found.where else []
    return [*rows, ["*", "", "", tr(hidden, least=found.least), ""]]
