"""The appendix that says what each figure means, made from the dictionaries."""

from __future__ import annotations

from telcli.report.blocks import Cell, Section, Table
from telcli.report.model import Report
from telcli.tables.figure_dictionary import Figure, figure_of

__all__ = ["meaning", "shown_figures"]


def meaning(report: Report) -> Section | None:
    """Name, unit, formula and table of every figure that this report shows, each once."""
    shown = shown_figures(report)
    if not shown:
        return None
    names = ("figure_name", "unit", "formula", "data_table", "cubed")
    head = [Cell(report.word(f"col.{name}")) for name in names]
    rows = []
    for one in shown:
        called = one.zh if report.lang == "zh" else one.en
        cube = Cell(f"telcli cube {one.name}" if one.cubed else "")
        rows.append(
            [
                *(Cell(called, long=True), Cell(report.known("unit", one.unit)), Cell(one.formula, long=True)),
                *(Cell(one.table), cube),
            ]
        )
    return Section(
        "meaning",
        report.word("section.meaning"),
        report.word("section.meaning_lead"),
        tables=[Table("", head, rows, wide=True)],
    )


def shown_figures(report: Report) -> list[Figure]:
    """The figures that a report has numbers of, those of the headlines first, then as sections go by name."""
    order = sorted(report.sections, key=lambda name: (name != "kpi", name))
    found: dict[tuple[str, str], Figure] = {}
    for section in order:
        for row in report.rows(section):
            for metric in row.numbers:
                one = figure_of(section, metric)
                if one is not None:
                    found.setdefault((one.en, one.formula), one)
    return list(found.values())
