"""Segments on the page: money by the rule of the tables, credits and all."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.figures import segment_views, segments
from telcli.figures.customers import snapshot
from telcli.figures.segment_views import Naming
from telcli.stages.segment_portrait import sizes

JUNE = date(2024, 6, 1)
MONEY = st.one_of(st.none(), st.floats(-90, 900).map(lambda one: round(one, 2)))


def lines(rows: list[tuple[int, float | None]]) -> pl.DataFrame:
    """So many customers, each with a segment and its usual revenue; that of the month is another."""
    ids = [f"C{number:03d}" for number in range(len(rows))]
    months = pl.DataFrame(
        {
            "customer_id": ids,
            "month": [JUNE] * len(rows),
            "active": [True] * len(rows),
            "left": [False] * len(rows),
            "revenue": [1000.0 - 1100.0 * (segment == 2) for segment, _ in rows],
            "revenue_mean_3": [money for _, money in rows],
        },
        schema_overrides={"revenue_mean_3": pl.Float64},
    ).with_columns(revenue=pl.when(pl.col("revenue_mean_3").is_not_null()).then("revenue"))
    held = pl.LazyFrame({"customer_id": ids, "segment": [segment for segment, _ in rows]})
    return snapshot({"customer_months": months.lazy(), "segments": held}, JUNE, flat=False)


def told(rows: list[tuple[int, float | None]], least: int = 0) -> list[dict[str, Any]]:
    """The figures of segments 1 and 2; what profiles tell of money is nonsense here, and must not be read."""
    profiles = pl.DataFrame({"segment": [1, 2], "segment_name": ["A", "B"], "segment_name_zh": ["甲", "乙"]})
    profiles = profiles.with_columns(
        pl.lit(-7.0).alias(name) for name in ("customers", "customer_share", "revenue_share", "value_index")
    )
    return segments.segment_rows(profiles, lines(rows), least)


def test_a_segment_with_credits_has_no_share_of_revenue_and_none_has_more_than_all() -> None:
    first, second = told([(1, 80.0), (1, 80.0), (2, 50.0), (2, -10.0)])
    assert (first["revenue_share"], second["revenue_share"]) == (pytest.approx(160 / 210), pytest.approx(50 / 210))
    assert (first["value_index"], second["value_index"]) == (pytest.approx(80 / 50), pytest.approx(20 / 50))
    assert (first["revenue_per_customer"], second["revenue_per_customer"]) == (80.0, 20.0)
    assert (first["revenue"], second["revenue"]) == (160.0, 40.0)


def test_money_of_a_small_segment_is_hidden_wholly() -> None:
    _, second = told([(1, 80.0)] * 30 + [(2, 50.0)] * 3, least=10)
    assert second["small"] == 1.0
    assert all(second[name] is None for name in segments.SIZES)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([1, 2]), MONEY), min_size=2, max_size=12))
def test_the_page_tells_of_money_what_the_tables_tell(rows: list[tuple[int, float | None]]) -> None:
    rows = [(1, 5.0), (2, None), *rows]
    revenue = np.array([np.nan if money is None else money for _, money in rows])
    places = np.array([segment - 1 for segment, _ in rows], dtype=np.int32)
    table = sizes(places, revenue)
    found = told(rows)
    for place, row in enumerate(found):
        for name in ("revenue_share", "value_index"):
            assert row[name] == pytest.approx(getattr(table, name)[place])
    naming = Naming({}, lambda v: (v, v), lambda v, g: (g, g), lambda v, r: (r, r))
    groups = [str(place) for place in places]
    views = pl.DataFrame({"customer_id": lines(rows)["customer_id"], "account_class": groups})
    drawn = segment_views.view_rows(views, lines(rows), naming, 0)
    for row in drawn:
        for name in ("revenue_share", "value_index"):
            assert row[name] == pytest.approx(found[int(row["group"])][name])
    assert len(drawn) == len(found)
