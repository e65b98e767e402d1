"""Who may be contacted, and where campaigns meet, beside the plainest way of saying it."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.features.campaign_overlap import overlaps
from telcli.features.contact_policy import ContactRules, contacts, excluded, held_back, refusing

ON = date(2024, 7, 1)
days = st.integers(-120, 40).map(lambda ago: ON + timedelta(days=ago))
rows = st.lists(st.tuples(st.sampled_from("PQRS"), st.sampled_from("abcd"), st.sampled_from("xy"), days), max_size=25)
Row = tuple[str, str, str, date]


def made(told: list[Row]) -> pl.DataFrame:
    campaigns = pl.DataFrame(
        [{"campaign_id": row[0], "customer_id": row[1], "offer_id": row[2], "contacted_on": row[3]} for row in told],
        schema={"campaign_id": pl.String, "customer_id": pl.String, "offer_id": pl.String, "contacted_on": pl.Date},
    )
    return contacts(campaigns.with_columns(arm=pl.lit(None, pl.String)).lazy())


@settings(max_examples=40)
@given(rows, st.integers(0, 60), st.integers(0, 3), st.integers(1, 100), st.permutations("PQRS"))
def test_each_customer_is_told_the_first_rule_that_holds(
    told: list[Row], quiet: int, cap: int, window: int, order: list[str]
) -> None:
    rules = ContactRules(quiet, 0, cap, window, own="P", priorities=tuple(order))
    found = held_back(pl.DataFrame({"customer_id": list("dcba")}), made(told), on=ON, rules=rules, suppressed=["d"])
    assert found["customer_id"].to_list() == list("abcd")
    for customer, why, _ in found.rows():
        dates = {(row[0], row[3]) for row in told if row[1] == customer and row[0] != "P"}
        counted = [day for name, day in dates if day < ON or order.index(name) < order.index("P")]
        near = any(abs((day - ON).days) < quiet for day in counted)
        often = 0 < cap <= sum(0 < (ON - day).days <= window for _, day in dates)
        expected = "suppressed" if customer == "d" else "quiet-period" if near else "frequency" if often else None
        assert why == expected


@settings(max_examples=40)
@given(rows, st.integers(1, 70), st.permutations("PQRS"))
def test_pairs_of_campaigns_are_those_that_met_in_a_customer(told: list[Row], reach: int, order: list[str]) -> None:
    found = overlaps(made(told), days=reach, priorities=order[:2])
    met: dict[frozenset[str], set[str]] = {}
    near: dict[frozenset[str], set[str]] = {}
    for one in told:
        for two in told:
            if one[0] == two[0] or one[1] != two[1]:
                continue
            pair, apart = frozenset((one[0], two[0])), abs((one[3] - two[3]).days)
            if apart < reach:
                near.setdefault(pair, set()).add(one[1])
            if apart < reach or one[3].replace(day=1) == two[3].replace(day=1):
                met.setdefault(pair, set()).add(one[1])
    assert {frozenset(row[:2]) for row in found.rows()} == set(met)
    for row in found.iter_rows(named=True):
        pair = frozenset((row["first"], row["second"]))
        assert (row["both"], row["near"]) == (len(met[pair]), len(near.get(pair, ())))
        began = {name: min(told_row[3] for told_row in told if told_row[0] == name) for name in pair}
        assert began[row["first"]] <= began[row["second"]]
        ranked = [name for name in order[:2] if name in pair]
        assert row["keeps"] == (ranked[0] if ranked else row["first"])


def test_complaints_and_lists_hold_customers_back() -> None:
    complaints = pl.LazyFrame(
        {
            "customer_id": ["a", "b", "c"],
            "kind": ["complaint", "enquiry", "complaint"],
            "opened_at": [date(2024, 6, 20), date(2024, 6, 20), date(2024, 3, 1)],
        }
    ).with_columns(pl.col("opened_at").cast(pl.Datetime("us")))
    rules = ContactRules(complaint_days=30)
    people = pl.DataFrame({"customer_id": ["a", "b", "c"]})
    found = held_back(people, made([]), on=ON, rules=rules, complaints=complaints)
    assert found["why"].to_list() == ["quiet-period", None, None] and found["campaign_id"].is_null().all()
    table = pl.LazyFrame({"customer_id": ["a", "b"], "x_DNC": ["1", "0"], "x_黑名单": [None, "是"]})
    assert refusing(table) == ["a"] and refusing(table, ["黑名单"]) == ["b"] == refusing(table, ["x_黑名单"])


def test_a_plan_counts_by_what_became_of_it() -> None:
    plan = pl.LazyFrame(
        {
            "campaign_id": ["p"] * 5,
            "customer_id": list("abcde"),
            "offer_id": ["o"] * 5,
            "channel": ["call"] * 5,
            "as_of": [date(2024, 5, 1)] * 5,
            "action": ["offer", "offer", "offer", "held-out", "none"],
            "deadline": [date(2024, 6, 10), None, date(2024, 6, 10), date(2024, 6, 10), None],
        }
    )
    outcomes = pl.LazyFrame(
        {
            "campaign_id": ["p"] * 3,
            "customer_id": ["a", "c", "d"],
            "offer_id": ["o2", None, "o"],
            "channel": ["visit", "call", "call"],
            "contacted_on": [date(2024, 6, 3), date(2024, 6, 4), date(2024, 6, 5)],
            "result": ["accepted", "unreachable", "accepted"],
        }
    )
    found = contacts(plans=plan, outcomes=outcomes)
    assert found.select("customer_id", "contacted_on").rows() == [
        ("a", date(2024, 6, 3)),
        ("b", date(2024, 6, 1)),
        ("d", date(2024, 6, 5)),
    ]
    assert contacts().is_empty()


@pytest.mark.parametrize("by", ["x", "P"])
def test_an_exclusion_holds_both_ways(by: str) -> None:
    people = pl.DataFrame({"customer_id": ["b", "a"]})
    contacted = made([("P", "a", "x", date(2024, 6, 1))])
    found = excluded(people, contacted, {"y": [by], "x": ["y"], "z": []}, on=ON, days=60)
    assert found["y"].tolist() == [False, True] and not found["z"].any() and not found["x"].any()
    assert not excluded(people, contacted, {"y": [by]}, on=ON, days=30)["y"].any()
