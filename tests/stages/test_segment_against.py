"""telcli segment beside a grouping that is held already: measured, told, and no part of what segments are."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from telcli.errors import UsageError
from telcli.stages import Outcome
from tests.stages.test_segment import codes, customers_of, out, planted, run

QUICK: dict[str, Any] = {"n_segments": 3, "evaluation_months": 0}
OWN = {"young": "A", "voice": "B", "old": "C"}


def grouped(column: str = "old segment", groups: list[Any] | None = None, **more: Any) -> Outcome:
    frame, truth = planted()
    held = {"x_Old_Segment": [OWN[kind] for kind in truth] if groups is None else groups}
    return run(frame, customers=customers_of(frame, **held, **more), **QUICK, compare_with=column)


@pytest.fixture(scope="module")
def found() -> Outcome:
    return grouped()


def test_what_is_told_is_what_the_tables_say(found: Outcome) -> None:
    truth, segments = planted()[1], out(found, "segments")
    told = found.metrics["against"]
    assert told["column"] == "x_Old_Segment"
    assert (told["groups"], told["customers"]) == (3, 360)
    assert told["ari"] == pytest.approx(adjusted_rand_score(truth, segments["segment"]))
    assert told["ami"] == pytest.approx(adjusted_mutual_info_score(truth, segments["segment"]))
    assert told["ari"] > 0.95
    table = out(found, "segment_agreement")
    assert table["customers"].sum() == 360
    assert told["purity"] == pytest.approx(table.group_by("segment").agg(pl.max("customers"))["customers"].sum() / 360)
    assert (
        table.group_by("group_name").agg(pl.sum("share_of_group"))["share_of_group"].to_list() == [pytest.approx(1)] * 3
    )
    assert set(table["segment_name"]) == set(segments["segment_name"])


def test_the_grouping_neither_makes_nor_describes_segments(found: Outcome) -> None:
    frame = planted()[0]
    without = run(frame, **QUICK)
    for table in ("segments", "segment_profiles", "segment_centres", "segment_preparation"):
        assert out(found, table).equals(out(without, table)), table
    described = run(frame, customers=customers_of(frame, x_Old_Segment=[OWN[kind] for kind in planted()[1]]), **QUICK)
    assert out(described, "segment_profiles")["profile"].str.contains("Old Segment").any()
    assert described.metrics["against"] is None
    assert not out(described, "segment_agreement").height


def test_a_number_of_one_month_is_no_behaviour_where_it_is_compared_with() -> None:
    frame = planted()[0].select("customer_id", "revenue", "data_mb")
    amounts = [float(number % 12) for number in range(360)]
    months = _last_month(frame)
    customers = customers_of(frame, x_Points=amounts)
    used = {one: _used(months, customers, **QUICK, compare_with=one) for one in ("", "points")}
    assert "x_Points" in used[""]
    assert "x_Points" not in used["points"]


def _last_month(frame: pl.DataFrame) -> pl.LazyFrame:
    from tests.stages.test_segment import AS_OF, months_of

    return months_of(frame.with_columns(tenure_months=pl.lit(9.0))).filter(pl.col("month") == AS_OF)


def _used(months: pl.LazyFrame, customers: pl.LazyFrame, **settings: Any) -> set[str]:
    from telcli.stages import Inputs
    from telcli.stages.segment import segment
    from tests.stages.test_segment import AS_OF, brief

    found = segment(Inputs({"customer_months": months, "customers": customers}, AS_OF), brief(**settings))
    return {one["column"] for one in found.metrics["preparation"]["used"]}


def test_a_class_that_is_compared_with_stays_in_the_table_but_not_in_the_words() -> None:
    frame, truth = planted()
    classes = ["business" if kind == "voice" else "public" for kind in truth]
    customers = customers_of(frame, customer_class=classes)
    told = run(frame, customers=customers, **QUICK)
    silent = run(frame, customers=customers, **QUICK, compare_with="customer_class")
    assert out(silent, "segments")["customer_class"].to_list() == out(told, "segments")["customer_class"].to_list()
    assert out(told, "segment_profiles")["profile"].str.contains("business").any()
    assert not out(silent, "segment_profiles")["profile"].str.contains("business").any()
    assert silent.metrics["against"]["groups"] == 2


def test_customers_of_no_known_group_are_left_out() -> None:
    truth = planted()[1]
    some = grouped(groups=[OWN[kind] if number % 2 else " " for number, kind in enumerate(truth)])
    assert some.metrics["against"]["customers"] == 180
    none = grouped(groups=[None if number else "" for number in range(360)])
    assert none.metrics["against"] is None
    assert "compare-nobody" in codes(none)


@pytest.mark.parametrize(
    ("column", "groups", "code", "said"),
    [
        ("old segmnt", None, "compare-unknown", "x_Old_Segment"),
        ("customer_id", None, "compare-unknown", "customer_class"),
        ("old segment", [f"g{number}" for number in range(360)], "compare-many", "360"),
    ],
)
def test_what_is_no_grouping_is_refused(column: str, groups: list[Any] | None, code: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        grouped(column, groups)
    assert refused.value.code == code
    assert said in str(refused.value) + str(refused.value.hint)
