"""Conditions over columns: names that are words of SQL too."""

import polars as pl
import pytest

from telcli.tables.condition import ConditionError, condition

FRAME = pl.DataFrame(
    {"view": ["segment", "loyal", "view"], "order": [1, 2, 3], "user": ["a", "b", "c"], "moved": [True, False, True]}
)


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("view = 'segment'", [0]),
        ("view IN ('loyal', 'view') AND moved", [2]),
        ("view = 'view'", [2]),
        ("order > 1 AND NOT view = 'view'", [1]),
        ("user = 'a' OR order::text = '3'", [0, 2]),
        ("CASE WHEN order = 1 THEN moved END", [0]),
        ("\"view\" = 'loyal'", [1]),
        ("lower(view) = 'loyal' AND order BETWEEN 1 AND 2", [1]),
    ],
)
def test_a_column_may_be_called_like_a_word_of_sql(where: str, rows: list[int]) -> None:
    found = FRAME.with_row_index().filter(condition(where, FRAME.schema))
    assert found["index"].to_list() == rows


@pytest.mark.parametrize("where", ["limit = 5", "view ="])
def test_what_cannot_be_read_stays_unreadable(where: str) -> None:
    with pytest.raises(ConditionError) as caught:
        condition(where, FRAME.schema)
    assert caught.value.why == "unreadable"


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        *((f"moved = {word}", [0, 2]) for word in ("'yes'", "'True'", "'是'", "' Y '", "1", "true", "'有'")),
        *((f"moved = {word}", [1]) for word in ("'no'", "'FALSE'", "'否'", "0", "false", "'无'")),
        ("moved <> 'yes'", [1]),
        ("'否' != moved AND user <> 'c'", [0]),
        ("\"moved\" == 'yes' AND order > 1", [2]),
        ("moved IN ('yes', '否')", [0, 1, 2]),
        ("moved NOT IN ('是')", [1]),
        ("view = 'moved = ''yes''' OR NOT moved", [1]),
    ],
)
def test_what_is_true_or_false_may_be_compared_with_yes_and_no(where: str, rows: list[int]) -> None:
    found = FRAME.with_row_index().filter(condition(where, FRAME.schema))
    assert found["index"].to_list() == rows


def test_columns_whose_names_end_in_digits_are_columns() -> None:
    frame = FRAME.with_columns(moved_2=pl.Series([True, True, False]))
    assert frame.filter(condition("moved_2 = moved AND moved_2 = 'yes'", frame.schema)).height == 1


@pytest.mark.parametrize(
    ("where", "part"),
    [
        *(("moved = 'maybe'", "maybe"), ("'' = moved", ""), ("moved IN ('yes', 'North')", "North"), ("moved = 2", "2")),
        *(("moved > 'a'", "a"), ("order = 1 AND moved LIKE 'y%'", "y%"), ("moved BETWEEN 'a' AND 'z'", "a")),
    ],
)
def test_any_other_text_beside_true_or_false_is_refused(where: str, part: str) -> None:
    with pytest.raises(ConditionError) as caught:
        condition(where, FRAME.schema)
    assert (caught.value.why, caught.value.part) == ("flag", part)
