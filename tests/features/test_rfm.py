"""RFM scores: by rank alone, ties together, each way of paying on its own."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from telcli.features.rfm import quintile, rfm_scores, rfm_variant

KINDS = {
    "rfm_variant": pl.String,
    "payment_days": pl.Int64,
    "months_since_use": pl.Float64,
    "top_ups": pl.Int64,
    "use_days": pl.Float64,
    "paid_mean": pl.Float64,
    "margin": pl.Float64,
    "tenure_months": pl.Float64,
    "complaints_sum_6": pl.Float64,
}
MONEY = st.lists(st.integers(0, 40).map(float), min_size=1, max_size=40)


def scored(rows: list[dict[str, Any]]) -> pl.DataFrame:
    frame = pl.DataFrame([{**dict.fromkeys(KINDS), **row} for row in rows], schema=KINDS)
    return frame.select(rfm_scores())


def fifths(values: list[float | None], **how: bool) -> list[int | None]:
    frame = pl.DataFrame({"v": values}, schema={"v": pl.Float64})
    return frame.select(quintile(pl.col("v"), **how))["v"].to_list()


def test_five_customers_have_five_scores_and_ties_share() -> None:
    assert fifths([10.0, 20.0, 30.0, 40.0, 50.0]) == [1, 2, 3, 4, 5]
    assert fifths([10.0, 20.0, 30.0, 40.0, 50.0], low_is_best=True) == [5, 4, 3, 2, 1]
    assert fifths([0.0] * 9 + [1.0]) == [3] * 9 + [5]
    assert fifths([None, None]) == [None, None]
    assert fifths([7.0]) == [3]


@given(MONEY, st.sampled_from([0.01, 0.1, 100.0, 7.3]))
def test_neither_the_unit_of_money_nor_the_order_of_rows_matters(values: list[float], unit: float) -> None:
    plain = fifths(list(values))
    assert fifths([value * unit for value in values]) == plain
    assert fifths(values[::-1]) == plain[::-1]


@given(MONEY)
def test_equal_values_have_equal_scores_and_more_is_never_less(values: list[float]) -> None:
    found = sorted(zip(values, fifths(list(values)), strict=True))
    by_value: dict[float, set[int | None]] = {}
    for value, score in found:
        by_value.setdefault(value, set()).add(score)
    assert all(len(scores) == 1 for scores in by_value.values())
    scores = [score for _, score in found]
    assert scores == sorted(scores)  # type: ignore[type-var]


@given(st.permutations(range(8)))
def test_scores_go_with_the_customer(order: list[int]) -> None:
    rows = [
        {
            "rfm_variant": "prepaid" if n % 2 else "postpaid",
            "payment_days": 9 * n,
            "use_days": float(n),
            "margin": n * 2.0,
        }
        for n in range(8)
    ]
    plain = scored(rows).rows()
    assert scored([rows[place] for place in order]).rows() == [plain[place] for place in order]


def test_prepaid_are_scored_among_prepaid() -> None:
    rows = [{"rfm_variant": "prepaid", "paid_mean": float(n), "margin": 50.0 - n, "top_ups": n} for n in (1, 2)]
    rows += [{"rfm_variant": "postpaid", "paid_mean": 90.0, "margin": m, "tenure_months": m} for m in (70.0, 80.0)]
    found = scored(rows)
    assert found["monetary"].to_list() == [2, 4, 2, 4]
    assert found["frequency"].to_list() == [2, 4, None, None]
    assert found["tenure_score"].to_list() == [None, None, 2, 4]


def test_a_day_within_the_month_of_the_bill_is_no_sign() -> None:
    rows = [{"rfm_variant": "postpaid", "payment_days": days} for days in (1, 12, 29, 31)]
    assert scored(rows)["recency"].to_list() == [4, 4, 4, 1]


def test_recency_without_payments_is_that_of_use() -> None:
    rows = [{"rfm_variant": "prepaid", "months_since_use": months} for months in (0.0, 3.0)]
    assert scored(rows)["recency"].to_list() == [4, 2]


def test_the_variant_is_that_of_the_lines() -> None:
    frame = pl.DataFrame({"prepaid": [True, False, None]})
    assert frame.select(rfm_variant())["rfm_variant"].to_list() == ["prepaid", "postpaid", None]


def test_payments_and_margins_are_never_ranked_among_each_other() -> None:
    """Whose margin is not known has no score beside those whose is; where it is nobody's, payments stand in."""
    margins = [{"rfm_variant": "postpaid", "margin": float(n), "paid_mean": 1.0} for n in range(4)]
    unknown = {"rfm_variant": "postpaid", "paid_mean": 900.0}
    found = scored([*margins, unknown])["monetary"].to_list()
    assert found[4] is None
    assert found[:4] == scored(margins)["monetary"].to_list() == sorted(found[:4])
    alone = [{"rfm_variant": "postpaid", "paid_mean": float(n)} for n in range(5)]
    assert scored(alone)["monetary"].to_list() == [1, 2, 3, 4, 5]
    prepaid = [{**row, "rfm_variant": "prepaid"} for row in alone]
    assert scored([*prepaid, {"rfm_variant": "prepaid", "margin": 9.0}])["monetary"].to_list() == [1, 2, 3, 4, 5, None]


@given(st.lists(st.integers(0, 3).map(float), min_size=1, max_size=40))
def test_who_did_not_complain_is_never_held_to_complain(complaints: list[float]) -> None:
    """Fewer complaints are never a lower score, and none at all is never a low one."""
    rows = [{"rfm_variant": "postpaid", "complaints_sum_6": one} for one in complaints]
    found = scored(rows)["complaint_score"].to_list()
    assert all(score > 2 for score, one in zip(found, complaints, strict=True) if one == 0)
    ranked = [score for _, score in sorted(zip(complaints, found, strict=True))]
    assert ranked == sorted(ranked, reverse=True)
