"""What marks say when they are pointed at: every picture, in both languages."""

import html
import re

import pytest

from telcli.report import Report
from telcli.report.charts import CHARTS, svg
from telcli.report.tips import as_titles


@pytest.fixture(scope="module")
def titles(made: Report) -> dict[str, list[str]]:
    found = {name: drawn for name in CHARTS if (drawn := svg(made, name))}
    assert not [name for name, drawn in found.items() if "aria-label" in drawn]
    return {
        name: [html.unescape(one) for one in re.findall("<title>(.*?)</title>", drawn)] for name, drawn in found.items()
    }


@pytest.mark.slow
def test_every_picture_says_its_figures(titles: dict[str, list[str]], made: Report) -> None:
    assert not [name for name, told in titles.items() if not told]
    assert not [one for told in titles.values() for one in told if "None" in one or "undefined" in one]
    months = len(made.rows("trend"))
    first = {"en": "July 2023: Revenue ¥", "zh": "2023年7月：收入 "}[made.lang]
    assert len(titles["revenue"]) == months
    assert titles["revenue"][0].startswith(first)
    assert len(titles["left"]) >= months - 1  # a line says each month too


def test_names_stay_text() -> None:
    drawn = as_titles('<path aria-label="&lt;script&gt;&amp;&quot;" d="M0,0"/>')
    assert drawn == '<path d="M0,0"><title>&lt;script&gt;&amp;"</title></path>'
