"""What each mark of a picture says when it is pointed at: written with the picture, shown by any browser."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from telcli.report.model import Report

__all__ = ["TIP", "as_titles", "tip", "tipped"]

TIP = "tip"
_SOLID = {"arc", "bar", "circle", "image", "point", "rect", "square", "tick"}
_SPAN = {"rule"}
_DOT = {"type": "circle", "opacity": 0, "size": 250, "aria": True}
Spec = dict[str, Any]


def tip(report: Report, head: str, *told: tuple[str, float | None, str]) -> str:
    """A mark in words: what it is of, then its figures as metric, number and kind; unknown ones are left out.

    >>> tip(Report("2024-06", "en", "CNY", {}), "June", ("share", 0.25, "percent"), ("decile", None, "count"))
    'June: Share 25.0%'
    """
    known = [
        f"{report.word(f'col.{name}')} {report.write(value, kind)}" for name, value, kind in told if value is not None
    ]
    return _pair(head, " · ".join(known), report.lang)


def _pair(head: str, told: str, lang: str) -> str:
    return f"{head}：{told}" if lang == "zh" else f"{head}: {told}"


def tipped(spec: Spec, lang: str = "en") -> Spec:
    """A Vega-Lite specification whose marks carry the `tip` of their rows, or the name and the text that rows have.

    A line has no mark of its own for each row: dots that are not seen stand on it.

    >>> bar = {"mark": {"type": "bar"}, "encoding": {}, "data": {"values": [{"name": "Gold", "text": "12%"}]}}
    >>> made = tipped(bar)
    >>> made["data"]["values"][0]["tip"], made["encoding"]["description"]["field"]
    ('Gold: 12%', 'tip')
    """
    sets: Mapping[str, list[Spec]] = spec.get("datasets", {})
    for rows in (*sets.values(), *(held["values"] for held in _data(spec) if "values" in held)):
        for row in rows:
            if row.get("text") is not None:
                row.setdefault(TIP, _said(row, lang))
    return _told(spec, [], sets)


def _said(row: Spec, lang: str) -> str:
    """A row by its name, or the two that a cell stands between, and its text."""
    text = " · ".join(row["text"]) if isinstance(row["text"], list) else row["text"].replace("\n", " · ")
    sides = [row.get(side) for side in ("y", "x")]
    head = row.get("name") or (" · ".join(map(str, sides)) if isinstance(sides[0], str) else "")
    return _pair(head, text, lang) if head else text


def _data(spec: Spec) -> Iterator[Spec]:
    if isinstance(spec.get("data"), dict):
        yield spec["data"]
    for layer in spec.get("layer", ()):
        yield from _data(layer)


def _told(spec: Spec, above: list[Spec], sets: Mapping[str, list[Spec]]) -> Spec:
    data = spec.get("data")
    rows = above if data is None else data.get("values", sets.get(data.get("name", ""), []))
    if "layer" in spec:
        layers = [_told(layer, rows, sets) for layer in spec["layer"]]
        return {**spec, "layer": [*layers, *(dots for layer in layers if (dots := _dots(layer, spec, rows, sets)))]}
    mark = spec["mark"] if isinstance(spec["mark"], dict) else {"type": spec["mark"]}
    if mark["type"] not in _SOLID | _SPAN or not any(TIP in row for row in rows):
        return spec
    encoding = {**spec.get("encoding", {}), "description": {"field": TIP, "type": "nominal"}}
    return {**spec, "mark": {**mark, "aria": True}, "encoding": encoding}


def _dots(layer: Spec, whole: Spec, above: list[Spec], sets: Mapping[str, list[Spec]]) -> Spec | None:
    """Unseen dots on a line whose rows have something to say."""
    mark = layer.get("mark")
    data = layer.get("data")
    rows = above if data is None else data.get("values", sets.get(data.get("name", ""), []))
    if not isinstance(mark, dict) or mark["type"] != "line" or not any(TIP in row for row in rows):
        return None
    seen = {**whole.get("encoding", {}), **layer.get("encoding", {})}
    kept = {name: seen[name] for name in ("x", "y") if name in seen}
    kept["description"] = {"field": TIP, "type": "nominal"}
    return {**{name: layer[name] for name in ("data", "transform") if name in layer}, "mark": _DOT, "encoding": kept}


def as_titles(drawn: str) -> str:
    """An SVG whose marks say what they were described as in a title of their own, which browsers show.

    >>> as_titles('<path aria-label="Gold: 12%" role="x" d="M0,0h9"/>')
    '<path role="x" d="M0,0h9"><title>Gold: 12%</title></path>'
    """

    def titled(found: re.Match[str]) -> str:
        said = html.escape(html.unescape(found[3]), quote=False)
        return f"<{found[1]}{found[2]}{found[4].rstrip()}><title>{said}</title></{found[1]}>"

    return re.sub(r'<(\w+)([^<>]*?) aria-label="([^"]*)"([^<>]*?)(?:/>|></\1>)', titled, drawn)
