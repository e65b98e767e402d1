"""Sums held against each other: whatever differs is in the parts, and no part is told of a few customers."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.figures.control import check, covered, two_sides

IDS = st.sampled_from("abcdef")
CENTS = st.integers(-10_000, 10_000)


@given(st.lists(st.tuples(IDS, CENTS, st.booleans()), max_size=12), st.dictionaries(IDS, CENTS))
@settings(max_examples=60, deadline=None)
def test_parts_make_up_the_difference_of_two_sides(bills: list[tuple[str, int, bool]], view: dict[str, int]) -> None:
    kinds = {"customer_id": pl.String, "amount": pl.Float64, "whole": pl.Boolean}
    ours = pl.LazyFrame([(who, cents / 100, whole) for who, cents, whole in bills], schema=kinds, orient="row")
    theirs = pl.LazyFrame([(who, cents / 100, True) for who, cents in view.items()], schema=kinds, orient="row")
    left, right, parts = two_sides(ours, theirs)
    assert round(left * 100) == sum(cents for _, cents, _ in bills)
    assert round(right * 100) == sum(view.values())
    assert round((left - right) * 100) == sum(round(amount * 100) for _, _, amount in parts)
    unknown = {who for who, _, _ in bills} - set(view)
    owed = {who: sum(cents for one, cents, _ in bills if one == who) for who in unknown}
    found = {name: amount for name, _, amount in parts}.get("no_month", 0.0)
    assert round(found * 100) == sum(owed.values())
    assert two_sides(ours.reverse(), theirs.reverse()) == (left, right, parts)
    state = check("billed", "money", left, right, parts)[0]["state"]
    assert (state == "agrees") == (not parts)
    assert (state == "explained") == (bool(parts) and not any(name == "other" for name, _, _ in parts))


def test_what_is_off_for_no_reason_differs_though_it_nets_out() -> None:
    ours = pl.LazyFrame({"customer_id": ["a", "b"], "amount": [5.0, 1.0], "whole": [False] * 2})
    view = pl.LazyFrame({"customer_id": ["a", "b"], "amount": [1.0, 5.0]})
    sides = two_sides(ours, view)
    assert sides == (6.0, 6.0, [("other", 2, 0.0)])
    assert check("billed", "money", *sides)[0]["state"] == "differs"
    swapped = [("unbilled", 1, 1.0), ("other", 1, 1.0), ("stranger", 2, -2.0)]
    assert check("value_scores", "count", 5, 5, swapped)[0]["state"] == "differs"
    dust = view.with_columns(amount=pl.col("amount") + 0.001, whole=pl.lit(value=False))
    assert check("billed", "money", *two_sides(dust, view))[0]["state"] == "agrees"


@given(st.dictionaries(IDS, st.tuples(st.booleans(), st.integers(0, 3), st.sampled_from([0.0, 9.0]))), st.sets(IDS))
@settings(max_examples=60, deadline=None)
def test_everybody_is_in_a_result_or_named(base: dict[str, tuple[bool, int, float]], result: set[str]) -> None:
    view = pl.DataFrame(
        [(who, active, not active, tenure, revenue) for who, (active, tenure, revenue) in base.items()],
        schema={"customer_id": pl.String, "active": pl.Boolean, "left": pl.Boolean, "tenure_months": pl.Int64,
                "revenue": pl.Float64}, orient="row",
    )  # fmt: skip
    live, scored, parts = covered(
        view, pl.LazyFrame({"customer_id": sorted(result)}, schema={"customer_id": pl.String})
    )
    assert live == sum(active for active, _, _ in base.values())
    assert scored == len(result)
    assert live - scored == sum(amount for _, _, amount in parts)
    lacking = {who for who, (active, _, _) in base.items() if active} - result
    assert sum(rows for _, rows, amount in parts if amount > 0) == len(lacking)
    new = sum(base[who][1] < 1 for who in lacking)
    assert {name: rows for name, rows, _ in parts}.get("joined", 0) == new


def test_what_few_customers_make_up_is_not_told_nor_what_would_tell_it() -> None:
    parts = [("left", 3, 20.0), ("no_month", 40, 5.0)]
    row, told = check("live", "money", 125.0, 100.0, parts, least=10)
    assert (row["left"], row["right"], row["difference"], row["state"]) == (125.0, None, None, "explained")
    assert [part["amount"] for part in told] == [None, 5.0]
    row, _ = check("billed", "money", 125.0, 100.0, parts, least=10, known="right")
    assert (row["left"], row["right"]) == (None, 100.0)
