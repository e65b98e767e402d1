"""Branches and segments: figures of several months say so, and a name means one thing on the whole page."""

from dataclasses import replace

from telcli.report import Report
from telcli.report.blocks import Section
from telcli.report.model import Row
from telcli.report.slice_section import slices
from telcli.tables.figure_dictionary import figure_of


def test_who_left_is_headed_by_the_months_that_it_is_of(made: Report) -> None:
    rows = [Row({**row.numbers, "left": 12.0, "churn_rate": 0.02}, row.texts) for row in made.rows("slices")]
    section = slices(replace(made, sections={**made.sections, "slices": rows}))
    assert section is not None
    since = made.in_words(made.first("slice_about").text("since"))
    wanted = {"en": [f"Left since {since}", "Left a month"], "zh": [f"{since}后离网", "月均离网率"]}[made.lang]
    for table in section.tables:
        assert [cell.text for cell in table.head[4:6]] == wanted
    assert section.pick is not None
    assert list(section.pick.measures[3:5]) == wanted


def test_usual_revenue_is_called_so_beside_the_revenue_of_the_month(made: Report, parts: list[Section]) -> None:
    named = {one.name: [cell.text for table in one.tables for cell in table.head] for one in parts}
    month, usual = (figure_of(section, "revenue_per_customer") for section in ("slices", "segments"))
    assert month is not None
    assert usual is not None
    told = {"en": (month.en, usual.en), "zh": (month.zh, usual.zh)}[made.lang]
    assert told[0] in named["slices"]
    assert told[1] in named["segments"]
    assert told[0] not in named["segments"]
