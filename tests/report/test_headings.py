"""One heading, one formula: columns of the page that are called the same are the same figure."""

from dataclasses import replace

import pytest

from telcli.report import Report, drawing, watched_parts
from telcli.report.blocks import Section
from telcli.report.model import Row
from telcli.report.sections import sections
from telcli.tables.figure_dictionary import Figure, figure_of


class Told(float):
    """A number that knows of which section and metric it is."""

    of: tuple[str, str]


def told(section: str, metric: str, number: float) -> Told:
    found = Told(number)
    found.of = (section, metric)
    return found


@pytest.fixture(scope="session")
def traced(made: Report) -> list[Section]:
    """The page's sections, of numbers that know what they are."""
    rows = {
        name: tuple(
            Row({one: told(name, one, number) for one, number in row.numbers.items()}, row.texts) for row in many
        )
        for name, many in made.sections.items()
    }
    # The example knows no earlier segments, by which those who left are counted.
    gone = {one: told("slices", one, 0.01) for one in ("left", "churn_rate")}
    rows["slices"] = tuple(Row({**row.numbers, **gone}, row.texts) for row in rows["slices"])
    with pytest.MonkeyPatch.context() as patch:
        for one in (drawing, watched_parts):
            patch.setattr(one, "svg", lambda *_: "<svg/>")  # what is drawn does not count here, and takes long
        return sections(replace(made, sections=rows))


def headed(found: list[Section]) -> dict[str, dict[tuple[str, str], set[str]]]:
    """By heading, the name and formula of each figure that stands below it, and the sections where it does.

    Ends of intervals are left out: they are called after the column that they stand beside.
    """
    made: dict[str, dict[tuple[str, str], set[str]]] = {}
    for section in found:
        for table in (*section.tables, *(chart.numbers for chart in (*section.charts, *section.more))):
            for at, head in enumerate(table.head):
                values = (row[at].value for row in table.rows if at < len(row))
                for of in {value.of for value in values if isinstance(value, Told)}:
                    one = None if of[1].endswith(("_low", "_high")) else figure_of(*of)
                    if one is not None:
                        made.setdefault(head.text, {}).setdefault(_formula(one), set()).add(section.name)
    return made


def _formula(one: Figure) -> tuple[str, str]:
    return one.en, one.formula


def test_a_heading_of_two_sections_is_of_one_figure(traced: list[Section]) -> None:
    found = headed(traced)
    twice = {
        text: ones
        for text, ones in found.items()
        if len(ones) > 1 and len({n for names in ones.values() for n in names}) > 1
    }
    assert not twice, "name them apart in words*.toml, or as the same in tables/figure_dictionary.toml"
    assert len(found) > 80
