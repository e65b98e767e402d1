"""The long table and the hiding of small groups."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from telcli.figures.base import SCHEMA, Figures, hidden

COUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=8)


def test_numbers_and_texts_go_to_their_columns_and_gaps_are_left_out() -> None:
    figures = Figures()
    figures.block(
        "a", [{"x": 1, "y": None, "name": "one", "name_zh": "一"}, {"x": float("nan"), "name": "two"}], ("name",)
    )
    frame = figures.frame(date(2024, 6, 1))
    assert dict(frame.schema) == SCHEMA
    assert frame.select("row", "metric", "value", "text", "text_zh").rows() == [
        (1, "x", 1.0, None, None),
        (1, "name", None, "one", "一"),
        (2, "name", None, "two", "two"),
    ]


@given(COUNTS)
def test_no_small_group_can_be_worked_out_from_the_total(counts: list[int]) -> None:
    mask = hidden(counts, 10)
    for count, gone in zip(counts, mask, strict=True):
        assert gone or count == 0 or count >= 10
    lost = [count for count, gone in zip(counts, mask, strict=True) if gone]
    rest = [count for count, gone in zip(counts, mask, strict=True) if not gone and count]
    assert not lost or not rest or (len(lost) > 1 and sum(lost) >= 10)
    if all(count == 0 or count >= 10 for count in counts):
        assert not any(mask)
