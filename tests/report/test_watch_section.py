"""The sections on what is watched, in both languages."""

from telcli.report import Report
from telcli.report.watch_section import alerts, arrears, satisfaction


def test_what_is_off(made: Report) -> None:
    section = alerts(made)
    assert section is not None
    said = {"en": "2 things are off; together they may cost ¥1,067", "zh": "共2项异常，预期损失合计1,067元"}[made.lang]
    assert section.told[0].startswith(said)
    off, warned = section.tables
    assert [cell.text for cell in off.rows[0][:4]] == {
        "en": ["revenue 10% below", "C1", "account", "new"], "zh": ["收入低10%", "C1", "客户", "新增"]
    }[made.lang]  # fmt: skip
    assert [cell.text for cell in warned.rows[0][:3]] == {
        "en": ["maturity", "decline", "25"], "zh": ["成熟", "衰退", "25"]
    }[made.lang]  # fmt: skip


def test_satisfaction_and_complaints(made: Report) -> None:
    section = satisfaction(made)
    assert section is not None
    said = "\n".join(section.told)
    for words in {"en": ("63.00 of 100 (59.00 to 67.00)", "-20 (-31 to -9)"), "zh": ("63.00", "-20（-31至-9）")}[
        made.lang
    ]:
        assert words in said
    assert [chart.name for chart in section.charts] == ["satisfied", "items"]
    assert [len(table.rows) for table in section.tables] == [2, 3, 2]
    assert section.tables[1].rows[0][-1].text == {"en": "improve first", "zh": "优先改进"}[made.lang]
    assert section.tables[2].rows[0][-1].text == {"en": "emerging", "zh": "新出现"}[made.lang]


def test_arrears_and_fraud(made: Report) -> None:
    section = arrears(made)
    assert section is not None
    assert section.told[0] == {"en": "¥10,850 are past due.", "zh": "逾期欠款共1.08万元。"}[made.lang]
    assert [len(table.rows) for table in section.tables] == [7, 2]
    assert [chart.name for chart in section.charts] == ["ageing", "late_months"]
    assert section.tables[1].rows[0][0].text in (
        "SIM box",
        "SIM盒（违规落地）",
        "High-cost traffic abroad",
        "国际高价话务",
    )


def test_there_are_none_where_nothing_was_watched() -> None:
    bare = Report("2024-06", "en", "CNY", {})
    assert [build(bare) for build in (alerts, satisfaction, arrears)] == [None, None, None]
