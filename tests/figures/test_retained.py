"""The plan and its effects: what is hidden of few, and the order of the rows."""

import polars as pl

from telcli.figures.base import Figures
from telcli.figures.retained import cell_rows, effect_rows, loop_blocks, offer_rows, put_loop
from tests.report import loop_example

HELD = loop_example.tables()


def test_cells_stand_from_high_to_low_with_few_hidden_and_the_whole_last() -> None:
    rows = cell_rows(HELD["retention_cells"], 10)
    assert [(row.get("value_band"), row.get("risk_band")) for row in rows] == [
        *((value, risk) for value in ("high", "mid", "low") for risk in ("high", "medium", "low")),
        (None, None),
    ]
    hidden = {(row["value_band"], row["risk_band"]) for row in rows[:-1] if row.get("small")}
    assert ("low", "high") in hidden  # 4 customers
    assert len(hidden) >= 4  # and a closed way of cells, so that sums of lines tell nothing
    assert all("customers" not in row for row in rows[:-1] if row.get("small"))
    assert (rows[-1]["customers"], rows[-1]["contacted"], rows[-1]["power"]) == (2000, 83, 0.41)


def test_contacts_of_few_and_what_gives_them_away_are_hidden() -> None:
    table = HELD["retention_cells"].with_columns(
        contacted=pl.when(pl.col("cell") == "all").then(46).when(pl.col("cell") == "high-high").then(6)
        .when(pl.col("cell") == "mid-high").then(40).otherwise(0)
    )  # fmt: skip
    rows = {(row.get("value_band"), row.get("risk_band")): row for row in cell_rows(table, 2)}
    assert rows["high", "high"]["contacted"] == 6
    rows = {(row.get("value_band"), row.get("risk_band")): row for row in cell_rows(table, 10)}
    for key in (("high", "high"), ("mid", "high")):
        assert rows[key].get("small_contacted") or rows[key].get("small")
    assert rows["mid", "low"]["contacted"] == 0


def test_offers_of_few_are_named_without_their_figures() -> None:
    rows = offer_rows(HELD["plan_offers"], 30)
    assert [row["offer"] for row in rows] == ["Credit on the fee", "Care visit"]
    assert [bool(row.get("small")) for row in rows] == [True, True]  # the one alone would be told by the sum
    assert [row["contacted"] for row in offer_rows(HELD["plan_offers"], 10)] == [60, 23]


def test_effects_begin_with_the_whole_and_say_where_arms_are_too_small() -> None:
    rows = effect_rows(HELD["retention_effects"], HELD["plan_offers"], 10)
    assert [(row["campaign"], row["offer"]) for row in rows] == [
        ("", ""),
        ("", "Credit on the fee"),
        ("", "Care visit"),
    ]
    assert (rows[2]["treated"], rows[2].get("held_out"), rows[2]["small"]) == (150, None, 1.0)
    assert "uplift" not in rows[2]
    assert rows[1]["uplift_low"] == 0.01


def test_nothing_is_put_where_no_plan_was_made() -> None:
    figures = Figures()
    put_loop(figures, loop_blocks({}, 10))
    assert not figures.frame(loop_example.AS_OF).height
