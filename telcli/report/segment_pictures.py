"""Pictures of segments as parts of a section: the traits that tell them apart, and moves between them."""

from __future__ import annotations

from telcli.report.blocks import Cell, Chart, Table
from telcli.report.drawing import chart
from telcli.report.heat_charts import trait_names
from telcli.report.model import Report
from telcli.tables import units

__all__ = ["migrated", "moves_chart", "traits_chart"]


def traits_chart(report: Report) -> Chart | None:
    """The heat map of traits with the means behind it; none where nothing tells segments apart."""
    rows = report.rows("segment_traits")
    if not rows:
        return None
    furthest = max(rows, key=lambda row: abs(row.number("effect") or 0.0))
    traits = len({row.text("trait") for row in rows})
    words = {"trait": furthest.text("trait"), "name": furthest.text("name")}
    alt = report.word("chart.segment_traits_alt", n=traits, effect=f"{furthest.number('effect'):+.1f}", **words)
    names = "；".join(trait_names(report)) if report.lang == "zh" else "; ".join(trait_names(report))
    key = report.word("chart.segment_traits_key", names=names)
    return chart(report, "segment_traits", alt, _means(report), key)


def _means(report: Report) -> Table:
    """Traits down, segments across: mean, and how far that is from the mean of all."""
    cells: dict[str, dict[int, str]] = {}
    for row in report.rows("segment_traits"):
        written = {"mean": units.decimal(row.number("mean")), "effect": f"{row.number('effect'):+.2f}"}
        held = cells.setdefault(row.text("trait"), {})
        held[int(row.number("segment") or 0)] = report.word("heat.mean", **written)
    names = trait_names(report)
    head = [Cell(report.word("col.trait")), *(Cell(name, number=True, long=True) for name in names)]
    body = [
        [Cell(trait), *(Cell(held.get(at, ""), number=True) for at in range(1, len(names) + 1))]
        for trait, held in cells.items()
    ]
    return Table("", head, body, wide=True)


def moves_chart(report: Report, numbers: Table) -> Chart | None:
    """The heat map of moves with the table behind it."""
    rows = report.rows("segment_moves")
    if not rows:
        return None
    month = report.in_words(rows[0].text("before"))
    stay = next((row for row in rows if row.text("from_group") == row.text("to_group") and row.number("share")), None)
    words = {"name": stay.text("from_group"), "share": report.write(stay.number("share"), "percent")} if stay else {}
    alt = report.word("chart.segment_moves_alt", month=month, **words) if stay else numbers.title
    title, key = report.word("chart.segment_moves", month=month), report.word("chart.segment_moves_key")
    return chart(report, "segment_moves", alt, numbers, key, title)


def migrated(report: Report) -> list[str]:
    """How many are in another segment than a month ago, and which way they went."""
    about = report.first("migration")
    if not about.number("moved"):
        return []
    moved, of = (about.number(name) or 0.0 for name in ("moved", "of"))
    counts = {"moved": report.write(moved, "count"), "of": report.write(of, "count")}
    month = report.in_words(about.text("before"))
    told = [report.word("told.migration", **counts, share=report.write(moved / of, "percent"), month=month)]
    if about.number("up") is not None:
        ways = {name: report.write(about.number(name), "customers") for name in ("up", "down")}
        told.append(report.word("told.migration_ways", **ways))
    return told
