"""Sums by levels of an organisation: exact, and no hidden one to be worked out of the others."""

from datetime import date
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.figures.cubed import summed, told
from telcli.figures.rolled import Counts, hidden_nodes, hidden_values, rolled, small_nodes
from telcli.tables.metric_dictionary import metrics

JUNE, LEAST = date(2024, 6, 1), 10
COUNT = st.one_of(st.just(0), st.integers(1, 14), st.integers(0, 80))
TREES = st.dictionaries(
    st.tuples(st.sampled_from("AB"), st.sampled_from("abc"), st.sampled_from("123")),
    st.tuples(COUNT, COUNT),
    min_size=1,
    max_size=18,
)


def nodes(leaves: dict[tuple[str, ...], Counts], at: int) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for path, many in leaves.items():
        for depth in range(4):
            found[path[:depth]] = found.get(path[:depth], 0) + many[at]
    return found


@given(TREES)
def test_no_hidden_node_follows_from_parents_less_children(leaves: dict[tuple[str, ...], Counts]) -> None:
    gone = small_nodes(leaves, LEAST)
    for at in range(2):
        counts = nodes(leaves, at)
        assert not [node for node, count in counts.items() if 0 < count < LEAST and node not in gone]
        lost = [node for node, count in counts.items() if count and node in gone]
        rows = []
        for parent in counts:
            children = [node for node in counts if node and node[:-1] == parent]
            rows.append(
                [float(one in children) - float(one == parent) for one in lost] if children else [0.0] * len(lost)
            )
            hidden = sum(counts[child] for child in children if child in gone)
            assert parent in gone or hidden == 0 or hidden >= LEAST
        system = np.array(rows)
        rank = np.linalg.matrix_rank(system) if lost else 0
        assert all(np.linalg.matrix_rank(np.vstack([system, one])) > rank for one in np.eye(len(lost)))


def people(sizes: dict[tuple[str, str], int]) -> pl.LazyFrame:
    rows = [(province, branch) for (province, branch), size in sizes.items() for _ in range(size)]
    frame = pl.DataFrame(rows, schema=["province", "branch"], orient="row").with_row_index("n")
    return frame.lazy().select(
        "province", "branch", month=pl.lit(JUNE), active=pl.lit(value=True), revenue=pl.col("n") * 0.1
    )


def test_levels_add_up_exactly_and_stand_parents_first() -> None:
    sizes = {("P", "a"): 20, ("P", "b"): 30, ("Q", "c"): 40}
    asked = [metrics()["customers"], metrics()["revenue"]]
    sums = summed(people(sizes), asked, ["province", "branch"])
    path = ("province", "branch")
    found = rolled(sums, path, 2, hidden_nodes(sums, path, LEAST)).sort("province", "branch")
    assert found.select("level", *path, "customers").rows() == [
        ("all", None, None, 90), ("province", "P", None, 50), ("branch", "P", "a", 20), ("branch", "P", "b", 30),
        ("province", "Q", None, 40), ("branch", "Q", "c", 40),
    ]  # fmt: skip
    by_level = found.group_by("level").agg(pl.col("revenue").sum().round(6))["revenue"].to_list()
    assert by_level == [by_level[0]] * 3


def test_the_same_is_hidden_whichever_levels_are_asked_for() -> None:
    sizes = {("P", "a"): 3, ("P", "b"): 30, ("P", "d"): 40, ("Q", "c"): 40, ("Q", "e"): 11}
    sums = summed(people(sizes), [metrics()["customers"]], ["province", "branch"])
    path = ("province", "branch")
    gone = hidden_nodes(sums, path, LEAST)
    table = rolled(sums, path, 2, gone)
    assert set(table.filter(pl.col("hidden") != "")["branch"]) == {"a", "b"}
    alone = told(summed(people(sizes), [metrics()["customers"]], ["branch"]), LEAST, hidden_values(gone, path))
    assert set(alone.filter(pl.col("hidden") != "")["branch"]) >= {"a", "b"}


@pytest.mark.parametrize("chosen", [11, 25])
def test_neither_who_is_chosen_nor_who_is_not_can_be_told_where_they_are_few(chosen: int) -> None:
    sizes = {("P", "a"): 30, ("P", "b"): 30}
    rows = people(sizes).with_row_index("at")
    picked = (pl.col("at") < chosen) | (pl.col("branch") == "b")
    sums = summed(rows, [metrics()["customers"]], ["province", "branch"], picked)
    path = ("province", "branch")
    table = rolled(sums, path, 2, hidden_nodes(sums, path, LEAST))
    few = 30 - chosen < LEAST  # who is not chosen: then of a, of P and of all
    assert (table["hidden"] != "").to_list() == [few, few, few, False]


def test_levels_of_several_months_are_apart() -> None:
    months = ((5, 5), (50, 6))
    both = pl.concat([people({("P", "a"): n}).with_columns(month=pl.lit(date(2024, m, 1))) for n, m in months])
    sums = summed(both, [metrics()["customers"]], ["province", "branch"])
    table = rolled(sums, ("province", "branch"), 1, hidden_nodes(sums, ("province", "branch"), LEAST))
    shown = {(row["month"].month, row["level"]): row["customers"] for row in table.rows(named=True)}
    assert shown == {(5, "all"): None, (5, "province"): None, (6, "all"): 50, (6, "province"): 50}
    assert list(product((5, 6), ("all", "province"))) == sorted(shown)
