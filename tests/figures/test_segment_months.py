"""Segments in time on the page: small groups hidden so that no sum betrays them, in the language of the report."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from telcli.figures import segment_months
from telcli.figures.base import Figures
from telcli.report.blocks import Table
from telcli.report.model import Report, build
from telcli.report.segment_section import segments

AS_OF, MAY, MARCH = date(2024, 6, 1), date(2024, 5, 1), date(2024, 3, 1)
WAYS = {
    ("Talkers", "Talkers"): 400,
    ("Talkers", "Surfers"): 3,
    ("Talkers", "left"): 30,
    ("Surfers", "Surfers"): 250,
    ("Surfers", "Talkers"): 60,
    ("Faders", "Talkers"): 45,
    ("not yet a customer", "Surfers"): 25,
    ("not yet a customer", "Talkers"): 12,
}
ZH = {
    "Talkers": "语音",
    "Surfers": "流量",
    "Faders": "衰退",
    "left": "已离网",
    "not yet a customer": "尚未入网",
}
NAMES = ["Surfers", "Talkers"]


def moves_table() -> pl.DataFrame:
    totals: dict[str, int] = {}
    for (one, _), count in WAYS.items():
        totals[one] = totals.get(one, 0) + count
    rows = [
        {"as_of": AS_OF, "view": "segment", "before": MAY, "from_group": one, "to_group": other,
         "from_group_zh": ZH[one], "to_group_zh": ZH[other], "customers": count, "share": count / totals[one]}
        for (one, other), count in WAYS.items()
    ]  # fmt: skip
    return pl.DataFrame([*rows, {**rows[0], "view": "consumption_tier", "from_group": "high", "to_group": "high"}])


def trial_table(left: tuple[int, int] = (20, 60), month: date = MARCH) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for outcome, figures in (("churn", [gone / 300 for gone in left]), ("value", [80.0, 40.0])):
        for place, figure in enumerate(figures):
            rows.append(
                {"as_of": AS_OF, "outcome": outcome, "segment": place + 1, "measured_on": month,
                 "segment_name": NAMES[place], "segment_name_zh": ZH[NAMES[place]], "customers": 300,
                 "rate_or_mean": figure, "lift": figure / (sum(figures) / 2)}
            )  # fmt: skip
    return pl.DataFrame(rows)


def drawn(lang: str, trial: pl.DataFrame | None = None) -> dict[str, list[list[str]]]:
    figures = Figures()
    figures.block("segments", [{"name": name, "name_zh": ZH[name], "customers": 300} for name in NAMES], ("name",))
    ways = segment_months.moves(moves_table(), NAMES, 10)
    figures.block("segment_moves", ways, segment_months.MOVE_TEXTS)
    rows = segment_months.tried(trial_table() if trial is None else trial, 10)
    figures.block("segment_trial", rows, segment_months.TRIAL_TEXTS)
    report: Report = build(figures.frame(AS_OF), lang=lang, currency="CNY")
    section = segments(report)
    assert section is not None
    return {one.title: _texts(one) for one in section.tables}


def _texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in [table.head, *table.rows]]


def test_moves_stand_in_the_order_of_todays_segments_with_small_ones_hidden() -> None:
    table = drawn("en")["Where the customers of May 2024 are now: share of each segment of then"]
    assert table[0] == ["From, and to", "Customers", "Surfers", "Talkers", "left"]
    assert table[1] == ["Surfers", "310", "80.6%", "19.4%", "–"]
    assert [row[0] for row in table[1:]] == ["Surfers", "Talkers", "Faders", "not yet a customer"]
    # 3 who went from talkers to surfers are hidden, and with them what would give them away; the 30 who left would
    # not do, since all who left follow from the sizes of then and of now
    assert table[2] == ["Talkers", "433", "hidden", "hidden", "6.9%"]
    assert table[4][2] == "hidden"


def test_a_hidden_way_holds_no_figure() -> None:
    rows = segment_months.moves(moves_table(), NAMES, 10)
    hidden = [row for row in rows if row.get("small")]
    assert {(row["from_group"], row["to_group"]) for row in hidden} >= {("Talkers", "Surfers")}
    assert all(row["customers"] is None and row["share"] is None for row in hidden)
    assert {row["from_group"] for row in rows if row["moved"] == 0} == {"Surfers", "Talkers", "not yet a customer"}


def test_the_size_of_a_group_of_few_is_hidden_with_what_would_give_it_away() -> None:
    few = moves_table().with_columns(customers=pl.when(pl.col("from_group") == "Faders").then(4).otherwise("customers"))
    figures = Figures()
    figures.block("segments", [{"name": name, "name_zh": ZH[name], "customers": 300} for name in NAMES], ("name",))
    rows = segment_months.moves(few, NAMES, 10)
    assert {row["from_group"] for row in rows if row["of"] is None} == {"Faders", "not yet a customer"}
    assert all(row.get("small") and row["share"] is None for row in rows if row["of"] is None)
    figures.block("segment_moves", rows, segment_months.MOVE_TEXTS)
    section = segments(build(figures.frame(AS_OF), lang="en", currency="CNY"))
    assert section is not None
    (table,) = [_texts(one) for one in section.tables if one.title.startswith("Where the customers")]
    assert {row[0]: row[1] for row in table[1:]}["Faders"] == "hidden"


def test_a_segment_whose_size_is_hidden_elsewhere_shows_no_way_to_it() -> None:
    rows = segment_months.moves(moves_table(), NAMES, 10, [NAMES[0]])
    assert all(row.get("small") for row in rows if row["to_group"] == NAMES[0])
    assert not all(
        row.get("small") for row in segment_months.moves(moves_table(), NAMES, 10) if row["to_group"] == NAMES[0]
    )


def test_who_is_in_no_segment_stands_last_and_did_not_move() -> None:
    names = {"Faders": "returned", "not yet a customer": "inactive"}
    told = moves_table().with_columns(pl.col("from_group").replace(names))
    rows = segment_months.moves(told, NAMES, 0)
    places = {row["from_group"]: row["from_place"] for row in rows}
    assert sorted(places, key=lambda name: places[name]) == ["Surfers", "Talkers", "inactive", "returned"]
    assert {row["moved"] for row in rows if row["from_group"] in ("inactive", "returned")} == {0.0}


def test_what_segments_told_of_later_months() -> None:
    title = "What the segments of March 2024, found from what was known then, told of the months to June 2024"
    table = drawn("en")[title]
    assert table[0] == ["Segment", "Customers", "Left since", "Churn lift", "Revenue a month since", "Revenue lift"]
    assert table[1] == ["Surfers", "300", "6.7%", "0.50x", "¥80.00", "1.33x"]


def test_a_trial_of_which_no_result_may_be_shown_is_left_out() -> None:
    few = trial_table(left=(3, 4)).filter(outcome="churn")
    assert not [title for title in drawn("en", few) if title.startswith("What the segments of March")]
    assert [title for title in drawn("en", trial_table(left=(3, 4))) if title.startswith("What the segments of March")]


@pytest.mark.parametrize(
    ("lang", "measure", "head"),
    [
        ("en", "margin", "Margin a month since"),
        ("en", "revenue", "Revenue a month since"),
        ("en", None, "Revenue a month since"),
        ("zh", "margin", "此后月均毛利"),
    ],
)
def test_the_money_is_called_what_it_is(lang: str, measure: str | None, head: str) -> None:
    value = pl.col("outcome") == "value"
    told = pl.when(value).then(pl.lit(measure, pl.String)).otherwise(pl.lit("left"))
    tables = drawn(lang, trial_table().with_columns(measure=told))
    assert any(rows[0][4] == head for rows in tables.values() if len(rows[0]) == 6)


def test_few_who_left_are_not_told() -> None:
    few = segment_months.tried(trial_table((4, 60)), 10)
    assert [(row["churn_rate"], row["churn_lift"]) for row in few] == [(None, None)] * 2
    assert [row["customers"] for row in few] == [300, 300]
    (table,) = [rows for title, rows in drawn("en", trial_table((0, 60))).items() if title.startswith("What the")]
    assert [row[2] for row in table[1:]] == ["0.0%", "20.0%"]


def test_in_chinese() -> None:
    found = drawn("zh")
    assert found["2024年5月各客群客户的去向：占原客群比例"][0][2:] == ["流量", "语音", "已离网"]
    assert found["用2024年3月当时的数据分群，检验其后至2024年6月的流失与收入"][2][0] == "语音"


def test_a_label_is_not_called_a_later_month() -> None:
    labelled = trial_table(month=AS_OF).filter(pl.col("outcome") == "churn")
    table = drawn("en", labelled)["What segments tell of who left"]
    assert table[0] == ["Segment", "Customers", "Churn rate", "Churn lift"]


@pytest.mark.parametrize(
    ("lang", "title", "told"), [("en", "Numbers of segments that were tried", "yes"), ("zh", "各客群数的评估", "是")]
)
def test_why_so_many_segments(lang: str, title: str, told: str) -> None:
    """The recommended number and the one in use, and the reason below."""
    rows = [
        {"k": k, "silhouette": 0.5 - k / 10, "stability": 0.9, "smallest_share": 0.2, "gap": 0.1 * k,
         "recommended": k == 3, "in_use": k == 2} for k in (3, 2)
    ]  # fmt: skip
    figures = Figures()
    figures.block("segments", [{"name": name, "name_zh": ZH[name], "customers": 300} for name in NAMES], ("name",))
    figures.block("segment_counts", segment_months.counted(pl.DataFrame(rows)))
    figures.put("segment_reason", 1, "reason", "Asked for.", "指定。")
    section = segments(build(figures.frame(AS_OF), lang=lang, currency="CNY"))
    assert section is not None
    table = next(_texts(one) for one in section.tables if one.title == title)
    assert [row[0] for row in table[1:]] == ["2", "3"]
    assert [row[1] for row in table[1:]] == ["0.30", "0.20"]
    assert [row[-2:] for row in table[1:]] == [["", told], [told, ""]]
    assert any(("Asked for." if lang == "en" else "指定。") in note for note in section.notes)
    assert segment_months.counted(pl.DataFrame(rows).head(1)) == []
