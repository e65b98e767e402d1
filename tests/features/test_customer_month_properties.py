"""customer_months on random operators: what must hold whatever the extracts are like."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from telcli.features.ageing import AGES
from telcli.features.customer_month import customer_months
from telcli.features.history import LEVELS, REACH
from telcli.features.month_index import month_at, month_index
from telcli.features.survey import evidence, span_of
from telcli.tables import contract
from telcli.tables.month_history import MEASURES
from tests.features.operators import Tables, index, known_at, long_operator, random_operator

SEEDS = st.integers(0, 2**32 - 1)
KEY = ["customer_id", "month"]
EIGHT = pytest.mark.parametrize("seed", range(8))


def built(tables: Tables, **options: int) -> pl.DataFrame:
    span = span_of(evidence(tables))
    assert span is not None
    return customer_months(tables, span, **options).collect(engine="in-memory")


@lru_cache
def made_of(seed: int) -> pl.DataFrame:
    """What several tests look at, made once."""
    return built(random_operator(seed))


@EIGHT
def test_rows_keep_the_contract_and_come_sorted(seed: int) -> None:
    made = made_of(seed)
    assert_frame_equal(contract("customer_months").require(made.lazy()).collect(), made)
    assert made.equals(made.sort(KEY))


@settings(max_examples=5, deadline=None)
@given(seed=SEEDS, months=st.integers(1, 6))
def test_a_row_depends_on_its_month_and_earlier_ones_alone(seed: int, months: int) -> None:
    tables = random_operator(seed)
    whole = span_of(evidence(tables))
    assert whole is not None
    earlier = span_of(evidence(tables), month_at(whole.first + months - 1))
    assert earlier is not None
    cut = known_at(tables, earlier.last)
    assert span_of(evidence(cut)) == earlier
    then = customer_months(cut, earlier).collect(engine="in-memory")
    assert_frame_equal(customer_months(tables, earlier).collect(engine="in-memory"), then)
    now = customer_months(tables, whole).filter(index("month") <= earlier.last).collect(engine="in-memory")
    assert_frame_equal(now.drop("left"), then.drop("left"))
    settled = pl.col("month") < month_at(earlier.last)
    assert_frame_equal(now.filter(settled), then.filter(settled))
    taken_back = now.filter(pl.col("left")).join(then.filter(~pl.col("left")), on=KEY)
    assert taken_back.is_empty()


def resumed(tables: Tables, whole: pl.DataFrame, since: int, **options: int) -> pl.DataFrame:
    """The months from `since` on, made beside those before, of which no more stands than is looked back on."""
    span = span_of(evidence(tables))
    assert span is not None
    near = whole.filter(index("month").is_between(since - REACH, since - 1))
    levels = {"customer_months": near.select("customer_id", "month", *LEVELS).lazy()}
    return customer_months({**tables, **levels}, span, since=since, **options).collect(engine="in-memory")


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, months=st.integers(0, 6), days=st.sampled_from([20, 90, 200]), due=st.integers(0, 3))
def test_later_months_are_the_same_where_earlier_ones_stand(seed: int, months: int, days: int, due: int) -> None:
    tables = random_operator(seed)
    options = {"prepaid_inactive_days": days, "due_months": due}
    whole = built(tables, **options)
    since = month_index(date(2023, 11, 1)) + months
    assert resumed(tables, whole, since, **options).equals(whole.filter(index("month") >= since))


@settings(max_examples=4, deadline=None)
@given(seed=SEEDS, months=st.integers(1, 29))
def test_what_lies_years_back_counts_where_earlier_months_stand(seed: int, months: int) -> None:
    tables = long_operator(seed)
    whole = built(tables)
    since = month_index(date(2022, 1, 1)) + months
    assert resumed(tables, whole, since).equals(whole.filter(index("month") >= since))


@pytest.mark.parametrize("seed", range(4))
def test_neither_the_order_of_rows_nor_the_engine_changes_a_bit(seed: int) -> None:
    tables, made = random_operator(seed), made_of(seed)
    shuffled = {
        name: frame.collect().sample(fraction=1.0, shuffle=True, seed=seed % 1000).lazy()
        for name, frame in tables.items()
    }
    assert built(shuffled).equals(made)
    span = span_of(evidence(tables))
    assert span is not None
    assert customer_months(tables, span).collect(engine="streaming").equals(made)


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, buckets=st.integers(2, 5))
def test_a_customer_is_the_same_in_any_bucket(seed: int, buckets: int) -> None:
    tables = random_operator(seed)
    span = span_of(evidence(tables))
    assert span is not None
    place = pl.col("customer_id").str.slice(1).str.to_integer(strict=False).fill_null(0) % buckets
    parts = [
        customer_months({name: frame.filter(place == bucket) for name, frame in tables.items()}, span)
        for bucket in range(buckets)
    ]
    whole = customer_months(tables, span).collect(engine="in-memory")
    assert pl.concat(parts).collect().sort(KEY).equals(whole)


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_revenue_adds_up_to_what_was_billed_less_discount(seed: int) -> None:
    tables = random_operator(seed)
    tables.pop("subscriptions", None)  # nobody leaves: every month from the first bill on is there
    made = (
        built(tables).group_by("customer_id").agg(pl.col("revenue").sum(), pl.col("discount").sum()).sort("customer_id")
    )
    net = (
        tables["bills"]
        .with_columns(pl.col("discount").fill_null(0.0))
        .with_columns(net=pl.col("amount") - pl.col("discount"))
    )
    billed = net.group_by("customer_id").agg(revenue=pl.col("net").sum(), discount=pl.col("discount").sum())
    both = made.join(billed.collect(), on="customer_id", how="left").fill_null(0.0)
    np.testing.assert_allclose(both["revenue"], both["revenue_right"], atol=1e-6)
    np.testing.assert_allclose(both["discount"], both["discount_right"], atol=1e-6)


@EIGHT
def test_history_is_that_of_the_rows_themselves(seed: int) -> None:
    rows = made_of(seed).rows(named=True)
    seen = {(row["customer_id"], row["month"].year * 12 + row["month"].month): row for row in rows}

    def values(row: dict, name: str, since: int, months: int) -> list[float]:
        at = row["month"].year * 12 + row["month"].month
        found = [seen.get((row["customer_id"], at - lag), {}).get(name) for lag in range(since, since + months)]
        return [value for value in found if value is not None]

    for row in rows:
        for name, half in product(MEASURES, (3, 6)):
            now, before = values(row, name, 0, half), values(row, name, half, half)
            assert row[f"{name}_mean_{half}"] == (pytest.approx(sum(now) / len(now)) if now else None)
            expected = None
            if len(now) >= 2 * half / 3 and len(before) >= 2 * half / 3:
                older = sum(before) / len(before)
                expected = sum(now) / len(now) - older
                if name != "active_days":
                    expected = min(max(expected / max(abs(older), 1.0), -10.0), 10.0)
            assert row[f"{name}_change_{half}"] == (pytest.approx(expected) if expected is not None else None)
        for name, months in product(("complaints", "contacts"), (3, 6)):
            assert row[f"{name}_sum_{months}"] == (sum(known) if (known := values(row, name, 0, months)) else None)
        owing = values(row, "arrears", 0, 6)
        assert row["months_in_arrears_6"] == (sum(owed > 0.005 for owed in owing) if owing else None)


@EIGHT
def test_trends_and_deviations_are_those_of_numpy(seed: int) -> None:
    made = made_of(seed)
    for (_,), rows in made.group_by("customer_id"):
        seen = {day.year * 12 + day.month: row for day, row in zip(rows["month"], rows.rows(named=True), strict=True)}
        for at, row in seen.items():
            for name, months in product(MEASURES, (3, 6)):
                back = range(at - months + 1, at + 1)
                known = [(k, seen[k][name]) for k in back if k in seen and seen[k][name] is not None]
                if len(known) < 3:
                    assert row[f"{name}_trend_{months}"] is None
                    assert row[f"{name}_sd_{months}"] is None
                    continue
                x, y = (np.array(side, dtype=float) for side in zip(*known, strict=True))
                assert row[f"{name}_trend_{months}"] == pytest.approx(np.polyfit(x - at, y, 1)[0], abs=1e-5)
                assert row[f"{name}_sd_{months}"] == pytest.approx(y.std(ddof=1), abs=1e-5)


@EIGHT
def test_arrears_are_the_sum_of_their_parts_and_as_old_as_the_oldest(seed: int) -> None:
    made = made_of(seed)
    parts = made.select(pl.sum_horizontal(list(AGES), ignore_nulls=False)).to_series()
    np.testing.assert_allclose(parts.fill_null(-1.0), made["arrears"].fill_null(-1.0), atol=1e-6)
    oldest = pl.max_horizontal(pl.when(pl.col(name) > 0).then(first + 1) for name, (first, _) in AGES.items())
    owing = made.filter(pl.col("arrears") > 0)
    assert owing.filter(pl.col("months_overdue") < oldest).is_empty()
    assert made.filter(pl.col("arrears") == 0)["months_overdue"].sum() == 0


@EIGHT
def test_who_left_is_not_active_and_by_lines_not_back_at_once(seed: int) -> None:
    assert made_of(seed).filter(pl.col("left") & pl.col("active")).is_empty()
    tables = random_operator(seed)
    tables.pop("usage", None)  # without it nobody leaves by silence
    made = built(tables)
    following = (pl.col("customer_id").shift(-1) == pl.col("customer_id")) & (
        pl.col("month").shift(-1) == pl.col("month").dt.offset_by("1mo")
    )
    assert made.filter(pl.col("left") & following.fill_null(value=False)).is_empty()


@settings(max_examples=4, deadline=None)
@given(seed=SEEDS)
def test_more_patience_with_silence_keeps_months_and_delays_the_first_leaving(seed: int) -> None:
    tables = random_operator(seed)
    short, long = (built(tables, prepaid_inactive_days=days) for days in (60, 120))
    assert short.join(long, on=KEY, how="anti").is_empty()
    first = [made.filter("left").group_by("customer_id").agg(pl.col("month").min()) for made in (short, long)]
    sooner = first[1].join(first[0], on="customer_id").filter(pl.col("month") < pl.col("month_right"))
    assert sooner.is_empty()
