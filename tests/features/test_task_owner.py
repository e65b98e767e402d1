"""Whose task each customer is, by hand-made branches and by properties."""

from collections import Counter
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from telcli.features.task_owner import UNASSIGNED, assign


def rows(*told: tuple[str, str | None, str | None, str | None, float]) -> pl.DataFrame:
    names = ("customer_id", "manager_id", "branch", "region", "worth")
    return pl.DataFrame(told, schema=dict.fromkeys(names[:4], pl.String) | {"worth": pl.Float64}, orient="row")


def found(people: pl.DataFrame, **how: Any) -> dict[str, tuple[str, bool, str, bool]]:
    return {row[0]: row[1:] for row in assign(people, **how).iter_rows()}


def test_the_dearest_stay_with_their_own_manager_and_the_rest_go_near_by() -> None:
    people = rows(("a", "M1", "North", "R", 1.0), ("b", "M1", "North", "R", 9.0), ("c", "M2", "North", "R", 5.0),
                  ("d", "M3", "South", "R", 5.0), ("e", None, None, None, 5.0))  # fmt: skip
    assert found(people, capacity=1) == {
        "a": ("M1", True, "own", False),  # nobody near by has room
        "b": ("M1", True, "own", True),
        "c": ("M2", True, "own", True),
        "d": ("M3", True, "own", True),
        "e": (UNASSIGNED, False, "nobody", True),
    }
    free = pl.concat([people, rows(("z", "M4", "West", "R", 0.0))])
    assert found(people, capacity=1, known=free)["a"] == ("M4", False, "region", True)


def test_a_manager_belongs_to_the_branch_of_most_of_her_customers() -> None:
    known = rows(("a", "M1", "North", "R", 0.0), ("b", "M1", "North", "R", 0.0), ("c", "M1", "South", "R", 0.0),
                 ("d", "M2", "South", "R", 0.0))  # fmt: skip
    people = rows(*[(f"x{n}", None, "South", "R", 1.0) for n in range(3)])
    assert {row[0] for row in found(people, known=known).values()} == {"M2"}


def test_blank_managers_are_none_and_absent_columns_say_nothing() -> None:
    people = pl.DataFrame({"customer_id": ["a", "b"], "manager_id": [" ", ""]})
    assert {row[0] for row in found(people).values()} == {UNASSIGNED}
    assert assign(people.clear()).is_empty()


_names = st.sampled_from([None, "M1", "M2", "M3"])
_places = st.sampled_from([None, "A", "B"])
_people = st.lists(st.tuples(_names, _places, st.sampled_from([None, "R"]), st.integers(0, 3)), max_size=25)


@given(told=_people, capacity=st.integers(0, 4))
def test_properties(told: list[tuple[Any, ...]], capacity: int) -> None:
    people = rows(*[(f"c{at:02}", *row[:3], float(row[3])) for at, row in enumerate(told)])
    one = assign(people, capacity=capacity)
    assert one.equals(assign(people[::-1], capacity=capacity))
    assert one["customer_id"].to_list() == people["customer_id"].to_list()
    if capacity:
        within = one.filter(pl.col("room"), pl.col("manager_id") != UNASSIGNED)["manager_id"]
        assert all(count <= capacity for count in Counter(within).values())
    else:
        own = people.select("customer_id", own="manager_id").join(one, on="customer_id")
        assert own.filter(pl.col("own").is_not_null(), pl.col("own") != pl.col("manager_id")).is_empty()
        assert one["room"].all()


@given(count=st.integers(1, 40), managers=st.integers(1, 5))
def test_loads_of_a_branch_differ_by_one_at_most(count: int, managers: int) -> None:
    known = rows(*[(f"k{m}", f"M{m}", "A", "R", 0.0) for m in range(managers)])
    people = rows(*[(f"c{at:02}", None, "A", "R", 1.0) for at in range(count)])
    loads = Counter(assign(people, known=known)["manager_id"])
    assert max(loads.values()) - min([loads.get(f"M{m}", 0) for m in range(managers)]) <= 1
