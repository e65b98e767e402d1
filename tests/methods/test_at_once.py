"""How many spans run at the same moment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.at_once import most_at_once

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 8)), max_size=25)


@given(SPANS)
def test_it_is_the_most_of_all_moments_counted_one_by_one(spans: list[tuple[int, int]]) -> None:
    begin, end = [first for first, _ in spans], [first + long for first, long in spans]
    counted = max((sum(a <= moment < b for a, b in zip(begin, end, strict=True)) for moment in range(40)), default=0)
    assert most_at_once(begin, end) == counted
    assert most_at_once(begin[::-1], end[::-1]) == counted
