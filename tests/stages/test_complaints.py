"""What customers complain of, what emerges, and how it is handled."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import MissingInputError, UsageError
from telcli.methods.event_rates import rate_interval
from telcli.settings import ComplaintsSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.complaints import complaints
from telcli.tables import contract

AS_OF = date(2024, 6, 1)
MONTHS = [date(2023, month, 1) for month in range(1, 13)] + [date(2024, month, 1) for month in range(1, 7)]


def contact(number: int, month: date, **more: Any) -> dict[str, Any]:
    """One contact of a customer of the same number, in the middle of a month."""
    opened = datetime(month.year, month.month, 5 + number % 20, 9)
    row = {"contact_id": f"{month:%y%m}-{number}", "customer_id": f"C{number}", "opened_at": opened}
    return {**row, "closed_at": opened + timedelta(hours=5), "kind": "complaint", **more}


def tables(contacts: list[dict[str, Any]], customers: int = 1_000) -> dict[str, pl.LazyFrame]:
    names = [f"C{number}" for number in range(customers)]
    frame = contract("contacts").conform(pl.DataFrame(contacts, infer_schema_length=None).lazy())
    there = pl.DataFrame({"customer_id": names}).join(pl.DataFrame({"month": MONTHS}), how="cross")
    return {
        "contacts": frame,
        "customers": contract("customers").conform(pl.LazyFrame({"customer_id": names})),
        "customer_months": there.with_columns(active=pl.lit(value=True), left=pl.lit(value=False)).lazy(),
    }


def told(contacts: list[dict[str, Any]], settings: ComplaintsSettings | None = None, **more: Any) -> Outcome:
    choices = {"topics": more.pop("topics")} if "topics" in more else {}
    return complaints(Inputs(tables(contacts, **more), AS_OF, choices=choices), settings or ComplaintsSettings())


def steady(rises: int) -> list[dict[str, Any]]:
    """Eight complaints a month about prices and eight about the signal, more of the latter in the last month."""
    rows = []
    for month in MONTHS:
        more = rises if month == AS_OF else 0
        rows += [contact(at, month, topic="资费争议") for at in range(8)]
        rows += [contact(100 + at, month, text="信号很差") for at in range(8 + more)]
    return rows


def row(outcome: Outcome, topic: str, kind: str = "complaint", coding: str = "taxonomy") -> dict[str, Any]:
    frame = outcome.tables["complaint_topics"].collect()
    found = frame.filter(pl.col("month") == AS_OF, pl.col("topic") == topic, pl.col("kind") == kind)
    (only,) = found.filter(pl.col("coding") == coding).to_dicts()
    return only


def test_a_topic_that_rises_emerges_and_no_other() -> None:
    outcome = told(steady(30))
    signal, price = row(outcome, "coverage"), row(outcome, "price")
    assert (signal["contacts"], signal["rate"], signal["usual_rate"]) == (38, 38.0, 8.0)
    assert signal["change"] == pytest.approx(3.75)
    assert signal["ratio_low"] > 2
    assert signal["emerging"]
    assert signal["chance_among"] < 0.001
    assert not price["emerging"]
    assert price["change"] == 0.0
    assert outcome.metrics["emerging"] == 1


def test_a_rise_spread_over_kinds_of_contact_emerges_once() -> None:
    kinds = ("complaint", "enquiry", "fault", "request")
    spread = [contact(300 + at, AS_OF, text="信号很差", kind=kinds[at % 4]) for at in range(24)]
    outcome = told(steady(0)[::2] + spread)
    assert not any(row(outcome, "coverage", kind)["emerging"] for kind in kinds)
    assert row(outcome, "coverage", "all")["emerging"]
    assert outcome.metrics["emerging"] == 1


def test_a_rise_of_every_year_does_not_emerge() -> None:
    season = [contact(200 + at, date(2023, 6, 1), text="信号很差") for at in range(30)]
    signal = row(told(steady(30) + season), "coverage")
    assert signal["year_change"] == 0.0
    assert not signal["emerging"]
    assert signal["chance_among"] < 0.001


def test_what_was_said_goes_before_the_topic_of_the_source_which_is_kept_beside() -> None:
    rows = [contact(at, AS_OF, topic="业务咨询", text="宽带断网了") for at in range(12)]
    rows += [contact(50 + at, AS_OF, topic="其他") for at in range(3)]
    outcome = told(rows)
    assert row(outcome, "broadband-fault")["contacts"] == 12
    assert row(outcome, "uncoded")["contacts"] == 3
    assert row(outcome, "uncoded")["small"]
    assert row(outcome, "业务咨询", coding="source")["contacts"] == 12
    assert outcome.metrics["coded_by_text"] == pytest.approx(0.8)


def test_topics_of_the_operator_go_before_telclis() -> None:
    rows = [contact(at, AS_OF, text="eSIM 信号差") for at in range(12)]
    outcome = told(rows, topics={"esim": {"theme": "product", "words": ["esim"], "zh": "eSIM业务"}})
    assert row(outcome, "esim")["topic_name_zh"] == "eSIM业务"
    assert row(outcome, "esim")["theme"] == "product"


def test_customers_made_of_their_calls_are_no_base() -> None:
    outcome = told([contact(at, AS_OF) for at in range(20)], customers=20)
    assert row(outcome, "all")["rate"] is None
    assert "complaints-no-base" in [notice.code for notice in outcome.notices]


def test_nothing_after_the_month_is_seen() -> None:
    later = [contact(at, date(2024, 7, 1), text="信号很差") for at in range(90)]
    assert row(told(steady(0) + later), "coverage")["contacts"] == 8


def test_the_order_of_rows_changes_nothing() -> None:
    rows = steady(12)
    one, other = (told(order).tables["complaint_topics"].collect() for order in (rows, rows[::-1]))
    assert one.equals(other)


def test_without_contacts_it_says_what_to_ingest() -> None:
    with pytest.raises(MissingInputError, match="No contact is known"):
        told([contact(1, date(2024, 7, 1))])


def test_tickets_of_key_accounts_are_listed_by_the_time_they_have_left() -> None:
    late = contact(1, AS_OF, severity=3, closed_at=None, contact_id="late")
    fresh = contact(2, AS_OF, severity=1, closed_at=None, contact_id="fresh", opened_at=datetime(2024, 6, 28, 9))
    slow = contact(3, AS_OF, severity=2, contact_id="slow")
    slow["closed_at"] = slow["opened_at"] + timedelta(hours=30)
    rows = [late, fresh, slow, contact(4, AS_OF, severity=3), contact(900, AS_OF, closed_at=None)]
    given = tables(rows)
    key = pl.when(pl.col("customer_id").is_in(["C1", "C2", "C3", "C4"])).then(pl.lit("key")).otherwise(pl.lit("public"))
    given["customers"] = contract("customers").conform(given["customers"].with_columns(customer_class=key))
    outcome = complaints(Inputs(given, AS_OF), ComplaintsSettings())
    found = contract("complaint_sla").require(outcome.tables["complaint_sla"]).collect().sort("rank")
    assert found.select("contact_id", "state").rows() == [("late", "overdue"), ("fresh", "open"), ("slow", "late")]
    assert found["hours_left"].to_list()[2] == pytest.approx(24 - 30)
    assert found["age_hours"][1] == 0.0
    assert outcome.metrics["sla_breaches"] == 2


def test_handling_counts_repeats_and_what_is_open_as_open() -> None:
    rows = [contact(at, AS_OF, topic="资费争议") for at in range(12)]
    again = {**rows[0], "contact_id": "again", "opened_at": rows[0]["opened_at"] + timedelta(days=3), "closed_at": None}
    outcome = told([*rows, again])
    frame = contract("complaint_handling").require(outcome.tables["complaint_handling"]).collect()
    (row,) = frame.filter(dimension="all").to_dicts()
    assert (row["contacts"], row["repeats"], row["open"]) == (13, 1, 1)
    assert row["median_hours"] == 5.0
    assert row["repeat_low"] < row["repeat_share"] < row["repeat_high"]


def test_calls_are_told_as_far_as_attributes_tell_them() -> None:
    rows = [
        contact(at, AS_OF, closed_at=None, rating=4.0 if at < 15 else None)
        | {
            "x_Answered_Y_N": at < 15,
            "x_Time": f"{9 + at % 2}:30:00",
            "x_AvgTalkDuration": "00:02:00" if at < 15 else None,
        }
        for at in range(20)
    ]
    outcome = told(rows)
    frame = contract("contact_load").require(outcome.tables["contact_load"]).collect()
    (row,) = frame.filter(dimension="all").to_dicts()
    assert (row["contacts"], row["calls"], row["unanswered"], row["rated"]) == (20, 20, 5, 15)
    assert row["answered_low"] < row["answered_share"] == 0.75 < row["answered_high"]
    assert (row["talk_s"], row["rating"], row["wait_s"]) == (120.0, 4.0, None)
    assert frame.filter(dimension="hour")["contacts"].to_list() == [10, 10]
    assert "complaints-no-closing" in [notice.code for notice in outcome.notices]
    assert outcome.metrics["in_time_share"] is None


def test_who_complains_again_or_waits_long_is_listed_by_what_leaving_would_cost() -> None:
    rows = [contact(at, AS_OF, contact_id=f"{at}-{time}") for at in (1, 2) for time in range(1 + at)]
    rows += [contact(3, AS_OF, closed_at=None), contact(4, AS_OF), contact(19, AS_OF, kind="enquiry")]
    given = tables(rows)
    names = ["C1", "C2", "C3"]
    given["churn_scores"] = pl.LazyFrame({"customer_id": names, "churn_probability": [0.5, 0.1, 0.2]})
    given["value_scores"] = pl.LazyFrame({"customer_id": names, "retention_value": [100.0, 100.0, 300.0]})
    outcome = complaints(Inputs(given, AS_OF), ComplaintsSettings(waiting_days=5))
    found = contract("complaint_customers").require(outcome.tables["complaint_customers"]).collect().sort("rank")
    assert found.select("customer_id", "complaints", "value_at_risk").rows() == [
        ("C3", 1, 60.0),
        ("C1", 2, 50.0),
        ("C2", 3, 10.0),
    ]
    assert found["open"].to_list() == [1, 0, 0]


def test_words_that_emerge_in_texts_without_a_topic_are_told_and_nobodys_own() -> None:
    rows = [contact(at, month, text="hello again neighbour") for month in MONTHS[-7:] for at in range(12)]
    rows += [contact(100 + at, AS_OF, text=f"drohne number {at}, 无人机") for at in range(30)]
    rows += [contact(300, AS_OF, text="smithson said hello")]
    outcome = told(rows)
    frame = contract("complaint_words").require(outcome.tables["complaint_words"]).collect()
    found = frame.filter(pl.col("emerging"))["term"].to_list()
    assert {"drohne", "无人", "人机"} <= set(found)
    assert "neighbour" not in found
    assert "smithson" not in frame["term"].to_list()
    assert outcome.metrics["emerging_words"] == len(found)


def test_without_texts_no_word_is_told() -> None:
    assert told([contact(at, AS_OF) for at in range(20)]).tables["complaint_words"].collect().is_empty()


def test_one_customer_with_many_tickets_makes_no_topic_emerge() -> None:
    many = [contact(7, AS_OF, contact_id=f"many-{at}", text="信号很差") for at in range(40)]
    signal = row(told(steady(0) + many), "coverage")
    assert (signal["contacts"], signal["customers"]) == (48, 9)
    assert signal["change"] == pytest.approx(5.0)
    assert signal["chance"] > 0.1
    assert not signal["emerging"]
    # forty of 48 are one customer's: the interval is far wider than that of 48 who call once
    assert signal["rate_low"] < 20 and signal["rate_high"] > 90
    few = [contact(at, AS_OF, text="信号很差") for at in range(300, 309)]
    rare = [contact(0, month, topic="资费争议") for month in MONTHS]
    assert not row(told(few + rare), "coverage", kind="complaint")["emerging"]


def test_months_without_a_contact_are_usual_too() -> None:
    early = [contact(at, month, text="信号很差") for month in MONTHS[-7:-4] for at in range(12)]
    now = [contact(at, AS_OF, text="信号很差") for at in range(12)]
    signal = row(told(early + now), "coverage")
    assert signal["usual_rate"] == pytest.approx(6.0)
    assert signal["ratio"] == pytest.approx(2.0)


def test_an_interval_of_a_rate_covers_it_where_contacts_bunch() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        each = rng.geometric(0.3, rng.poisson(60)).astype(float)
        low, high = rate_interval(each.sum(), 1.0, spread=(each**2).sum() / each.sum())
        held += bool(low <= 200.0 <= high)
    assert held / 400 > 0.92


def test_in_time_is_told_of_tickets_whose_hours_are_over() -> None:
    end = datetime(2024, 6, 29, 9)
    old = [contact(at, AS_OF, opened_at=end - timedelta(days=9), closed_at=end - timedelta(days=8)) for at in range(5)]
    slow = [contact(at, AS_OF, opened_at=end - timedelta(days=9), closed_at=end) for at in range(5, 10)]
    quick = [contact(at, AS_OF, opened_at=end - timedelta(hours=6), closed_at=end) for at in range(10, 40)]
    fresh = [contact(at, AS_OF, opened_at=end - timedelta(hours=6), closed_at=None) for at in range(40, 70)]
    assert told([*old, *slow, *quick, *fresh]).metrics["in_time_share"] == 0.5


def test_groups_that_complain_more_than_others_are_told_and_small_ones_withheld() -> None:
    rows = [contact(at, AS_OF) for at in range(60)] + [contact(500 + at, AS_OF) for at in range(10)]
    given = tables(rows)
    number = pl.col("customer_id").str.slice(1).cast(pl.Int64)
    branch = pl.when(number < 100).then(pl.lit("A")).when(number < 995).then(pl.lit("B")).otherwise(pl.lit("C"))
    given["customers"] = contract("customers").conform(given["customers"].with_columns(branch=branch))
    found = complaints(Inputs(given, AS_OF), ComplaintsSettings()).tables["complaint_groups"]
    frame = contract("complaint_groups").require(found).collect().filter(kind="complaint", dimension="branch")
    assert frame["level"].to_list() == ["A", "B", "C"]
    assert frame["small"].to_list() == [True, False, True]  # A would tell C by subtraction
    assert frame["customers"].to_list() == [None, 895, None]
    of_all = [{**row, "customer_id": f"C{at}"} for at, row in enumerate(rows)]
    given = tables(of_all)
    halves = pl.when(number < 100).then(pl.lit("A")).otherwise(pl.lit("B"))
    given["customers"] = contract("customers").conform(given["customers"].with_columns(branch=halves))
    found = complaints(Inputs(given, AS_OF), ComplaintsSettings()).tables["complaint_groups"]
    (first, other) = found.collect().filter(kind="complaint", dimension="branch").sort("level").to_dicts()
    assert (first["contacts"], first["base_months"], first["callers"]) == (70, 300, 70)
    assert first["rate"] == pytest.approx(70 / 300 * 1000)
    assert first["differs"] and other["differs"] and first["ratio_low"] > 1 > other["ratio_high"]


def test_agents_are_told_from_thirty_contacts_on_pulled_towards_all() -> None:
    rows = [
        contact(at, AS_OF, rating=float(3 + at % 3), contact_id=f"{agent}-{at}")
        | {"x_agent_code": agent, "x_Answered": at % 10 < 8}
        for agent, many in (("8801", 40), ("8802", 60), ("8803", 29))
        for at in range(many)
    ]
    found = told(rows).tables["contact_agents"].collect()
    frame = contract("contact_agents").require(found.lazy()).collect()
    assert frame["agent"].to_list() == ["8801", "8802"]
    assert frame["calls"].to_list() == [40, 60]
    assert frame["answered_shrunk"].to_list() == pytest.approx([0.8, 0.8])
    assert (frame["answered_low"] < 0.8).all() and (frame["answered_high"] > 0.8).all()


def test_hours_of_business_leave_out_nights_weekends_and_holidays() -> None:
    friday, monday = datetime(2024, 6, 7, 17), datetime(2024, 6, 11, 10)  # the 10th is a holiday in China
    rows = [contact(at, AS_OF, opened_at=friday, closed_at=monday, severity=3) for at in range(12)]
    assert told(rows).metrics["median_hours"] == 89.0
    settings = ComplaintsSettings(working_hours="09:00-12:00, 13:00-18:00")
    assert told(rows, settings).metrics["median_hours"] == 2.0
    assert told(rows).metrics["in_time_share"] == 0.0
    assert told(rows, settings).metrics["in_time_share"] is None  # their eight hours are not over yet
    assert (
        told(rows, ComplaintsSettings(working_hours="09:00-18:00", holidays="weekends")).metrics["median_hours"] == 11.0
    )
    with pytest.raises(UsageError, match="no span of a day"):
        told(rows, ComplaintsSettings(working_hours="18:00-09:00"))


def test_topics_of_customers_and_tickets_have_their_names() -> None:
    rows = [contact(at, AS_OF, contact_id=f"{at}-{n}", text="信号很差") for at in range(2) for n in range(2)]
    found = told(rows).tables["complaint_customers"].collect()
    assert found.select("topic", "topic_name", "topic_name_zh").row(0) == (
        "coverage",
        "Signal and coverage",
        "信号与覆盖",
    )


def test_months_long_without_contacts_have_no_figures() -> None:
    outcome = told([contact(at, MONTHS[-5], closed_at=None) for at in range(20)])
    assert outcome.notices[0].code == "complaints-month-silent"
    assert outcome.tables["complaint_handling"].collect().is_empty()
    assert outcome.tables["contact_load"].collect().is_empty()
    assert outcome.tables["complaint_groups"].collect().is_empty()
    assert outcome.metrics["complaint_rate"] is None and outcome.metrics["latest"] == "2024-02"
