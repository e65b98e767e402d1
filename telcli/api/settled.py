"""Every setting with its value and where that came from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["collect"]


def collect(workdir: Path, flags: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every setting of every section, as the stages would settle it; `flags` are shared ones that were given."""
    import dataclasses
    import json

    from telcli import settings

    file = settings.config_file(workdir)
    parsed = settings.read_config(file)
    rows = []
    for section, declared in settings.SECTIONS.items():
        given = flags if section == "general" else {}
        resolved = settings.resolve(section, given, parsed, str(file or "telcli.toml"))
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
            rows.append(
                _rule(f"score-value.{table}", name, json.dumps(told, ensure_ascii=False, default=str), str(file))
            )
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
