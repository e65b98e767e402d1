"""Rules of products in time order: planted ones are found and stand, what is sold together is not asked about."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from telcli.features.month_index import month_index
from telcli.features.product_apart import products_apart
from telcli.features.product_rules import Bounds, held_together, rules_in_time
from telcli.features.product_steps import holdings
from telcli.methods.association import indicator

LAST = date(2024, 6, 1)
LONG_AGO, MINED, TESTED = date(2023, 5, 9), date(2024, 2, 11), date(2024, 5, 20)
PEOPLE = 3_000


def shop(seed, *, later=0.03, planted=0.12, bound=True):
    """Customers with a base product, a plan's product, two in one package, and "cloud", which leads to "films"."""
    random = np.random.default_rng(seed)
    rows: list[tuple[str, str, date]] = []
    lines = []
    for who in range(PEOPLE):
        line = f"l{who:05}"
        packed, big = random.random() < 0.3, random.random() < 0.4
        lines.append((line, f"c{who:05}", "big" if big else "small", f"b{who}" if packed else None))
        day = LONG_AGO + timedelta(days=int(random.integers(0, 200)))
        held = (
            {"base": day} | ({"roam": day} if big and bound else {}) | ({"router": day, "box": day} if packed else {})
        )
        for name in ("cloud", "music", "news", "sport"):
            if random.random() < 0.3:
                held[name] = LONG_AGO + timedelta(days=int(random.integers(0, 200)))
        for when in (MINED, TESTED):
            for name in ("films", "music", "news", "sport", "games"):
                chance = planted if name == "films" and "cloud" in held and held["cloud"] < when else later
                if name not in held and random.random() < chance:
                    held[name] = when + timedelta(days=int(random.integers(0, 25)))
        rows += [(line, name, started) for name, started in held.items()]
    names = ("subscription_id", "customer_id", "plan_id", "bundle_id")
    subscriptions = pl.LazyFrame(lines, schema=names, orient="row").with_columns(
        service_type=pl.lit("mobile"), activated_on=pl.lit(LONG_AGO), ended_on=pl.lit(None, pl.Date)
    )
    products = pl.LazyFrame(rows, schema=("subscription_id", "product_id", "started_on"), orient="row").with_columns(
        ended_on=pl.lit(None, pl.Date), monthly_fee=pl.lit(5.0)
    )
    return {"subscriptions": subscriptions, "products": products}


def _mined(tables, **bounds):
    ids = tables["subscriptions"].select(pl.col("customer_id").unique().sort()).collect()["customer_id"]
    found = holdings(tables, ids, LAST)
    assert found is not None
    apart = products_apart(tables, found.products, LAST)
    told = rules_in_time(found, len(ids), apart.pairs, month_index(LAST), Bounds(**bounds))
    names = pl.Series(found.products)
    rules = told.rows.with_columns(
        *(names.gather(told.rows[part]).alias(part) for part in ("first", "second", "product"))
    )
    return rules, told, apart


@pytest.fixture(scope="module")
def mined():
    return _mined(shop(1))


def test_a_planted_rule_is_found_and_stands(mined):
    rules, told, _ = mined
    kept = rules.filter("stands")
    assert ("cloud", None, "films") in kept.select("first", "second", "product").rows()
    row = kept.filter(pl.col("first") == "cloud", pl.col("second").is_null(), pl.col("product") == "films").row(
        0, named=True
    )
    assert row["confidence"] == pytest.approx(0.12, abs=0.04)
    assert row["next_lift_low"] > 1.3
    assert told.tested > 10


def test_what_is_sold_together_is_left_out_and_told(mined):
    rules, _, apart = mined
    why = {(product, other): reason for product, other, reason, *_ in apart.rows.iter_rows()}
    assert why["base", None] == "base"
    assert why["roam", None] == "in-plan"
    assert ("box", "router") in why
    asked = set(rules.select("first", "product").rows()) | set(
        rules.drop_nulls("second").select("second", "product").rows()
    )
    assert not asked & {("box", "router"), ("router", "box")}
    assert "base" not in {name for pair in asked for name in pair}
    assert "roam" not in rules["product"].to_list()


def test_products_taken_by_choice_are_not_apart(mined):
    apart = mined[2]
    told = {name for row in apart.rows.select("product", "other").rows() for name in row if name}
    assert not told & {"cloud", "films", "music", "news", "sport", "games"}


def test_few_rules_that_stand_are_false():
    false = true = 0
    for seed in range(2, 6):
        kept = _mined(shop(seed))[0].filter("stands").select("first", "second", "product").rows()
        right = [row for row in kept if row[2] == "films" and "cloud" in row[:2]]
        true, false = true + bool(right), false + len(kept) - len(right)
    assert true == 4
    assert false <= 1


def test_without_a_rule_none_stands():
    assert _mined(shop(9, planted=0.03))[0].filter("stands").height <= 1


def test_bounds_leave_out_and_say_how_many():
    _, told, _ = _mined(shop(1), products=6, basket=4)
    assert told.products_left_out == 4  # of 10
    assert told.customers_left_out > 0


def test_what_is_held_at_once_has_no_next_period():
    random = np.random.default_rng(2)
    now = random.random((500, 3)) < 0.4
    now[:, 1] = now[:, 0] ^ (random.random(500) < 0.1)
    told = held_together(indicator(*np.nonzero(now), now.shape), np.eye(3, dtype=bool), Bounds())
    assert told.rows.select("first", "product").rows() == [(0, 1), (1, 0)]
    assert "stands" not in told.rows.columns
