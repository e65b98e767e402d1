"""Cross tables: nothing that is hidden can be computed from what is shown, and little is hidden for it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telcli.figures.crossing import bridges, hidden_cells, tellable

TABLES = st.integers(1, 5).flatmap(
    lambda wide: st.lists(st.lists(st.integers(0, 60), min_size=wide, max_size=wide), min_size=1, max_size=5)
)
TIERS = [[57, 22, 0, 0, 1], [18, 162, 60, 0, 1], [1, 27, 378, 69, 7], [0, 1, 37, 746, 19], [7, 1, 7, 20, 0]]
"""Tiers of two months: who left in the last column, who is new in the last row."""
UP, DOWN, SAME = ([(r, c) for r in range(4) for c in range(4) if np.sign(r - c) == way] for way in (1, -1, 0))


def computed(
    counts: list[list[int]], mask: list[list[bool]], parts: list[list[tuple[int, int]]]
) -> set[tuple[int, int]]:
    """Hidden cells that sums of lines and of `parts` leave no other number for."""
    places = [(r, c) for r, row in enumerate(mask) for c, gone in enumerate(row) if gone]
    sums = [[float(place[axis] == at) for place in places] for axis in (0, 1) for at in range(9)]
    sums += [[float(place in part) for place in places] for part in parts]
    system = np.array(sums).reshape(len(sums), len(places))
    rank = np.linalg.matrix_rank(system) if places else 0
    found = set()
    for at in range(len(places)):
        alone = np.eye(len(places))[at : at + 1]
        if np.linalg.matrix_rank(np.vstack([system, alone])) == rank:
            found.add(places[at])
    return found


@given(TABLES)
def test_no_small_cell_can_be_worked_out_from_its_row_or_column(counts: list[list[int]]) -> None:
    mask = hidden_cells(counts, 10)
    cells = [list(zip(row, gone, strict=True)) for row, gone in zip(counts, mask, strict=True)]
    for line in [*cells, *map(list, zip(*cells, strict=True))]:
        lost = [count for count, gone in line if gone]
        rest = [count for count, gone in line if not gone and count]
        assert all(count >= 10 for count in rest)
        assert not lost or not rest or (len(lost) > 1 and sum(lost) >= 10)


@given(TABLES)
def test_no_hidden_cell_can_be_computed_from_sums_and_parts_beside(counts: list[list[int]]) -> None:
    mask, every = hidden_cells(counts, 10), [[count > 0 for count in row] for row in counts]
    bare = computed(counts, mask, [])
    assert bare <= computed(counts, every, [])  # where all there is hidden, and sums tell a cell still, nothing helps
    inside = [[(r, c) for r, c in part if r < len(counts) and c < len(counts[0])] for part in (UP, DOWN, SAME)]
    told = tellable(counts, mask, 10, inside)
    assert computed(counts, mask, [part for part, one in zip(inside, told, strict=True) if one]) == bare


def test_few_and_small_cells_are_hidden() -> None:
    mask = hidden_cells(TIERS, 10)
    gone = [count for row, line in zip(TIERS, mask, strict=True) for count, one in zip(row, line, strict=True) if one]
    assert len(gone) == 13
    assert max(gone) == 37
    assert tellable(TIERS, mask, 10, [UP, DOWN, SAME]) == [False, False, True]  # 84 up would tell of 1 who left


def test_bridges_are_the_edges_without_which_a_graph_falls_apart() -> None:
    edges = [(0, 10), (1, 10), (1, 11), (0, 11), (1, 12), (2, 12), (3, 13)]
    beside: dict[int, list[tuple[int, tuple[int, int]]]] = {}
    for edge in edges:
        for one, other in (edge, edge[::-1]):
            beside.setdefault(one, []).append((other, edge))
    assert bridges(beside) == {(1, 12), (2, 12), (3, 13)}
