"""The bridge from month to month: it closes exactly, whatever the rows and in whatever order they come."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telcli.figures.bridge_steps import REVENUE_PARTS, Flow, Step, added, steps
from telcli.figures.customers import monthly

APRIL, MAY, JUNE, JULY = (date(2024, month, 1) for month in (4, 5, 6, 7))
MONTHS = (APRIL, MAY, JUNE, JULY)
COLUMNS = {"customer_id": pl.String, "month": pl.Date, "active": pl.Boolean, "left": pl.Boolean, "revenue": pl.Float64,
           "tenure_months": pl.Float64, "plan_ups": pl.Float64, "plan_downs": pl.Float64}  # fmt: skip


def made(rows: Sequence[Sequence[Any]]) -> list[Step]:
    frame = framed(rows)
    return steps(frame, monthly(frame), APRIL)


def framed(rows: Sequence[Sequence[Any]]) -> pl.LazyFrame:
    whole = [[*row, *[None] * (8 - len(row))] for row in rows]
    return pl.DataFrame(whole, schema=COLUMNS, orient="row", infer_schema_length=None).lazy()


def closes(flow: Flow) -> bool:
    return flow.opening + sum(flow.parts.values()) == flow.closing


def by_hand(panel: dict[tuple[str, date], dict[str, Any]], before: date, month: date) -> dict[str, tuple[int, int]]:
    """Cents and customers of each part of revenue, one customer after the other."""
    found = dict.fromkeys((*REVENUE_PARTS, "none"), (0, 0))
    empty: dict[str, Any] = dict.fromkeys(("active", "left", "revenue", "tenure", "ups", "downs"))
    for who in {name for name, _ in panel}:
        then, now = panel.get((who, before)), panel.get((who, month))
        if then is None and now is None:
            continue
        a, b = then or empty, now or empty
        cents = [None if side["revenue"] is None else round(100 * side["revenue"]) for side in (a, b)]
        change, new = (cents[1] or 0) - (cents[0] or 0), min(at for one, at in panel if one == who) == month
        up, down = (b["ups"] or 0) > 0, (b["downs"] or 0) > 0
        if not b["active"]:
            part = "left" if b["left"] else "left_before" if a["left"] else "other"
        elif not a["active"]:
            fresh = b["tenure"] is None or b["tenure"] < month.month - before.month
            part = "returned" if not new else "joined" if fresh else "other"
        elif None in cents:
            part = "none" if cents == [None, None] else "unbilled"
        elif up != down:
            part = "plan_up" if up else "plan_down"
        else:
            part = "none" if change == 0 else "more" if change > 0 else "less"
        found[part] = (found[part][0] + change, found[part][1] + 1)
    return found


ROW = st.fixed_dictionaries(
    {
        "active": st.booleans(),
        "left": st.booleans(),
        "revenue": st.none() | st.integers(-5_000, 500_000).map(lambda cents: cents / 100),
        "tenure": st.none() | st.integers(0, 3).map(float),
        "ups": st.none() | st.sampled_from([0.0, 1.0]),
        "downs": st.none() | st.sampled_from([0.0, 1.0]),
    }
)
PANEL = st.dictionaries(st.tuples(st.sampled_from("ABCDEFG"), st.sampled_from(MONTHS)), ROW, min_size=1, max_size=20)


@given(PANEL, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_it_closes_exactly_each_customer_has_one_part_and_the_order_of_rows_does_not_count(
    panel: dict[Any, Any], random: Any
) -> None:
    names = ("active", "left", "revenue", "tenure", "ups", "downs")
    rows = [[*key, *(row[name] for name in names)] for key, row in panel.items()]
    found = made(rows)
    months = monthly(framed(rows))
    told = {row["month"]: row for row in months.iter_rows(named=True)}
    for step in found:
        assert closes(step.base) and step.base.opening == told[step.before]["customers"]
        assert step.base.closing == told[step.month]["customers"]
        assert step.base.people["left"] == (told[step.month]["left"] or 0)
        assert (step.revenue is None) == (told[step.before]["revenue"] is None or told[step.month]["revenue"] is None)
        if step.revenue is not None:
            parts = {name: (step.revenue.parts[name], step.revenue.people[name]) for name in REVENUE_PARTS}
            assert parts == {
                name: told for name, told in by_hand(panel, step.before, step.month).items() if name in parts
            }
            assert closes(step.revenue) and step.revenue.closing == round(100 * told[step.month]["revenue"])
    whole = added([step.base for step in found])
    assert whole is None or closes(whole)
    random.shuffle(rows)
    assert made(rows) == found


def test_who_came_and_who_went() -> None:
    (found,) = made(
        [
            ("stays", MAY, True, False, 10.0), ("stays", JUNE, True, False, 12.5),
            ("less", MAY, True, False, 10.0), ("less", JUNE, True, False, 4.0),
            ("leaves", MAY, True, False, 8.0), ("leaves", JUNE, False, True, 3.0),
            ("had left", MAY, False, True, 6.0), ("had, billed late", MAY, False, True, 2.0),
            ("had, billed late", JUNE, False, False, 0.5), ("came to go", JUNE, False, True, 0.25, 0.0),
            ("gone", MAY, True, False, 5.0),
            ("new", JUNE, True, False, 20.0, 0.0),
            ("old", JUNE, True, False, 7.0, 40.0),
            ("dearer", MAY, True, False, 10.0, 5.0), ("dearer", JUNE, True, False, 9.0, 6.0, 1.0, 0.0),
            ("cheaper", MAY, True, False, 10.0, 5.0), ("cheaper", JUNE, True, False, 8.0, 6.0, 0.0, 2.0),
            ("no bill", MAY, True, False, 4.0), ("no bill", JUNE, True, False, None),
            ("no bill at first", MAY, True, False, None), ("no bill at first", JUNE, True, False, 1.0),
        ]
    )  # fmt: skip
    assert (found.base.opening, found.base.closing) == (8, 8)
    assert found.base.parts == {"joined": 2, "returned": 0, "appeared": 1, "left": -2, "gone": -1}
    assert found.revenue is not None
    assert found.revenue.parts == {
        "left": -475, "left_before": -750, "joined": 2000, "returned": 0, "plan_up": -100, "plan_down": -200,
        "more": 250, "less": -600, "unbilled": -300, "other": 200,
    }  # fmt: skip
    assert (found.revenue.people["left"], found.revenue.people["left_before"], found.revenue.had) == (2, 2, 800)
    assert found.unbilled == 1


def test_what_leavers_had_falls_away_in_two_months_under_two_names_and_adds_up() -> None:
    stays = [("s", month, True, False, 10.0) for month in MONTHS]
    one, two, three = made(
        [*stays, ("a", APRIL, True, False, 9.0), ("a", MAY, False, True, 2.0),
         ("b", APRIL, True, False, 5.0), ("b", MAY, True, False, 5.0), ("b", JUNE, False, True, 1.5)]
    )  # fmt: skip
    told = [(step.revenue.parts["left"], step.revenue.parts["left_before"], step.revenue.had)
            for step in (one, two, three) if step.revenue]  # fmt: skip
    assert told == [(-700, 0, 900), (-350, -200, 500), (0, -150, 0)]
    whole = added([step.revenue for step in (one, two, three)])
    assert whole is not None and whole.had == 1400 == -whole.parts["left"] - whole.parts["left_before"]


def test_who_returns_is_told_from_who_joins_and_who_joins_to_leave_counts_both_ways() -> None:
    found = made(
        [
            ("a", APRIL, True, False, 1.0), ("b", APRIL, True, False, 1.0),
            ("a", MAY, True, False, 1.0), ("b", MAY, False, True, 1.0),
            ("a", JUNE, True, False, 1.0), ("b", JUNE, True, False, 3.0),
            ("short", JUNE, False, True, 2.0, 0.0),
        ]
    )  # fmt: skip
    assert found[-1].base.parts == {"joined": 1, "returned": 1, "appeared": 0, "left": -1, "gone": 0}
    assert found[-1].revenue is not None
    assert found[-1].revenue.parts["returned"] == 200  # 3.00 now, and the last bill was of 1.00


def test_a_month_that_lacks_is_stepped_over_and_joiners_of_it_still_count_as_such() -> None:
    (found,) = made([("a", APRIL, True, False, 1.0), ("a", JUNE, True, False, 1.0), ("b", JUNE, True, False, 1.0, 1.0)])
    assert (found.before, found.month, found.span) == (APRIL, JUNE, 2)
    assert found.base.parts["joined"] == 1


def test_months_without_any_bill_have_no_bridge_of_revenue_and_then_none_of_the_whole() -> None:
    found = made([("a", APRIL, True, False, 1.0), ("a", MAY, True, False, None), ("a", JUNE, True, False, 1.0)])
    assert [step.revenue for step in found] == [None, None]
    assert added([step.revenue for step in found]) is None
    assert added([step.base for step in found]) == Flow(
        1, 1, dict.fromkeys(found[0].base.parts, 0), dict.fromkeys(found[0].base.parts, 0)
    )
