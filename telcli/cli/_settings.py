"""Every setting with its value and where that came from, as rows for the screen and for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from telcli.cli._words import language, tr

if TYPE_CHECKING:
    from telcli.cli._options import Call

__all__ = ["collect", "view"]

_VALUE = 24
"""Columns of a value; a longer one is folded, so that names and where they came from stay whole."""


def collect(call: Call) -> list[dict[str, Any]]:
    """Every setting of every section, settled as the stages would settle it."""
    import dataclasses
    import json

    from telcli import settings

    file = settings.config_file(call.workdir)
    parsed = settings.read_config(file)
    rows = []
    for section, declared in settings.SECTIONS.items():
        flags = call.flags() if section == "general" else {}
        resolved = settings.resolve(section, flags, parsed, str(file or "telcli.toml"))
        for item, origin in zip(dataclasses.fields(declared), resolved.origins, strict=True):
            rows.append(
                {
                    "section": section,
                    "name": item.name,
                    "value": origin.value,
                    "source": origin.source,
                    "default": item.default,
                    **item.metadata,
                }
            )
    for name, text in settings.own_rules(parsed.get("segment", {}), str(file or "telcli.toml")).items():
        rows.append(_rule("segment.rules", name, text, str(file)))
    scoring = parsed.get("score-value", {})
    for name, text in settings.own_rules(scoring, str(file or "telcli.toml"), settings.STARS).items():
        rows.append(_rule("score-value.stars", name, text, str(file)))
    for table in settings.HIERARCHY:
        for name, told in scoring.get(table, {}).items():
            rows.append(_rule(f"score-value.{table}", name, json.dumps(told, ensure_ascii=False), str(file)))
    return rows


_MEANINGS = {
    "segment.rules": ("A group of your own: its condition.", "自定义客群的条件。"),
    "score-value.stars": ("A level of your own: its condition.", "自定义星级的条件。"),
    "score-value.items": ("What belongs to it.", "其下级指标。"),
    "score-value.indicators": ("What it is made of.", "指标的定义。"),
    "score-value.judgements": ("Judgements on what belongs to it.", "其下级指标的判断。"),
    "score-value.experts": ("Judgements of one expert.", "一位专家的判断。"),
}


def _rule(section: str, name: str, text: str, source: str) -> dict[str, Any]:
    """Words of the operator's own as a setting."""
    about = {"unit": "", "low": None, "high": None, "choices": (), "form": "", "shows": True}
    meaning = dict(zip(("meaning", "zh"), _MEANINGS[section], strict=True))
    return {
        "section": section,
        "name": name,
        "value": text,
        "source": source,
        "default": "",
        **meaning,
        **about,
    }


def view(rows: list[dict[str, Any]]) -> Iterator[Any]:
    from itertools import groupby

    from rich.table import Table
    from rich.text import Text

    for section, settings in groupby(rows, key=lambda row: row["section"]):
        yield Text(f"[{section}]", style="bold")
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(max_width=_VALUE, overflow="fold")
        grid.add_column(no_wrap=True)
        for row in settings:
            chosen = Text(_shown(row["value"]), style="" if row["source"] == "default" else "bold")
            source = Text(
                tr(row["source"]) if row["source"] in ("default", "command line") else row["source"],
                style="dim" if row["source"] == "default" else "",
            )
            meaning = row["zh" if language() == "zh" else "meaning"]
            grid.add_row("  " + row["name"], chosen, source, Text(f"{meaning} {_range(row)}".strip()))
        yield grid


def _shown(value: Any) -> str:
    return "-" if value == "" else str(value)


def _range(row: dict[str, Any]) -> str:
    """Unit and allowed values, in brackets."""
    if row["choices"]:
        return "[" + ", ".join(row["choices"]) + "]"
    low, high = row["low"], row["high"]
    limits = "" if low is None else (f"{low}..{high}" if high is not None else f">= {low}")
    told = " ".join(word for word in (limits, tr(row["unit"])) if word)
    return f"[{told}]" if told else ""
