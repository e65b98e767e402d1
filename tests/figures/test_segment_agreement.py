"""Segments beside another grouping on the page: a sentence and a table, small cells hidden, in both languages."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from telcli.figures.base import Figures
from telcli.figures.segment_agreement import AGREEMENT_TEXTS, CROSSED_TEXTS, agreement, crossed
from telcli.report.blocks import Section
from telcli.report.model import build
from telcli.report.segment_section import segments

AS_OF = date(2024, 6, 1)
TOLD: dict[str, Any] = {"column": "x_Old", "groups": 3, "ari": 0.71, "ami": 0.655, "purity": 0.934, "customers": 764}
PAIRS = {("A", 1): 400, ("A", 2): 25, ("B", 2): 300, ("B", 1): 4, ("C", 2): 35}
NAMES = {1: ("Talkers", "语音"), 2: ("Surfers", "流量")}


def table(pairs: dict[tuple[str, int], int]) -> pl.DataFrame:
    sums = {group: sum(n for (one, _), n in pairs.items() if one == group) for group, _ in pairs}
    return pl.DataFrame(
        [
            {"group_name": group, "segment": segment, "segment_name": NAMES[segment][0],
             "segment_name_zh": NAMES[segment][1], "customers": count, "share_of_group": count / sums[group]}
            for (group, segment), count in pairs.items()
        ]
    )  # fmt: skip


def drawn(lang: str, told: dict[str, Any], pairs: dict[tuple[str, int], int]) -> Section:
    figures = Figures()
    rows = [
        {"segment": place, "name": en, "name_zh": zh, "customers": 300, "revenue_share": 0.5}
        for place, (en, zh) in NAMES.items()
    ]
    figures.block("segments", rows, ("name",))
    figures.block("segment_agreement", agreement(told), AGREEMENT_TEXTS)
    figures.block("segment_crossed", crossed(table(pairs), 10), CROSSED_TEXTS)
    section = segments(build(figures.frame(AS_OF), lang=lang, currency="CNY"))
    assert section is not None
    return section


def test_the_table_hides_few_and_what_would_betray_them() -> None:
    found = drawn("en", TOLD, PAIRS).tables[-1]
    assert found.title == "Segments beside Old: share of each group that is in a segment"
    assert [cell.text for cell in found.head] == ["Old", "Customers", "Talkers", "Surfers"]
    assert [[cell.text for cell in row] for row in found.rows] == [
        ["A", "425", "hidden", "hidden"],
        ["B", "304", "hidden", "hidden"],
        ["C", "35", "–", "100.0%"],
    ]


@pytest.mark.parametrize(
    ("ari", "lang", "said"),
    [
        (0.71, "en", "Segments and the 3 groups of Old are much alike. Adjusted Rand index 0.71"),
        (0.95, "en", "are all but the same"),
        (0.3, "en", "are alike in part"),
        (-0.01, "en", "have little to do with"),
        (0.71, "zh", "客群与Old的3个分组大体一致。调整兰德指数0.71"),
    ],
)
def test_a_sentence_says_how_far_they_agree(ari: float, lang: str, said: str) -> None:
    (note,) = drawn(lang, {**TOLD, "ari": ari}, PAIRS).notes
    assert said in note
    assert "93.4%" in note


def test_of_many_groups_the_largest_are_shown_and_small_sizes_are_hidden() -> None:
    many = {(f"g{place:02d}", 1): 100 - place for place in range(30)} | {("tiny", 2): 3, ("little", 2): 12}
    section = drawn("en", {**TOLD, "groups": 32}, many)
    assert len(section.tables[-1].rows) == 20
    assert "20 largest groups" in section.tables[-1].title
    few = drawn("en", TOLD, {("A", 1): 60, ("B", 1): 12, ("C", 1): 3}).tables[-1]
    assert [row[1].text for row in few.rows] == ["60", "hidden", "hidden"]


def test_nothing_is_said_where_nothing_was_compared() -> None:
    assert agreement(None) == []
