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
