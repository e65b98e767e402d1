"""The report as other programs read it: one JSON object, and Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from telcli.report.blocks import Cell, Section, Table
from telcli.report.model import Report
from telcli.report.page import cards, findings

__all__ = ["SCHEMA_VERSION", "all_tables", "as_json", "as_markdown"]

SCHEMA_VERSION = 1


def as_json(report: Report) -> bytes:
    """Every figure of the report by section and row, numbers as they are, texts in the report's language.

    >>> as_json(Report("2024-06", "en", "CNY", {})).decode().splitlines()[0][:61]
    '{"schema_version": 1, "month": "2024-06", "period": "2024-06"'
    """
    held = {name: [{**row.texts, **row.numbers} for row in rows] for name, rows in sorted(report.sections.items())}
    head = {
        "schema_version": SCHEMA_VERSION,
        "month": report.month,
        "period": report.period or report.month,
        "lang": report.lang,
        "currency": report.currency,
        "content_hash": report.content_hash,
    }
    body = json.dumps(head, ensure_ascii=False)[:-1] + ",\n" + json.dumps({"sections": held}, ensure_ascii=False)[1:]
    return (body + "\n").encode()


def as_markdown(report: Report, parts: Sequence[Section]) -> bytes:
    """Headline figures, findings and each section with its tables; of charts what they show, and their numbers.

    >>> as_markdown(Report("2024-06", "en", "CNY", {}), []).decode().splitlines()[0]
    '# Customer report · June 2024'
    """
    lines = [f"# {report.word('page.title')} · {report.period_name}", ""]
    lines += [part for said in report.incomplete() for part in (f"**{_plain(said)}**", "")]
    lines += [f"- **{_plain(card.label)}** {_plain(card.value)}{_beside(report, card)}" for card in cards(report)]
    lines += ["", f"## {report.word('section.findings')}", ""]
    for place, found in enumerate(findings(report), 1):
        money = f" ({found.amount}, {found.basis})" if found.amount else ""
        lines.append(f"{place}. **{_plain(found.title)}**{money} {_plain(found.detail)}")
        lines += [f"   {_plain(part)}" for part in (found.action, found.sure) if part]
        lines += [f"   `{found.command}`"]
    for section in parts:
        lines += ["", f"## {_plain(section.title)}", "", *_section(report, section)]
    if report.content_hash:
        lines += ["", report.word("page.hash", hash=f"`{report.content_hash}`")]
    return ("\n".join(lines).rstrip() + "\n").encode()


def _beside(report: Report, card: Any) -> str:
    parts = [report.word("page.before", change=card.change) if card.change else "", card.note]
    parts.insert(1, card.year)
    said = ", ".join(_plain(part) for part in parts if part)
    return f" ({said})" if said else ""


def _section(report: Report, section: Section) -> Iterator[str]:
    if section.as_of:
        yield from (f"*{_plain(section.as_of)}*", "")
    if section.lead:
        yield from (_plain(section.lead), "")
    for said in section.told:
        yield f"- {_plain(said)}"
    if section.told:
        yield ""
    if section.missing:
        yield from (f"{report.word('page.run_first')} `{section.missing}`", "")
    for chart in (*section.charts, *section.more):
        yield from (f"*{_plain(chart.title)}.* {_plain(chart.alt)}", "")
    for one in all_tables(section):
        yield from _table(one)
    for note in section.notes:
        yield f"- {_plain(note)}"


def all_tables(section: Section) -> list[Table]:
    """The tables of a section and the numbers behind its charts, each once."""
    numbers = [chart.numbers for chart in (*section.charts, *section.more)]
    found: list[Table] = []
    for one in (*numbers, *section.tables):
        if not any(one.rows == other.rows and one.head == other.head for other in found):
            found.append(one)
    return found


def _table(shown: Table) -> Iterator[str]:
    if shown.title:
        yield from (f"### {_plain(shown.title)}", "")
    yield _line(shown.head)
    yield "|" + "|".join("---:" if cell.number else "---" for cell in shown.head) + "|"
    yield from map(_line, shown.rows)
    yield ""


def _line(cells: Sequence[Cell]) -> str:
    return "| " + " | ".join(_plain(cell.text) for cell in cells) + " |"


def _plain(text: str) -> str:
    r"""A text without what Markdown would take for marks or HTML.

    >>> _plain("a|b <i> *c*")
    'a\\|b &lt;i&gt; \\*c\\*'
    """
    for sign in "\\`*_|[]":
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.replace("<", "&lt;").replace(">", "&gt;").split())
