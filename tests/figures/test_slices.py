"""Figures by branch and segment: they come to the whole, and nothing hidden can be worked out from what is shown."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.figures import customers
from telcli.figures.base import Figures
from telcli.figures.slice_groups import MOST, place_of
from telcli.figures.slices import put_slices

APRIL, MAY, JUNE = date(2024, 4, 1), date(2024, 5, 1), date(2024, 6, 1)


@st.composite
def people_of(draw: st.DrawFn) -> list[tuple[Any, Any, bool, bool]]:
    """Twelve to ninety people, of branches and segments from common to rare."""
    size, seed = draw(st.integers(12, 90)), draw(st.integers(0, 2**16))
    random = np.random.default_rng(seed)
    places, parts = random.dirichlet([1.0] * 3), random.dirichlet([1.0] * 4)
    return [
        (random.choice(list("NSW"), p=places), part or None, random.random() < 0.3, random.random() < 0.4)
        for part in random.choice(4, size, p=parts).tolist()
    ]


def tables(people: list[tuple[Any, Any, bool, bool]]) -> dict[str, pl.LazyFrame]:
    """People of two months by branch, segment, whether they left in June, and whether they are at high risk."""
    frame = pl.DataFrame(
        [(str(one[0]), *one[1:]) for one in people],
        schema={"branch": pl.String, "segment": pl.Int64, "left": pl.Boolean, "high": pl.Boolean},
        orient="row",
    ).with_columns(customer_id=pl.int_range(pl.len()).cast(pl.String))
    half = frame.select("customer_id", month=pl.lit(MAY), active=pl.lit(value=True), left=pl.lit(value=False))
    june = frame.select("customer_id", month=pl.lit(JUNE), active=~pl.col("left"), left="left")
    months = pl.concat([half, june]).with_columns(revenue=pl.col("customer_id").cast(pl.Int64) + 10.0)
    named = frame.filter(pl.col("segment").is_not_null()).with_columns(
        segment_name=pl.format("s{}", "segment"), segment_name_zh=pl.format("群{}", "segment")
    )
    scores = frame.filter(~pl.col("left")).select(
        "customer_id",
        churn_probability=pl.lit(0.25),
        risk_band=pl.when("high").then(pl.lit("high")).otherwise(pl.lit("low")),
        target=pl.lit(value=False),
        expected_saving=pl.lit(0.0),
    )
    found = {"customers": frame.select("customer_id", "branch"), "customer_months": months, "churn_scores": scores}
    found["segments"] = named.filter(~pl.col("left"))
    found["segments_before"] = named.with_columns(month=pl.lit(MAY))
    return {name: one.lazy() for name, one in found.items()}


def rows(held: dict[str, pl.LazyFrame], least: int, section: str = "slices") -> list[dict[str, Any]]:
    figures = Figures()
    put_slices(figures, held, customers.snapshot(held, JUNE, flat=False), JUNE, least)
    found: dict[int, dict[str, Any]] = {}
    for row in figures.frame(JUNE).filter(pl.col("section") == section).iter_rows(named=True):
        found.setdefault(row["row"], {})[row["metric"]] = row["text"] if row["value"] is None else row["value"]
    return list(found.values())


def cells(found: list[dict[str, Any]], metric: str) -> dict[tuple[str, float | None], float | None]:
    """A metric by place (empty for all) and segment (None for all): None where it is hidden."""
    return {
        (row.get("place", ""), row.get("segment")): None if f"small_{metric}" in row else row.get(metric, 0.0)
        for row in found
    }


def told(unknown: list[tuple[str, float | None]], every: list[tuple[str, float | None]]) -> set[int]:
    """Which of what is hidden the sums of lines leave no other number for."""
    places, parts = {p for p, _ in every}, {s for _, s in every}
    sums = [[key for key in every if key[0] == place and key[1] is not None] + [(place, None)] for place in places]
    sums += [[key for key in every if key[1] == part and key[0]] + [("", part)] for part in parts]
    system = np.array([[float(key in line) for key in unknown] for line in sums])
    for row, line in zip(system, sums, strict=True):
        row[[at for at, key in enumerate(unknown) if key == line[-1]]] = -1.0
    rank = np.linalg.matrix_rank(system) if unknown else 0
    return {
        at for at in range(len(unknown)) if np.linalg.matrix_rank(np.vstack([system, np.eye(len(unknown))[at]])) == rank
    }


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(people_of())
def test_nothing_hidden_can_be_worked_out_from_the_margins(people: list[tuple[Any, Any, bool, bool]]) -> None:
    held = tables(people)
    found, true = rows(held, 10), rows(held, 1)
    for metric in ("customers", "left", "high_risk"):
        shown, counts = cells(found, metric), cells(true, metric)
        every = [key for key, count in counts.items() if count]
        unknown = [key for key in every if key in shown and shown[key] is None]
        few = {key for key in every if (counts[key] or 0) < 10} - {("", None)}  # all are told in the headlines too
        assert not any(shown.get(key) for key in few)
        bare = {every[at] for at in told(every, every)}  # what sums tell whatever is hidden
        assert not {unknown[at] for at in told(unknown, every)} & few - bare


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(people_of())
def test_who_left_and_is_hidden_is_not_what_lines_lose_from_month_to_month(
    people: list[tuple[Any, Any, bool, bool]],
) -> None:
    held = tables(people)
    keys, lost = list(cells(rows(held, 10), "left")), cells(rows(held, 1), "left")
    drawn = {keys[int(row["slice"]) - 1] for row in rows(held, 10, "slice_months")}
    few = {key for key, count in lost.items() if 0 < (count or 0) < 10} - {("", None)}
    assert not drawn & few
    unknown = [key for key in lost if key not in drawn]
    assert not {unknown[at] for at in told(unknown, list(lost))} & few - {
        list(lost)[at] for at in told(list(lost), list(lost))
    }


def test_lines_of_groups_that_few_left_are_not_drawn() -> None:
    north = [("N", 1, False, False)] * 30 + [("N", 1, True, False)] * 5
    people = north + [("S", 2, False, False)] * 40 + [("S", 2, True, False)] * 15 + [("W", 3, False, False)] * 20
    held = tables(people)
    hidden = {key for key, count in cells(rows(held, 10), "left").items() if count is None}
    assert ("N", None) in hidden
    drawn = [row["slice"] for row in rows(held, 10, "slice_months")]
    keys = list(cells(rows(held, 10), "left"))
    assert {key for at, key in enumerate(keys, 1) if at in drawn} == set(keys) - hidden
    assert ("W", None) in set(keys) - hidden


def test_who_left_and_who_was_there_are_of_the_segment_at_the_start_and_joiners_of_none() -> None:
    """Of 40 in segment 1 in April 12 left and 8 are in segment 2 now; of 30 who joined in May 11 left."""
    first = [("N", 1, True, False)] * 12 + [("N", 2, False, False)] * 8 + [("N", 1, False, False)] * 20
    first += [("N", 2, False, False)] * 20
    later = [("N", None, True, False)] * 11 + [("N", 2, False, False)] * 19
    held = tables(first + later)
    there = pl.col("customer_id").cast(pl.Int64) < len(first)
    months = held["customer_months"].collect()
    april = months.filter(pl.col("month") == MAY, there).with_columns(month=pl.lit(APRIL))
    held["customer_months"] = pl.concat([april, months]).lazy()
    old = pl.when(pl.col("customer_id").cast(pl.Int64) < 40).then(1).otherwise("segment").cast(pl.Int64)
    held["segments_before"] = held["segments_before"].filter(there).with_columns(segment=old, month=pl.lit(APRIL))
    found = {row.get("segment"): row for row in rows(held, 1) if not row.get("place")}
    assert (found[None]["left"], found[None]["churn_rate"]) == (23, 23 / (60 + 90))
    assert (found[1]["left"], found[1]["churn_rate"]) == (12, 12 / 80)
    assert (found[2].get("left"), found[2].get("churn_rate")) == (0, 0.0)


@settings(max_examples=6, deadline=None)
@given(people_of())
def test_choices_come_to_the_whole(people: list[tuple[Any, Any, bool, bool]]) -> None:
    live = sum(not left for _, _, left, _ in people)
    for metric, whole in (("customers", live), ("left", len(people) - live)):
        known = cells(rows(tables(people), 1), metric)
        assert known.get(("", None), whole) == whole
        if known and metric == "customers":  # a group that all have left is no choice
            assert sum(count or 0 for key, count in known.items() if key[0] and key[1] is None) == whole
            assert sum(count or 0 for key, count in known.items() if not key[0] and key[1] is not None) == whole
            assert sum(count or 0 for key, count in known.items() if key[0] and key[1] is not None) == whole


def test_the_whole_is_that_of_the_headlines_and_leavers_bills_are_in_no_group() -> None:
    people = [("N", 1, False, True)] * 30 + [("S", 2, False, False)] * 20 + [("N", 1, True, False)] * 12
    held = tables(people)
    months = customers.monthly(held["customer_months"])
    found = rows(held, 10)
    assert found[0]["customers"] == months["customers"][-1] == 50
    assert found[0]["revenue"] == months["revenue"][-1]
    north = next(row for row in found if row.get("place") == "N" and "segment" not in row)
    assert north["revenue"] == sum(range(30)) + 300
    assert (north["left"], north["churn_rate"], north["high_risk_share"]) == (12, 12 / 42, 1.0)
    assert [row["customers"] for row in rows(held, 10, "slice_months") if row["slice"] == 2] == [42, 30]


def test_one_dimension_alone_and_none() -> None:
    people = [("N", 1, False, True)] * 30 + [("S", 2, False, False)] * 20
    held = tables(people)
    no_branch = {**held, "customers": held["customers"].drop("branch")}
    assert [row.get("segment") for row in rows(no_branch, 10)] == [None, 1, 2]
    no_segments = {name: one for name, one in held.items() if not name.startswith("segments")}
    assert [row.get("place", "") for row in rows(no_segments, 10)] == ["", "N", "S"]
    neither = {**no_segments, "customers": no_branch["customers"]}
    assert rows(neither, 10) == []


def test_of_many_branches_the_smallest_are_told_together_or_regions_stand_for_them() -> None:
    many = pl.DataFrame({"branch": [f"{at:03}" for at in range(60) for _ in range(61 - at)]})
    name, shown, groups, rest = place_of(many.lazy()) or ("", pl.lit(0), 0, 0)
    assert (name, groups, rest) == ("branch", 60, 60 - MOST + 1)
    kept = many.select(shown.alias("place"))["place"]
    assert kept.n_unique() == MOST
    assert (kept == "other").sum() == sum(61 - at for at in range(MOST - 1, 60))
    assert (place_of(many.with_columns(region=pl.lit("R")).lazy()) or ("",))[0] == "region"
