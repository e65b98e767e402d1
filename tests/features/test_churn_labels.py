"""Labels by an operator's own definition: what counts, what does not, and of whom nothing can be said."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.features import churn_labels
from telcli.features.churn_labels import STATES, LabelWindow, label_counts, label_rows, labelled
from telcli.features.churn_leavings import COUNTED, Definition, departed
from telcli.features.month_index import add_months

FIRST = date(2023, 1, 1)
SIGNS = st.text("al-x", min_size=5, max_size=12)


def at(month: int) -> date:
    return add_months(FIRST, month - 1)


def going(*people: str) -> pl.LazyFrame:
    """A customer each by month from January 2023: a is here, l leaves, x is between lines, - has no row."""
    rows = [
        (f"c{n}", at(m), sign == "a", sign == "l")
        for n, signs in enumerate(people)
        for m, sign in enumerate(signs, 1)
        if sign != "-"
    ]
    kinds = {"customer_id": pl.String, "month": pl.Date, "active": pl.Boolean, "left": pl.Boolean}
    return pl.DataFrame(rows, schema=kinds, orient="row").lazy()


def states(months: pl.LazyFrame, *snapshots: int, gap: int = 1, outcome: int = 2, **more: Any) -> pl.DataFrame:
    """What became of customers, without lines or with those in `lines`."""
    tables = {"customer_months": months}
    if "lines" in more:
        tables["subscriptions"] = more.pop("lines")
    definition = Definition(**more)
    outlook = LabelWindow(gap, outcome, definition.return_months)
    return labelled(departed(tables, definition), tuple(at(month) for month in snapshots), outlook)


def lines(*rows: tuple[str, date, date | None, str | None], **more: Any) -> pl.LazyFrame:
    """Lines by customer, first and last day, and why they ended."""
    frame = pl.DataFrame(
        rows,
        schema={"customer_id": pl.String, "activated_on": pl.Date, "ended_on": pl.Date, "end_reason": pl.String},
        orient="row",
    ).with_columns(subscription_id=pl.Series([f"s{n}" for n in range(len(rows))], dtype=pl.String))
    return frame.with_columns(pl.Series(name, values) for name, values in more.items()).lazy()


def test_each_state_once() -> None:
    found = states(going("aal", "aaal", "aaaaal", "aaaaaa", "aaaa--", "aaaxx", "aaaaa"), 2)
    assert found["state"].to_list() == ["gap", "churned", "stayed", "stayed", "unseen", "unseen", "stayed"]
    assert set(found["state"]) <= set(STATES)
    assert label_rows(found).rows() == [
        ("c1", at(2), True),
        ("c2", at(2), False),
        ("c3", at(2), False),
        ("c6", at(2), False),
    ]
    counted = label_counts(found)[at(2)]
    assert [counted[state] for state in STATES] == [1, 3, 1, 0, 2]
    assert counted["churned unknown"] == 1, "who left in the gap is of no kind"


@pytest.mark.parametrize(
    ("signs", "label"),
    [
        ("aaal-aal", [True]),
        ("aaal-aaa", [True]),
        ("aaaaal-a", [False]),
        ("aal-aaal", []),
        ("alaal", [True]),
        ("alaaaal", [False]),
    ],
)
def test_the_first_leaving_after_the_snapshot_counts(signs: str, label: list[bool]) -> None:
    found = states(going(signs), 2 if signs[1] == "a" else 3)
    assert label_rows(found)["churned"].to_list() == label


@pytest.mark.parametrize(("signs", "state"), [("aaal-a", "stayed"), ("aaal--a", "churned"), ("aaalaal", "stayed")])
def test_who_is_back_in_time_has_not_left(signs: str, state: str) -> None:
    assert states(going(signs), 2, return_months=2)["state"].to_list() == [state]


@given(SIGNS, st.text("al-x", max_size=8), st.integers(0, 2))
def test_nothing_after_the_window_changes_a_label(past: str, future: str, returns: int) -> None:
    month, both = len(past) - 3 - returns, (past + future)[:18]
    if month > 0:
        first, again = (states(going(signs), month, return_months=returns) for signs in (past, both))
        assert first.equals(again)


@given(SIGNS, st.text("al-x", min_size=3, max_size=3))
def test_nothing_before_the_snapshot_changes_a_label(later: str, before: str) -> None:
    first, other = (states(going(past + "a" + later), 4) for past in ("aaa", before))
    assert first.equals(other)


@given(st.lists(SIGNS, min_size=1, max_size=4), st.integers(0, 2), st.integers(0, 2))
def test_a_wider_window_never_makes_a_churner_stay(people: list[str], gap: int, returns: int) -> None:
    told: set[str] = set()
    for outcome in range(1, 6):
        found = states(going(*people), 2, gap=gap, outcome=outcome, return_months=returns)
        churned = set(found.filter(pl.col("state") == "churned")["customer_id"])
        assert told <= churned
        told = churned


@given(st.lists(SIGNS, min_size=1, max_size=4), st.integers(1, 3))
def test_who_leaves_in_the_gap_has_no_label(people: list[str], gap: int) -> None:
    found = label_rows(states(going(*people), 2, gap=gap))
    for who in found["customer_id"]:
        assert "l" not in people[int(who[1:])][2 : 2 + gap]


def test_windows_cross_the_year() -> None:
    rows = [("a", date(2022, 11, 1), True, False), ("a", date(2023, 1, 1), False, True)]
    frame = pl.DataFrame(rows, schema=["customer_id", "month", "active", "left"], orient="row").lazy()
    found = labelled(departed({"customer_months": frame}, Definition()), (date(2022, 11, 1),), LabelWindow(1, 1))
    assert found["state"].to_list() == ["churned"]


def four() -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """One leaves by each of four ways in April 2023: asked, owed, ported, moved within."""
    day = date(2023, 4, 9)
    ways = ("voluntary", "involuntary", "port-out", "internal")
    months = going("aaal-", "aaal-", "aaal-", "aaax-")
    return months, lines(*((f"c{n}", FIRST, day, why) for n, why in enumerate(ways)))


def test_only_kinds_that_count_are_churn_and_moves_within_never_are() -> None:
    months, held = four()
    found = states(months, 2, lines=held)
    assert found["state"].to_list() == ["churned", "churned", "churned", "unseen"]
    assert found["kind"].to_list() == ["voluntary", "involuntary", "port-out", "internal"]
    found = states(months, 2, lines=held, kinds=frozenset({"port-out"}))
    assert found["state"].to_list() == ["otherwise", "otherwise", "churned", "unseen"]
    for kinds in (COUNTED, ("voluntary",)):
        assert states(months, 2, lines=held, kinds=frozenset(kinds))["state"][3] == "unseen"


def test_a_number_an_account_and_a_customer_are_three_levels() -> None:
    """One of three lines ends; the second is alone on its account."""
    months = going("aaaaaa", "aaaaaa", "aaaaaa")
    end, far = date(2023, 4, 20), None
    held = lines(
        *(("c0", FIRST, end, "voluntary"), ("c0", FIRST, far, None), ("c0", FIRST, far, None)),
        *(("c1", FIRST, end, "voluntary"), ("c1", FIRST, far, None)),
        *(("c2", FIRST, end, "internal"), ("c2", end, far, None)),
        account_id=["A", "A", "B", "C", "D", "E", "E"],
    )
    by_level = {
        level: states(months, 2, lines=held, level=level)["state"].to_list()
        for level in ("customer", "account", "number")
    }
    assert by_level == {
        "customer": ["stayed", "stayed", "stayed"],
        "account": ["stayed", "churned", "stayed"],
        "number": ["churned", "churned", "stayed"],
    }


def test_a_number_replaced_within_the_days_of_a_return_is_no_churn() -> None:
    held = lines(
        ("c0", FIRST, date(2023, 4, 20), "voluntary"), ("c0", date(2023, 5, 3), None, None), ("c0", FIRST, None, None)
    )
    told = [states(going("aaaaaaa"), 2, lines=held, level="number", return_months=n)["state"].item() for n in (0, 1)]
    assert told == ["churned", "stayed"]


def quiet(use: list[int], paid: list[int] | None = None, left: int | None = None) -> pl.LazyFrame:
    """One customer by months since use and payment."""
    rows = [
        {
            "customer_id": "c0",
            "month": at(m),
            "active": m != left,
            "left": m == left,
            "months_since_use": float(since),
            "months_since_payment": float((paid or use)[m - 1]),
        }
        for m, since in enumerate(use, 1)
    ]
    return pl.DataFrame(rows).lazy()


SILENT = [0, 0, 0, 1, 2, 3]


def prepaid(ended: date | None = None, mode: str = "prepaid") -> pl.LazyFrame:
    return lines(("c0", FIRST, ended, "unknown" if ended else None), pay_mode=[mode])


@pytest.mark.parametrize(("months", "state"), [(1, "gap"), (2, "churned"), (3, "churned")])
def test_prepaid_customers_leave_when_silence_has_lasted(months: int, state: str) -> None:
    """Silent from April: by one month they leave in April, by two in May, by three in June."""
    found = states(quiet(SILENT), 3, lines=prepaid(), silent_months=months)
    assert found.select("state", "kind").row(0) == (state, "inactive")


def test_silence_says_nothing_of_postpaid_lines_and_payment_breaks_it() -> None:
    assert states(quiet(SILENT), 3, lines=prepaid(mode="postpaid"), silent_months=2)["state"].item() == "stayed"
    paying = quiet(SILENT, paid=[0] * 6)
    assert states(paying, 3, lines=prepaid(), silent_months=2)["state"].item() == "stayed"
    assert states(paying, 3, lines=prepaid(), silent_months=2, zero_use=True)["state"].item() == "churned"


def test_who_is_silent_at_the_snapshot_is_gone_before_it() -> None:
    assert states(quiet([0, 1, 2, 3, 4]), 3, lines=prepaid(), silent_months=2, outcome=1).is_empty()


def test_a_recorded_end_begins_silence_where_silence_alone_counts() -> None:
    """Used in April, ended in April: silent for two months by June."""
    months, held = quiet([0, 0, 0, 0], left=4), prepaid(date(2023, 4, 9))
    assert states(months, 3, lines=held, gap=0)["state"].item() == "churned"
    alone = {"lines": held, "prepaid": "inactive", "silent_months": 2}
    assert states(months, 3, gap=0, outcome=3, **alone)["kind"].item() == "inactive"
    assert states(months, 3, gap=0, outcome=2, **alone)["state"].item() == "unseen"


def test_by_recorded_ends_alone_silence_is_no_leaving_and_nobody_stays_by_it() -> None:
    months = quiet([0, 0, 1, 2, 3], left=5)
    assert states(months, 3, lines=prepaid())["state"].item() == "churned"
    assert states(months, 3, lines=prepaid(), prepaid="recorded")["state"].item() == "otherwise"


DAYS = st.integers(0, 11).map(lambda month: add_months(FIRST, month).replace(day=9))
LINE = st.tuples(
    st.sampled_from(["c0", "c1"]), DAYS, st.none() | DAYS, st.sampled_from(["voluntary", "internal", None])
)


def seen_by(rows: list[tuple[str, date, date | None, str | None]], last: date) -> pl.LazyFrame:
    """The lines as the operator knew them at the end of a month."""
    end = add_months(last, 1)
    known = [(who, start, stop if stop and stop < end else None, why) for who, start, stop, why in rows]
    found = lines(
        *known, account_id=[f"{who} {n % 2}" for n, (who, *_) in enumerate(rows)], service_type=["tv"] * len(rows)
    )
    return found.filter(pl.col("activated_on") < end)


@given(st.lists(LINE, min_size=1, max_size=6), st.sampled_from(["account", "number"]), st.integers(0, 2))
def test_lines_after_the_window_change_no_label(
    rows: list[tuple[str, date, date | None, str | None]], level: str, returns: int
) -> None:
    rows = [(who, start, stop if stop and stop >= start else None, why) for who, start, stop, why in rows]
    months = going("a" * 12, "a" * 12)
    told = [
        states(months, 4, lines=seen_by(rows, at(last)), level=level, return_months=returns)
        for last in (7 + returns, 12)
    ]
    assert told[0].equals(told[1])


def test_no_snapshot_has_no_label() -> None:
    month = pl.LazyFrame(
        {"customer_id": ["a"], "month": [date(2024, 5, 1)], "active": [True], "left": [False]},
    )
    found = departed({"customer_months": month}, Definition())
    none = labelled(found, (), LabelWindow(1, 1))
    assert none.schema == labelled(found, (date(2024, 5, 1),), LabelWindow(1, 1)).schema
    assert label_rows(none).height == 0


@given(st.lists(SIGNS, min_size=1, max_size=9), st.integers(1, 4))
def test_labels_of_many_are_put_in_order_some_at_a_time(people: list[str], some: int) -> None:
    whole = states(going(*people), 1, 2, 3)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(churn_labels, "_SORTED", some)
        assert states(going(*people), 1, 2, 3).equals(whole)
    assert whole.equals(whole.sort("customer_id", "month"))
