"""Products by tier and those of the top tier alone, by more than chance; wallets by tier."""

from datetime import date
from math import comb

import polars as pl
import pytest

from telcli.stages.score_value_tiers import held_pairs, kinds_known, tier_rows, top_rows, top_told, wallet_rows
from telcli.stages.score_value_tiers import wallet_told as told_of
from telcli.tables import contract

JUNE = date(2024, 6, 1)
TIERS = pl.Series("value_tier", ["gold"] * 8 + ["bronze"] * 32)
IDS = pl.Series("customer_id", [f"c{i:02d}" for i in range(40)])


def pairs_of(**items):
    rows = [(who, "product", item) for item, holders in items.items() for who in holders]
    return pl.DataFrame(rows, schema={"place": pl.UInt32, "kind": pl.String, "item": pl.String}, orient="row")


def top(pairs):
    rows = contract("value_top_held").require(top_rows(pairs, TIERS, JUNE).lazy()).collect()
    return {row["item"]: row for row in rows.to_dicts()}


def test_products_of_the_top_tier_alone_and_by_more_than_chance():
    found = top(pairs_of(vip=range(8), lounge=[*range(6), 20], fair=[0, *range(10, 14)], one=[3], common=range(40)))
    assert {item: row["held_by_tier"] for item, row in found.items()} == {
        "vip": "only", "lounge": "mostly", "fair": "no", "one": "no", "common": "no",
    }  # fmt: skip
    assert {row["value_tier"] for row in found.values()} == {"gold"}  # nobody is platinum
    lounge = found["lounge"]
    assert (lounge["customers"], lounge["in_tier"], lounge["tier_share"]) == (7, 6, 0.2)
    assert lounge["share_index"] == pytest.approx(6 / 7 / 0.2, abs=1e-6)
    exact = (comb(8, 6) * 32 + comb(8, 7)) / comb(40, 7)
    assert lounge["chance"] == pytest.approx(exact, abs=1e-8)
    assert found["one"]["chance"] == pytest.approx(0.2)  # all of one holder: chance deals that once in five
    assert lounge["chance_of_all"] == pytest.approx(4 * exact, abs=1e-7)  # the second smallest of five


def test_one_holder_tells_nothing():
    found = top(pairs_of(one=[3]))["one"]
    assert (found["chance"], found["chance_of_all"], found["held_by_tier"]) == (0.2, 0.2, "no")


def test_more_than_others_but_not_most():
    found = top(pairs_of(often=[*range(7), *range(20, 28)]))
    assert found["often"]["held_by_tier"] == "more"
    assert top_told(top_rows(pairs_of(often=[*range(7), *range(20, 28)]), TIERS, JUNE)) == {
        "value_tier": "gold",
        "product": {"only": 0, "mostly": 0, "more": 1, "no": 0},
    }


def test_what_is_held_at_the_months_end():
    tables = {
        "subscriptions": pl.LazyFrame(
            {
                "subscription_id": ["1", "2", "3", "4"],
                "customer_id": ["c00", "c00", "c01", "x"],
                "plan_id": ["p", "p", "q", "p"],
                "service_type": ["mobile", "tv", None, "mobile"],
                "ended_on": [None, None, date(2024, 6, 30), None],
            }
        ),
        "products": pl.LazyFrame(
            {
                "subscription_id": ["1", "2", "1", "3", "4"],
                "product_id": ["films", "films", "old", "films", "films"],
                "started_on": [date(2024, 1, 1)] * 5,
                "ended_on": [None, None, date(2024, 2, 1), None, None],
            }
        ),
    }
    pairs = held_pairs(tables, IDS, JUNE)
    assert sorted(pairs.rows()) == [
        (0, "plan", "p"), (0, "product", "films"), (0, "service", "mobile"), (0, "service", "tv"),
    ]  # fmt: skip
    assert kinds_known(tables, pairs) == {"plan": True, "service": True, "product": True}
    assert kinds_known({}, held_pairs({}, IDS, JUNE)) == {"plan": False, "service": False, "product": False}


def months(**columns):
    return pl.LazyFrame({"customer_id": IDS, "month": [JUNE] * 40, "active": [True] * 40} | columns)


def test_products_per_customer_and_wallets_by_tier():
    pairs = pairs_of(vip=range(8), music=[0, 1, 30])
    tables = {"customer_months": months(data_saturation=[0.1] * 4 + [0.5] * 4 + [None] * 32)}
    wallets = wallet_rows(tables, IDS, JUNE)
    contract("value_wallet").require(wallets.lazy()).collect()
    rows = tier_rows(TIERS, pairs, wallets, {"plan": False, "service": False, "product": True}, JUNE)
    found = contract("value_tier_facts").require(rows.lazy()).collect()
    told = {(row["value_tier"], row["measure"]): row for row in found.to_dicts()}
    assert told["gold", "products_held"]["mean"] == 10 / 8
    assert (told["gold", "products_held"]["distinct_items"], told["bronze", "products_held"]["mean"]) == (2, 1 / 32)
    assert (told["gold", "bundle_idle"]["mean"], told["gold", "bundle_idle"]["known"]) == (0.5, 8)
    assert (told["bronze", "bundle_idle"]["mean"], told["bronze", "bundle_idle"]["known"]) == (None, 0)
    assert {measure for _, measure in told} == {"products_held", "data_saturation", "bundle_idle", "signs"}
    said = told_of(wallets)
    assert (said["known"]["bundle_idle"], said["customers"]["bundle_idle"]) == (0.2, 4)
    assert (said["known"]["second_sim"], said["customers"]["second_sim"]) == (0.0, None)


@pytest.mark.parametrize("values", [["是", "否", ""] + [None] * 37, [True, False, None] + [None] * 37])
def test_a_column_of_second_sims_is_read(values):
    tables = {
        "customer_months": months(),
        "customers": pl.LazyFrame({"customer_id": IDS, "x_双卡标识": values, "x_other": ["是"] * 40}),
    }
    found = wallet_rows(tables, IDS, JUNE)
    assert found["second_sim"].to_list() == [True, False, None] + [None] * 37
    assert found["signs"].to_list()[:3] == [1, 0, None]


def test_a_line_that_lives_may_say_it():
    lines = {
        "subscription_id": ["1", "2", "3"],
        "customer_id": ["c00", "c01", "c02"],
        "x_dual_sim": ["yes", "yes", "no"],
    }
    lines["ended_on"] = [None, date(2024, 5, 1), None]
    found = wallet_rows({"customer_months": months(), "subscriptions": pl.LazyFrame(lines)}, IDS, JUNE)
    assert found["second_sim"].to_list()[:4] == [True, None, False, None]


def test_without_lines_nothing_is_held():
    assert top(held_pairs({}, IDS, JUNE)) == {}
    assert top_told(top_rows(held_pairs({}, IDS, JUNE), TIERS, JUNE)) is None
