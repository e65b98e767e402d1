"""Segments crossed with channels, plans, products and campaigns: counted by hand, hidden where few, drawn."""

from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from telcli.features.touches import paid
from telcli.figures.base import Figures
from telcli.figures.segment_reach import REACH_TEXTS, reach
from telcli.report import build
from telcli.report.reach_section import reach as drawn
from telcli.stages.segment_reach import reach_rows
from telcli.tables import contract

JUNE = date(2024, 6, 1)
SEGMENTS = pl.DataFrame(
    {
        "customer_id": ["A", "B", "C", "D"],
        "segment": [1, 1, 2, 2],
        "segment_name": ["Talkers", "Talkers", "Surfers", "Surfers"],
        "segment_name_zh": ["语音", "语音", "流量", "流量"],
    }
)
MARGINS = pl.DataFrame({"customer_id": ["A", "B", "C", "D"], "margin": [30.0, 10.0, 5.0, None]})


def subjects() -> dict[str, pl.LazyFrame]:
    contacts = [("A", "store", datetime(2024, 6, 30, 23)), ("A", "store", datetime(2024, 1, 1)),
                ("C", "store", datetime(2023, 12, 31, 23)), ("D", "app", datetime(2024, 7, 1)),
                ("B", None, datetime(2024, 5, 1)), ("X", "store", datetime(2024, 5, 1))]  # fmt: skip
    lines = [("s1", "A", "p1", date(2020, 1, 1), None), ("s2", "A", "p1", None, None),
             ("s3", "B", "p2", date(2024, 6, 30), date(2024, 7, 1)), ("s4", "C", "p1", None, date(2024, 6, 30)),
             ("s5", "D", "p2", date(2024, 7, 1), None)]  # fmt: skip
    taken = [("s1", "music", date(2024, 1, 1), None), ("s3", "music", date(2024, 1, 1), date(2024, 6, 1)),
             ("s4", "music", date(2024, 1, 1), None)]  # fmt: skip
    names = ["subscription_id", "customer_id", "plan_id", "activated_on", "ended_on"]
    found = {
        "contacts": pl.DataFrame(contacts, schema=["customer_id", "channel", "opened_at"], orient="row").with_columns(
            contact_id=pl.col("channel").cum_count().cast(pl.String)
        ),
        "subscriptions": pl.DataFrame(lines, schema=names, orient="row").with_columns(
            channel_id=pl.lit(None, dtype=pl.String)
        ),
        "products": pl.DataFrame(
            taken,
            schema={"subscription_id": pl.String, "product_id": pl.String, "started_on": pl.Date, "ended_on": pl.Date},
            orient="row",
        ),
    }
    return {name: frame.lazy() for name, frame in found.items()}


def test_each_customer_counts_once_for_what_it_has_in_the_month() -> None:
    found = reach_rows(SEGMENTS, subjects(), JUNE, MARGINS, 4.0)
    counts = {(row["kind"], row["item"], row["segment"]): row["customers"] for row in found.to_dicts()}
    assert counts == {
        ("contact-channel", "store", 1): 1,
        ("plan", "p1", 1): 1,
        ("plan", "p2", 1): 1,
        ("product", "music", 1): 1,
    }
    (store,) = found.filter(kind="contact-channel").to_dicts()
    assert store["share_of_segment"] == pytest.approx(0.5)
    assert store["share_of_all"] == pytest.approx(0.25)
    assert store["share_index"] == pytest.approx(2.0)
    assert (store["touches"], store["cost"], store["accepted"]) == (2, 8.0, None)
    (plan,) = found.filter(kind="plan", item="p1").to_dicts()
    assert (plan["touches"], plan["cost"], plan["response_rate"]) == (None, None, None)
    assert (plan["margin"], plan["margin_index"], plan["share_of_item"]) == (30.0, 1.5, 1.0)
    contract("segment_reach").require(found.lazy()).collect()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=40))
def test_how_far_from_chance_is_as_scipy_has_it(drawn_: list[tuple[bool, bool]]) -> None:
    ids = [f"K{at}" for at in range(len(drawn_))]
    people = pl.DataFrame({"customer_id": ids, "segment": [1 if one else 2 for one, _ in drawn_]}).with_columns(
        segment_name=pl.lit("s"), segment_name_zh=pl.lit("群")
    )
    lines = pl.DataFrame(
        {"subscription_id": ids, "customer_id": ids, "plan_id": ["p" if has else "q" for _, has in drawn_]}
    )
    margins = pl.DataFrame({"customer_id": ids, "margin": [1.0] * len(ids)})
    found = reach_rows(people, {"subscriptions": lines.lazy()}, JUNE, margins)
    for row in found.to_dicts():
        having = sum(has == (row["item"] == "p") for _, has in drawn_)
        size = sum(one == (row["segment"] == 1) for one, _ in drawn_)
        if len(ids) in (size, having):  # nothing is left to chance
            assert row["share_z"] is None
        else:
            counts = np.arange(len(ids) + 1)
            odds = hypergeom(len(ids), size, having).pmf(counts)
            mean = (odds * counts).sum()
            deviation = np.sqrt((odds * (counts - mean) ** 2).sum())
            assert row["share_z"] == pytest.approx((row["customers"] - mean) / deviation, abs=1e-9)


def test_without_subjects_there_are_no_rows() -> None:
    assert not contract("segment_reach").require(reach_rows(SEGMENTS, {}, JUNE, MARGINS).lazy()).collect().height


def payments() -> pl.LazyFrame:
    paid = [("1", "A", "app", False), ("2", "B", "app", True), ("3", "C", "bank", None), ("4", "D", "bank", True)]
    frame = pl.DataFrame(paid, schema=["payment_id", "customer_id", "channel", "reversed"], orient="row")
    return frame.with_columns(paid_at=pl.lit(datetime(2024, 6, 3)), amount=pl.lit(9.0)).lazy()


def test_a_payment_taken_back_is_no_use_of_a_channel() -> None:
    found = reach_rows(SEGMENTS, {"payments": payments()}, JUNE, MARGINS)
    assert found.select("item", "segment", "customers").rows() == [("app", 1, 1), ("bank", 2, 1)]


def test_payments_count_by_the_rule_of_the_online_view() -> None:
    """Nothing or less is no payment, and the method stands where no channel does."""
    more = payments().with_columns(
        method=pl.lit("direct debit"), channel=pl.when(pl.col("customer_id") != "C").then("channel")
    )
    paid_back = more.filter(customer_id="A").with_columns(customer_id=pl.lit("B"), amount=pl.lit(-9.0))
    found = reach_rows(SEGMENTS, {"payments": pl.concat([more, paid_back])}, JUNE, MARGINS)
    assert found.select("item", "segment", "customers").rows() == [("app", 1, 1), ("direct debit", 2, 1)]
    online = paid(pl.concat([more, paid_back]), JUNE, "app")
    assert online.collect().sort("customer_id").rows() == [("A", 28, 1, 1, 1), ("C", 28, 1, 1, 0)]


def campaigns() -> pl.LazyFrame:
    told = [("m1", "A", "treated", "sms", "Y", 2.0), ("m1", "B", "treated", "sms", None, 2.0),
            ("m1", "C", "treated", "sms", "no", 2.0), ("m1", "D", "held_out", "sms", "Y", 2.0),
            ("m2", "A", None, "sms", None, None), ("m2", "C", None, "call", None, None)]  # fmt: skip
    names = ["campaign_id", "customer_id", "arm", "channel", "response", "cost"]
    frame = pl.DataFrame(told, schema=names, orient="row", infer_schema_length=None)
    dated = frame.with_columns(contacted_on=pl.lit(date(2024, 1, 1)), outcome=pl.lit(None, dtype=pl.String))
    early = dated.head(1).with_columns(contacted_on=pl.lit(date(2023, 12, 31)), campaign_id=pl.lit("m0"))
    return pl.concat([dated, early]).lazy()


def test_who_was_contacted_and_took_it_up_by_hand() -> None:
    found = reach_rows(SEGMENTS, {"campaigns": campaigns()}, JUNE, MARGINS)
    contract("segment_reach").require(found.lazy()).collect()
    rows = {(row["kind"], row["item"], row["segment"]): row for row in found.to_dicts()}
    assert {key for key in rows if key[0] == "campaign"} == {
        ("campaign", "m1", 1), ("campaign", "m1", 2), ("campaign", "m2", 1), ("campaign", "m2", 2)}  # fmt: skip
    first, second = rows["campaign", "m1", 1], rows["campaign", "m1", 2]
    assert (first["customers"], first["accepted"], first["response_rate"], first["cost"]) == (2, 1, 0.5, 4.0)
    assert first["response_index"] == pytest.approx(1.5)  # 1 of 2, of 1 of 3 of all contacted
    assert (second["accepted"], second["response_index"], second["cost"]) == (0, 0.0, 2.0)
    assert (first["share_of_item"], first["share_of_segment"]) == (pytest.approx(2 / 3), 1.0)
    silent = rows["campaign", "m2", 1]
    assert (silent["accepted"], silent["response_rate"], silent["cost"]) == (None, None, None)
    sms = rows["campaign-channel", "sms", 1]
    assert (sms["customers"], sms["touches"], sms["accepted"], sms["cost"]) == (2, 3, 1, 4.0)
    assert (sms["margin"], sms["margin_index"]) == (20.0, 1.0)


def table(counts: dict[tuple[str, int], int]) -> pl.DataFrame:
    rows: list[dict[str, Any]] = [
        {"kind": "plan", "item": item, "segment": segment, "segment_name": f"S{segment}", "segment_name_zh": "群",
         "customers": count, "share_of_segment": count / 100, "share_index": count / 50, "accepted": None,
         "response_rate": None, "response_index": None, "margin": None, "margin_index": None}
        for (item, segment), count in counts.items()
    ]  # fmt: skip
    return pl.DataFrame(rows)


def test_few_and_nearly_all_are_hidden() -> None:
    held = table({("p1", 1): 60, ("p1", 2): 95, ("p2", 1): 30, ("p2", 2): 50, ("p3", 1): 4, ("p3", 2): 30})
    rows = reach(held, {1: 100, 2: 100}, 10)
    small = {(row["item"], row["segment"]) for row in rows if row.get("small")}
    assert {("p3", 1), ("p3", 2), ("p1", 2)} <= small
    assert ("p1", 1) in small  # its share and index would tell how many have p1, and so how many of segment 2 lack it
    assert ("p2", 1) not in small
    assert all("customers" not in row for row in rows if row.get("small"))
    assert not [row for row in reach(held, {1: 100, 2: 100}, 0) if row.get("small")]


def test_whom_all_but_a_few_have_does_not_follow_from_what_is_shown() -> None:
    rows = reach(table({("p1", 1): 198, ("p1", 2): 50, ("p1", 3): 30}), {1: 200, 2: 100, 3: 100}, 10)
    assert [row["segment"] for row in rows if row.get("small")] == [1, 2]


def test_few_in_two_segments_take_a_third_with_them() -> None:
    rows = reach(table({("p1", 1): 1, ("p1", 2): 2, ("p1", 3): 60}), {1: 200, 2: 200, 3: 200}, 10)
    assert all(row.get("small") for row in rows)
    rows = reach(table({("p1", 1): 199, ("p1", 2): 198, ("p1", 3): 60}), {1: 200, 2: 200, 3: 200}, 10)
    assert all(row.get("small") for row in rows)


def test_a_segment_whose_size_is_hidden_shows_no_share() -> None:
    held = table({("p1", 1): 3, ("p1", 2): 4, ("p1", 3): 60, ("p1", 4): 70})
    rows = reach(held, {1: None, 2: None, 3: 200, 4: 200}, 10)
    assert {row["segment"]: row.get("small") for row in rows} == {3: 1.0, 4: None}  # else 7 have p1 of segments 1 and 2


@pytest.mark.parametrize(("lang", "title"), [("en", "Plan by segment: "), ("zh", "客群与套餐：")])
def test_the_page_shows_shares_and_how_they_compare(lang: str, title: str) -> None:
    figures = Figures()
    held = table({("p1", 1): 60, ("p2", 2): 50, ("p2", 1): 40})
    figures.block("segment_reach", reach(held, {1: 100, 2: 100}, 10), REACH_TEXTS)
    (found,) = drawn(build(figures.frame(JUNE), lang=lang, currency="CNY"))
    assert found.title.startswith(title)
    assert [row[0].text for row in found.rows] == ["p2", "p1"]
    assert found.rows[1][1].text.startswith("60.0% · 1.20")
    assert found.rows[1][2].text == "–"


def answers() -> pl.DataFrame:
    rows = [
        {"kind": "offer", "item": item, "segment": segment, "segment_name": f"S{segment}", "segment_name_zh": "群",
         "customers": count, "share_of_segment": count / 100, "share_index": 1.0, "accepted": took,
         "response_rate": took / count, "response_index": 2.0, "margin": 10.0, "margin_index": 0.5}
        for item, segment, count, took in [("o1", 1, 60, 20), ("o1", 2, 60, 40), ("o2", 1, 50, 3), ("o2", 2, 40, 20),
                                           ("o3", 1, 30, 15), ("o3", 2, 30, 15)]
    ]  # fmt: skip
    return pl.DataFrame(rows)


def test_a_rate_that_tells_of_few_is_hidden_with_what_betrays_it() -> None:
    rows = reach(answers(), {1: 200, 2: 200}, 10)
    hidden = {(row["item"], row["segment"]) for row in rows if row.get("small_response")}
    assert ("o2", 1) in hidden
    for line in ({("o2", 1), ("o2", 2)}, {("o1", 1), ("o2", 1), ("o3", 1)}):
        assert len(hidden & line) != 1
    assert not [row for row in rows if row.get("small_response") and "response_rate" in row]
    assert not [row for row in rows if row.get("small")]


def test_a_rate_does_not_tell_of_those_whose_count_is_hidden() -> None:
    told = answers().filter(item="o1").head(1)
    cells = [(1, 5, 1), (2, 15, 2), (3, 80, 40), (4, 90, 45)]
    rows = reach(
        pl.concat(
            told.with_columns(segment=pl.lit(segment, dtype=pl.Int64), customers=pl.lit(count, dtype=pl.Int64),
                              accepted=pl.lit(took, dtype=pl.Int64), response_rate=pl.lit(took / count))
            for segment, count, took in cells
        ), dict.fromkeys(range(1, 5), 200), 10)  # fmt: skip
    assert [row["segment"] for row in rows if row.get("small")] == [1, 2]
    assert [row["segment"] for row in rows if "response_rate" in row] == [4]  # else 3 took it up of segments 1 and 2


def test_the_campaigns_beside_channels_and_offers_are_not_on_the_page() -> None:
    assert not reach(answers().with_columns(kind=pl.lit("campaign")), {1: 200, 2: 200}, 10)


@pytest.mark.parametrize(("lang", "titles"), [("en", "share of those contacted who took it up"), ("zh", "响应率")])
def test_the_page_shows_response(lang: str, titles: str) -> None:
    figures = Figures()
    figures.block("segment_reach", reach(answers(), {1: 200, 2: 200}, 0), REACH_TEXTS)
    _, found = drawn(build(figures.frame(JUNE), lang=lang, currency="CNY"))
    assert titles in found.title
    assert found.rows[0][1].text.startswith("33.3% · 2.00")


@pytest.mark.parametrize(("lang", "titles"), [("en", "mean margin a month"), ("zh", "户均月毛利")])
def test_the_page_shows_margin_of_plans(lang: str, titles: str) -> None:
    figures = Figures()
    held = answers().with_columns(kind=pl.lit("plan"), response_rate=pl.lit(None, dtype=pl.Float64))
    figures.block("segment_reach", reach(held, {1: 200, 2: 200}, 0), REACH_TEXTS)
    _, found = drawn(build(figures.frame(JUNE), lang=lang, currency="CNY"))
    assert titles in found.title
    assert "10.00" in found.rows[0][1].text
    assert " · 0.50" in found.rows[0][1].text
