"""The section on keeping customers, in both languages."""

from telcli.report import Report
from telcli.report.loop_section import loop


def test_the_plan_and_what_plans_earned(made: Report) -> None:
    section = loop(made)
    assert section is not None
    said = "\n".join(section.told)
    wanted = {
        "en": ("contacts 83 customers", "¥2,614 net", "is 41.0%", "kept ¥18,000 (¥4,000 to ¥32,000)"),
        "zh": ("联系83户", "净收益2,614元", "41.0%", "1.80万元（4,000元至3.20万元）"),
    }[made.lang]
    for words in wanted:
        assert words in said, said
    cells, offers, effects = section.tables
    assert [len(table.rows) for table in section.tables] == [9, 2, 3]
    last = [cell.text for cell in effects.rows[2]]
    assert (
        last
        == {
            "en": ["Care visit", "150", "hidden", "", "", "", "too few"],
            "zh": ["上门关怀", "150", "隐去", "", "", "", "样本过少"],
        }[made.lang]
    )
    assert (cells.rows[0][2].text, offers.rows[0][1].text) == {"en": ("retain", "call centre"), "zh": ("挽留", "外呼")}[
        made.lang
    ]
    assert [chart.name for chart in section.charts] == ["plan_grid", "effects"]
    assert section.charts[0].svg.startswith("<svg")
    assert [cell.value for cell in section.charts[1].numbers.rows[0][1:]] == [0.05, 0.01, 0.09]


def test_there_is_none_where_no_plan_was_made() -> None:
    assert loop(Report("2024-06", "en", "CNY", {})) is None
