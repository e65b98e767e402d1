"""“Do the figures add up” as it is read: every digit, both languages, what is hidden, what is not known."""

from datetime import date

import pytest

from telcli.figures.base import Figures
from telcli.figures.control import CHECK_TEXTS, PART_TEXTS, check
from telcli.report import Report, build
from telcli.report.control_section import control
from telcli.stages.report_told import TOLD_TEXTS

NAMED = {"name": "Revenue", "name_zh": "收入", "metric": "revenue", "kind": "money", "month": "2024-06"}


def told(lang: str) -> Report:
    figures, checks, parts = Figures(), [], []
    for row, made in (
        check("billed", "money", 1234567.5, 1234567.5),
        check("live", "money", 1234567.5, 1234500.0, [("left", 3, 67.5)], 10),
        check("churn_scores", "count", 2_000_000, 1_999_988, [("joined", 12, 12.0)], 10),
        check("paid", "money", 12.0, 10.0, [("other", 11, 2.0)], 10),
    ):
        checks.append(row)
        parts += made
    given = [
        NAMED | {"told": 1234600.0, "found": 1234567.5, "difference": 32.5, "share": 32.5 / 1234600, "allowed": 0.005,
                 "state": "differs", "reason": "rejected"},
        NAMED | {"month": "2023-01", "told": 1.0, "found": None, "state": "unknown"},
    ]  # fmt: skip
    parts.append(
        {"check": "told_1", "part": "rejected", "kind": "money", "rows": 4, "amount": 32.5, "month": "2024-06"}
    )
    figures.block("control", checks, CHECK_TEXTS)
    figures.block("control_parts", parts, PART_TEXTS)
    figures.block("control_told", given, TOLD_TEXTS)
    return build(figures.frame(date(2024, 6, 1)), lang=lang, currency="CNY")


@pytest.mark.parametrize(
    ("lang", "hidden", "words"),
    [
        ("en", "hidden", ["Of 4 sums 1 agree, 2 differ by what is named below, and 1 do not add up.",
                          "Revenue of June 2024: the control total is ¥1,234,600.00, here it is ¥1,234,567.50; "
                          "it differs by ¥32.50 (+0.00%).",
                          "That is as much as: rows of the month that ingest refused."]),
        ("zh", "隐去", ["共核对4项：一致1项，差异已说明2项，不符1项。",
                       "2024年6月收入：控制总数为1,234,600.00元，此处为1,234,567.50元，相差32.50元（+0.00%）。",
                       "该差额恰好等于：当月被拒绝的行。"]),
    ],
)  # fmt: skip
def test_sums_and_totals_are_read(lang: str, hidden: str, words: list[str]) -> None:
    section = control(told(lang))
    assert section is not None
    assert list(section.told) == words
    totals, sums, parts = section.tables
    rows = [[cell.text for cell in row] for row in sums.rows]
    assert rows[1][2:4] == [hidden, hidden]
    assert rows[2][1:4] == ["2,000,000", "1,999,988", "12"]
    assert [row[-1] for row in rows] == (["agrees", "explained", "explained", "differs"] if lang == "en" else
                                         ["一致", "已说明", "已说明", "不符"])  # fmt: skip
    assert [cell.text for cell in totals.rows[1]][3:7] == ["", "", "", ""]
    assert [row[3].text for row in parts.rows] == [hidden, "12", *(["¥2.00", "¥32.50"] if lang == "en" else
                                                                 ["2.00元", "32.50元"])]  # fmt: skip


def test_where_nothing_is_held_against_anything_there_is_no_section(made: Report) -> None:
    assert control(Report("2024-06", "en", "CNY", {})) is None
    section = control(made)
    assert section is not None
    assert {row.text("state") for row in made.rows("control")} <= {"agrees", "explained", "differs"}
