"""The sections on value: sentences, tables and charts in both languages; suppressed and absent figures."""

import re
from datetime import date
from typing import Any

import polars as pl
import pytest

from telcli.figures.base import Figures
from telcli.report import Report, build
from telcli.report.blocks import Section, Table
from telcli.report.sections import notes
from telcli.report.tier_section import tiers
from telcli.report.value_section import value
from telcli.report.value_told import worth

TIER = {"tier": "gold", "customers": 40, "customer_share": 1.0, "lifetime_value": 9.0, "value_share": 1.0}


def report(lang: str = "en", **blocks: list[dict[str, Any]]) -> Report:
    figures = Figures()
    figures.put("kpi", 1, "customers", 40)
    figures.block("value_tiers", blocks.pop("value_tiers", [TIER]), ("tier",))
    for section, rows in blocks.items():
        figures.block(section, rows, [name for row in rows for name, found in row.items() if isinstance(found, str)])
    return build(figures.frame(date(2024, 6, 1)), lang=lang, currency="CNY")


def written(section: Section | None) -> dict[str, Table]:
    assert section is not None
    return {table.title: table for table in section.tables}


def test_sentences_lead_in_both_languages(made: Report) -> None:
    section = value(made)
    assert section is not None
    said = "\n".join(section.told)
    wanted = {
        "en": (
            "¥1.12M of margin, 56.0% of the ¥2.00M",
            "other costs, by margin_rate (40.0%)",
            "better than by their plain",
        ),
        "zh": ("毛利112万元，占收入200万元的56.0%", "其他成本（按毛利率）（40.0%）", "优于简单平均"),
    }
    for words in wanted[made.lang]:
        assert words in said, said
    assert ("content providers (no rate is set)" if made.lang == "en" else "内容分成（未设费率）") in said


def test_every_part_is_drawn_with_its_numbers(made: Report) -> None:
    for section, names in (
        (value(made), ["whale", "value_tenths", "value_margin", "value_stays", "survival", "value_backtest"]),
        (tiers(made), ["value_sway"]),
    ):
        assert section is not None
        charts = [*section.charts, *section.more]
        assert [chart.name for chart in charts] == names
        assert all(chart.svg and chart.alt and chart.numbers.rows for chart in charts)


def test_long_tables_are_cut_and_name_the_command(made: Report) -> None:
    section = value(made)
    assert section is not None
    (plans,) = [table for table in section.tables if "kind = 'plan'" in table.rest]
    assert len(plans.rows) == 8
    assert "13" in plans.title
    assert not [row for table in section.tables for row in table.rows if row[0].text == "299"]


def test_moves_speak_of_tiers_in_the_language(made: Report) -> None:
    section = tiers(made)
    assert section is not None
    (moves,) = [table for table in section.tables if table.rest == "telcli show value_moves"]
    names = {"en": ["Platinum", "Not yet a customer"], "zh": ["铂金", "新客户"]}[made.lang]
    assert [moves.rows[0][0].text, moves.rows[-1][0].text] == names
    assert {"en": "hidden", "zh": "隐去"}[made.lang] in [cell.text for row in moves.rows for cell in row]
    assert {"en": "1,379 customers stayed", "zh": "不变1,379户"}[made.lang] in section.told[0]
    assert {"en": "More fell than rose. ", "zh": "降级的多于升级的。"}[made.lang] in section.told[1]
    assert {"en": "would give hidden numbers away", "zh": "可被推算"}[made.lang] in section.told[1]


def test_indicators_are_named_in_the_language_and_own_ones_as_written(made: Report) -> None:
    section = tiers(made)
    assert section is not None
    names = {cell.text for table in section.tables for row in table.rows for cell in row[:2]}
    assert ({"Tenure", "Days to pay"} if made.lang == "en" else {"网龄", "缴费天数"}) <= names


def test_further_sides_stand_in_the_language(made: Report) -> None:
    sections = [value(made), tiers(made)]
    cells = [cell.text for one in sections if one for table in one.tables for row in table.rows for cell in row]
    english = {
        "Way of paying",
        "key account",
        "fell by 50%",
        "Use in 3 months",
        "Kinds of service held",
        "TV",
        "prepaid",
    }
    chinese = {"付费方式", "大客户", "下降50%", "近3个月使用量", "业务种类数", "电视", "预付费"}
    assert (english if made.lang == "en" else chinese) <= set(cells)
    assert "302" not in cells


def test_nothing_empty_is_shown() -> None:
    made = report()
    section = value(made)
    assert section is not None
    assert not (section.charts or section.tables or section.more or section.told or section.lead)
    assert list(written(tiers(made))) == ["Value tiers"]
    assert tiers(report(value_tiers=[])) is None


@pytest.mark.parametrize(
    ("basis", "says"), [("revenue", "revenue."), ("known-costs", "revenue less the costs that the data tell of.")]
)
def test_revenue_is_not_called_margin(basis: str, says: str) -> None:
    told = {"customers": 50, "months": 1, "basis": basis, "current_value_total": 5000.0}
    (said,) = worth(report(value_told=[told]))
    assert said.startswith(f"In the month 50 customers brought ¥5,000: {says} It is not margin")


def parts(*rows: tuple[str, float, float | None]) -> list[dict[str, Any]]:
    return [{"part": part, "amount": money, "revenue_share": share, "counted": "set"} for part, money, share in rows]


TOLD = {"customers": 50, "months": 12, "basis": "margin"}


def test_what_eats_revenue_adds_up_to_what_is_left() -> None:
    rows = parts(
        ("revenue", 1000.0, 1.0), ("other", 400.0, 0.4), ("commission", 350.0, 0.35), ("subsidy", 330.0, 0.33),
        ("lines", 96.0, 0.096), ("bad_debt", -1.0, -0.001), ("margin", -175.0, -0.175),
    )  # fmt: skip
    said = worth(report(value_told=[TOLD], value_margin=rows))
    assert (
        said[0]
        == "In the last 12 months 50 customers brought -¥175.00 of margin, -17.5% of the ¥1,000 that was billed."
    )
    assert said[1].endswith("(40.0%), commissions (35.0%), device subsidies (33.0%), all else together (9.5%).")
    said = worth(report(value_told=[TOLD], value_margin=[row for row in rows if row["part"] != "bad_debt"]))
    assert said[1].endswith("device subsidies (33.0%), keeping lines (9.6%).")


def test_what_is_hidden_alone_is_drawn_together_and_named() -> None:
    rows = parts(("revenue", 1000.0, 1.0), ("other", 400.0, 0.4), ("together", 350.0, 0.35), ("margin", 250.0, 0.25))
    gone = [{"part": part, "small": 1.0} for part in ("subsidy", "lines")]
    section = value(report(value_told=[TOLD], value_margin=[*rows, *gone]))
    assert section is not None
    (drawn,) = section.charts
    assert drawn.key.startswith("Drawn together: Device subsidies, Keeping lines.")
    assert "Other parts, together" in drawn.svg
    assert "other parts, together (35.0%)" in section.told[1]


def test_revenue_that_is_hidden_is_said_to_be() -> None:
    rows = [*parts(("margin", 700.0, None)), {"part": "revenue", "small": 1.0}, {"part": "subsidy", "small": 1.0}]
    (said,) = worth(report(value_told=[TOLD], value_margin=rows))
    assert "¥700.00 of margin; the revenue it comes from is hidden" in said


def test_totals_that_are_not_above_nothing_have_no_shares() -> None:
    rows = parts(("revenue", -68100.0, None), ("lines", 3600.0, None), ("other", -27240.0, None))
    rows += parts(("margin", -44460.0, None))
    about = {"as_of": "2024-02", "months": 4, "rank_correlation": 0.9, "naive_rank_correlation": 0.8, "error": 3.0}
    said = worth(report(value_told=[TOLD], value_margin=rows, value_verdict=[{**about, "naive_error": 2.0}]))
    assert said[0].endswith("brought -¥44,460 of margin; -¥68,100 was billed.")
    assert said[1] == "Taken off what was billed: keeping lines (¥3,600), other costs, by margin_rate (-¥27,240)."
    assert "what came is not above nothing in all" in said[2]
    assert not [one for one in said if "(-)" in one or " - " in one]


@pytest.mark.parametrize(
    ("lang", "says"), [("en", "the next 36 months and all after them"), ("zh", "36个月及其后各月")]
)
def test_a_tail_is_told(lang: str, says: str) -> None:
    about = {**TOLD, "retention_value_total": 9e5, "horizon_months": 36}
    for tail, told in (("fading", True), ("endless", True), ("none", False)):
        made = report(
            lang, value_told=[{**about, "tail": tail}], notes=[{"horizon_months": 36, "small_cell": 10, "tail": tail}]
        )
        assert (says in " ".join([*worth(made), *notes(made).notes])) is told
        assert (says in " ".join(notes(made).notes)) is told


def test_a_short_curve_is_listed_whole() -> None:
    about = {"top_20_share": 0.3, "peak_share": 1.0, "peak_at": 1.0, "loss_makers": 0.0}
    for points, rows in ((6, 6), (101, 11)):
        curve = [{"customer_share": at / (points - 1), "value_share": at / (points - 1)} for at in range(points)]
        section = value(report(value=[about], value_curve=curve))
        assert section is not None
        assert len(section.charts[0].numbers.rows) == rows


def stays(*seen: tuple[int, float, float | None]) -> list[dict[str, Any]]:
    return [
        {"tenure_month": month, "at_risk": at_risk, "survival": 1.0, "survival_low": low, "survival_high": 1.0}
        for month, at_risk, low in seen
    ]


def test_staying_is_not_known_where_nobody_was_seen() -> None:
    curve = stays((0, 0.0, 1.0), (5, 20.0, 0.9), (12, 0.0, 0.8), (24, 30.0, 0.8), (26, 9.0, None))
    section = value(report(survival=curve))
    assert section is not None
    (said,) = section.told
    assert said == "How many are still here 12 months after joining is not known: nobody was seen at that tenure."
    (drawn,) = section.charts
    assert "100.0% after 24 months" in drawn.alt
    assert [row[0].text for row in drawn.numbers.rows] == ["5"]


def test_staying_is_not_drawn_where_nobody_was_seen_in_the_first_year() -> None:
    section = value(report(survival=stays((0, 0.0, 1.0), (12, 0.0, 0.8), (58, 30.0, 0.3), (59, 30.0, 0.3))))
    assert section is not None
    assert "is not known" in section.told[0]
    assert not section.charts


def test_what_a_few_bring_is_not_shown() -> None:
    section = value(report(value_few=[{"least": 10}]))
    assert section is not None
    assert section.lead.startswith("Fewer than 10 customers are valued")
    assert any("fewer than 50 customers" in note for note in notes(report(notes=[{"small_cell": 50}])).notes)
    assert not any("however few" in note for note in notes(report(notes=[{"small_cell": 10}])).notes)


@pytest.mark.parametrize(
    ("money", "says"),
    [
        ([50.0, 60.0, 70.0], "bring more the longer"),
        ([70.0, 60.0, 50.0], "bring less the longer"),
        ([50.0, 51.0, 50.0], "about as much"),
        ([50.0, 70.0, 40.0], "to ¥70.00 in year 2, and falls to ¥40.00 in years 3–9"),
    ],
)
def test_tenure_is_told_as_it_is(money: list[float], says: str) -> None:
    ends = ((1, 1), (2, 2), (3, 9))
    rows = [
        {"from_year": first, "to_year": last, "customer_months": 500, "margin_a_month": amount}
        for (first, last), amount in zip(ends, money, strict=True)
    ]
    (said,) = worth(report(value_stays=rows))
    assert says in said


def test_losses_by_year_are_written_above_their_bars() -> None:
    rows = [{"from_year": at, "to_year": at, "customer_months": 500, "margin_a_month": 20.0 - 30 * at} for at in (1, 2)]
    section = value(report(value_stays=rows))
    assert section is not None
    places = re.findall(r"translate\([\d.]+,(-?[\d.]+)\)[^>]*>-[14]0<", section.charts[0].svg)
    assert places == ["-5", "-5"]


@pytest.mark.parametrize(("found", "says"), [(0.8001, "better than"), (0.80004, "as well as"), (0.7, "less well than")])
def test_the_back_test_is_told_beside_the_plain_average(found: float, says: str) -> None:
    about = {"as_of": "2024-02", "months": 4, "rank_correlation": found, "naive_rank_correlation": 0.8, "error": 3.0}
    (said,) = worth(report(value_verdict=[{**about, "naive_error": 2.0, "calibration": 0.9}]))
    assert says in said
    assert "¥3.00 per customer, plain ¥2.00" in said
    chance = {**about, "naive_error": 2.0, "calibration": 0.9, "foretells": 0.0, "median_error": 1.5}
    (said,) = worth(report(value_verdict=[chance]))
    assert "no better than by chance" in said
    assert "¥3.00 per customer, ¥1.50 of the middle of its range, plain ¥2.00" in said


def test_years_of_joining_seen_once_each_are_left_to_the_picture() -> None:
    once = [{"cohort_year": 2020 + at, "tenure_year": 5 - at, "margin_a_month": 9.0} for at in range(3)]
    assert not written(value(report(value_years=once)))
    twice = [*once, {"cohort_year": 2020, "tenure_year": 4, "margin_a_month": 8.0}]
    (table,) = written(value(report(value_years=twice))).values()
    assert [cell.text for cell in table.rows[0]] == ["2020", "–", "¥8.00", "¥9.00"]
    assert table.rest == "telcli show value_cohorts"


def test_hidden_shares_of_an_offer_say_so() -> None:
    row = {"kind": "plan", "item": "A", "customers": 90, "margin": 5.0, "of": 1, "small_early_end_share": 1.0}
    shown = {**row, "item": "B", "early_end_share": 0.3, "small_early_end_share": None}
    (table,) = written(value(report(value_offers=[row, shown]))).values()
    assert [line[-1].text for line in table.rows] == ["hidden", "30.0%"]
    assert table.rest == ""


def test_small_tiers_show_their_bound_alone() -> None:
    small = {"tier": "platinum", "least_score": 80.0, "small": 1.0}
    table = written(tiers(report(value_tiers=[small, TIER])))["Value tiers"]
    assert [cell.text for cell in table.rows[0]][:3] == ["Platinum", "80.00", "hidden"]


def test_figures_are_those_of_the_tables(figures: pl.DataFrame) -> None:
    kept = figures.filter(pl.col("section") == "value_margin", pl.col("metric") == "amount")["value"]
    assert kept.sum() == pytest.approx(2e6 + 8e5 + 1e5 - 2e4 + 1.12e6)


@pytest.mark.parametrize(
    ("lang", "brought", "unpaid"),
    [("en", "had brought ¥300.00, of ¥900.00", "left ¥50.00 unpaid, and ¥9.00"), ("zh", "毛利300.00元", "欠费50.00元")],
)
def test_what_leavers_brought_and_left_unpaid_is_told(lang: str, brought: str, unpaid: str) -> None:
    row = {"customers": 40.0, "revenue": 900.0, "margin": 300.0}
    (said,) = worth(report(lang, value_left=[row]))
    assert brought in said
    assert unpaid in "".join(worth(report(lang, value_left=[{**row, "owed": 50.0, "expected": 9.0}])))
    assert not worth(report(lang))
