"""telcli segment, who moved: every customer of either month is in one way, and steadiness tells base from model."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from telcli.stages import Earlier, Inputs, Outcome
from telcli.stages.segment import segment
from telcli.tables import contract
from tests.stages.test_segment import AS_OF, MONTHS, brief, customers_of, flat, months_of, out, planted
from tests.stages.test_segment_months import MAY, earlier, run, swapped

LEFT, NOT_YET = "left", "not yet a customer"


@pytest.fixture(scope="module")
def may() -> Outcome:
    return run(planted()[0], MAY)


@pytest.fixture(scope="module")
def june(may: Outcome) -> Outcome:
    """40 customers of May are gone, 40 are new; voice customers pay less."""
    frame = swapped()
    joined = frame.head(40).with_columns(customer_id=pl.col("customer_id").str.replace("C", "N"))
    people = pl.concat([frame.tail(320), joined])
    new = pl.col("customer_id").str.starts_with("N")
    months = months_of(people).filter(~new | (pl.col("month") == AS_OF))
    told = customers_of(people, customer_class=["public", None] * 180)
    tables = {"customer_months": months, "customers": told}
    return segment(Inputs(tables, AS_OF, earlier=earlier(may)), brief(3))


def test_a_view_of_which_nothing_is_known_has_no_moves(may: Outcome, june: Outcome) -> None:
    assert out(may, "segments")["customer_class"].null_count() == 360
    assert set(ways(june, "customer_class")["to_group"]) == {"public", "unknown", LEFT}
    tables = {"customer_months": months_of(planted()[0]), "customers": customers_of(planted()[0])}
    silent = segment(Inputs(tables, AS_OF, earlier=earlier(may)), brief(3))
    assert set(out(silent, "segment_moves")["view"]) == {"segment", "lifecycle_stage", "consumption_tier"}


def ways(outcome: Outcome, view: str) -> pl.DataFrame:
    return out(outcome, "segment_moves").filter(view=view)


@pytest.mark.parametrize("view", ["segment", "lifecycle_stage", "consumption_tier", "customer_class"])
def test_moves_add_up_to_the_customers_of_both_months(june: Outcome, view: str) -> None:
    moves = ways(june, view)
    assert moves["before"].unique().to_list() == [MAY]
    assert moves.filter(pl.col("to_group") != LEFT)["customers"].sum() == 360
    assert moves.filter(pl.col("from_group") != NOT_YET)["customers"].sum() == 360
    assert moves.filter(to_group=LEFT)["customers"].sum() == moves.filter(from_group=NOT_YET)["customers"].sum() == 40
    shares = moves.group_by("from_group").agg(pl.col("share").sum())["share"]
    assert shares.to_list() == pytest.approx([1.0] * len(shares))


def test_a_matrix_is_that_of_the_two_snapshots(may: Outcome, june: Outcome) -> None:
    both = out(may, "segments").join(out(june, "segments"), on="customer_id")
    counted = dict(
        both.group_by("consumption_tier", "consumption_tier_right")
        .len()
        .select(pl.concat_str("consumption_tier", "consumption_tier_right", separator=">"), "len")
        .iter_rows()
    )
    told = ways(june, "consumption_tier").filter(pl.col("from_group") != NOT_YET, pl.col("to_group") != LEFT)
    assert {f"{row['from_group']}>{row['to_group']}": row["customers"] for row in told.to_dicts()} == counted


def test_groups_have_chinese_names(june: Outcome) -> None:
    moves = out(june, "segment_moves")
    told = dict(moves.select("to_group", "to_group_zh").unique().iter_rows())
    assert (told[LEFT], told["high"], told["public"], told["maturity"]) == ("已离网", "高", "公众客户", "成熟")
    profiles = dict(out(june, "segment_profiles").select("segment_name", "segment_name_zh").iter_rows())
    assert profiles.items() <= told.items()


def test_steadiness_of_the_same_segments(may: Outcome, june: Outcome) -> None:
    told = june.metrics["between_months"]
    assert (told["before"], told["by"], told["customers_in_both"]) == ("2024-05", "snapshot", 320)
    assert told["stayed"] > 0.99
    assert 0.5 < told["ari"] < 0.95  # voice customers pay like others now, by the centres of May
    same = run(planted()[0], MAY, before=Earlier(MAY, earlier(may).tables)).metrics["between_months"]
    assert (same["stayed"], same["ari"], same["size_psi"], same["drifted"]) == (1.0, 1.0, 0.0, [])


def test_days_of_use_do_not_drift_because_a_month_is_longer() -> None:
    frame = planted()[0]
    parts = [
        months_of(frame.with_columns(active_days=pl.Series(days * 180))).filter(month=month)
        for month, days in ((MAY, [31.0, 30.0]), (AS_OF, [30.0, 29.0]))
    ]
    tables = {"customer_months": pl.concat(parts), "customers": customers_of(frame)}
    told = segment(Inputs(tables, AS_OF), brief(3)).metrics["between_months"]
    assert told["drifted"] == []
    assert told["columns_compared"] == 5


def test_a_base_that_moved_is_told_from_a_model_that_did(may: Outcome) -> None:
    frame = planted()[0]
    heavy = months_of(frame.with_columns(pl.col("data_mb", "data_mb_mean_3") * 40)).filter(pl.col("month") == AS_OF)
    months = pl.concat([months_of(frame).filter(pl.col("month") < AS_OF), heavy])
    tables = {"customer_months": months, "customers": customers_of(frame)}
    outcome = segment(Inputs(tables, AS_OF, earlier=earlier(may)), brief(3))
    told = outcome.metrics["between_months"]
    assert told["stayed"] > 0.95  # found anew, the groups are the same people
    assert told["size_band"] == "shifted"  # by the centres of May they are not
    assert [(one["column"], one["band"]) for one in told["drifted"]] == [("data_mb_mean_3", "shifted")]
    assert told["columns_compared"] == 4


def test_without_a_snapshot_before_the_month_before_is_seen_by_todays_centres() -> None:
    frame, _ = planted()
    months = months_of(frame).collect()
    young = months.filter(pl.col("tenure_months") < 14)["customer_id"].unique().sort().to_list()
    joined = young[:25]
    short = months.filter(~(pl.col("customer_id").is_in(joined) & (pl.col("month") < AS_OF)))
    tables = {"customer_months": contract("customer_months").conform(short.lazy()), "customers": customers_of(frame)}
    outcome = segment(Inputs(tables, AS_OF), brief(3))
    moves = out(outcome, "segment_moves")
    assert set(moves["view"]) == {"segment", "lifecycle_stage", "consumption_tier"}
    assert moves.filter(view="segment", from_group=NOT_YET)["customers"].sum() == 25
    told = outcome.metrics["between_months"]
    assert (told["by"], told["customers_in_both"], told["ari"]) == ("today's centres", 335, None)
    assert told["stayed"] > 0.95


@pytest.mark.slow
def test_it_is_told_why_somebody_is_in_no_segment(may: Outcome) -> None:
    """C00000 left in April and is back; C00001 was inactive in May, C00002 is in June; C00003 left in June."""
    frame = planted()[0]
    months = months_of(frame).collect()
    who, at = pl.col("customer_id"), pl.col("month")
    left = ((who == "C00000") & (at == MONTHS[3])) | ((who == "C00003") & (at == AS_OF))
    silent = ((who == "C00001") & (at == MAY)) | ((who == "C00002") & (at == AS_OF))
    months = months.filter(~((who == "C00000") & (at == MAY))).filter(~((who == "C00004") & (at < AS_OF)))
    months = months.with_columns(left=left, active=~left & ~silent)
    tables = {"customer_months": months.lazy(), "customers": customers_of(frame)}
    before = segment(Inputs(tables, MAY), brief(3))
    stage = pl.when(pl.col("customer_id") == "C00005").then(None).otherwise("lifecycle_stage").alias("lifecycle_stage")
    held = {**earlier(before).tables, "segments": out(before, "segments").with_columns(stage).lazy()}
    for earlier_one in (None, Earlier(MAY, held)):
        outcome = segment(Inputs(tables, AS_OF, earlier=earlier_one), brief(3))
        moves = ways(outcome, "consumption_tier")
        from_nowhere = moves.filter(pl.col("from_group").is_in([NOT_YET, "returned", "inactive", "unknown"]))
        assert sorted(from_nowhere["from_group"]) == ["inactive", NOT_YET, "returned"]
        assert from_nowhere["customers"].to_list() == [1, 1, 1]
        to_nowhere = moves.filter(pl.col("to_group").is_in([LEFT, "inactive"]))
        assert dict(to_nowhere.select("to_group", "customers").iter_rows()) == {LEFT: 1, "inactive": 1}
    told = dict(out(outcome, "segment_moves").select("from_group", "from_group_zh").iter_rows())
    assert [told[name] for name in (NOT_YET, "returned", "inactive")] == ["尚未入网", "重新入网", "非在网"]
    stages = ways(outcome, "lifecycle_stage").filter(from_group="unknown")
    assert stages.select("to_group", "customers", "from_group_zh").rows() == [("growth", 1, "未知")]


def test_one_month_has_nothing_before_it() -> None:
    months, people = flat()
    outcome = segment(Inputs({"customer_months": months, "customers": people}, AS_OF), brief())
    assert out(outcome, "segment_moves").height == 0
    assert outcome.metrics["between_months"] is None


def test_nobody_in_both_months_says_nothing_of_staying(may: Outcome) -> None:
    strangers = planted()[0].with_columns(customer_id=pl.col("customer_id").str.replace("C", "N"))
    outcome = run(strangers, before=earlier(may))
    assert outcome.metrics["between_months"]["stayed"] is None
    assert ways(outcome, "segment")["customers"].sum() == 720


@pytest.mark.slow
def test_one_segment_says_nothing_of_staying(may: Outcome) -> None:
    frame = swapped()
    tables = {"customer_months": months_of(frame), "customers": customers_of(frame)}
    alone = segment(Inputs(tables, MAY), brief(1))
    before = Earlier(MAY, {name: rows for name, rows in alone.tables.items() if name in earlier(may).tables})

    def told(k: int, past: Earlier | None) -> tuple[object, ...]:
        found = segment(Inputs(tables, AS_OF, earlier=past), brief(k)).metrics["between_months"]
        assert found["customers_in_both"] == 360
        return tuple(found[name] is None for name in ("stayed", "ari", "size_psi", "size_band"))

    assert told(1, None) == told(1, before) == told(3, before) == (True, True, True, True)
    assert told(1, earlier(may)) == (True, True, False, False)
    assert told(3, earlier(may)) == (False, False, False, False)


def test_a_snapshot_without_centres_tells_moves_but_not_what_they_rest_on(may: Outcome) -> None:
    outcome = run(swapped(), before=earlier(may, "segments", "segment_profiles"))
    told = outcome.metrics["between_months"]
    assert told["ari"] is told["size_psi"] is None
    assert told["stayed"] == 1.0
    assert np.isfinite(ways(outcome, "segment")["share"].to_numpy()).all()
