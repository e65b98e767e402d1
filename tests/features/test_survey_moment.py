"""What was known of customers when they were asked is never from after it."""

from datetime import date

import polars as pl

from telcli.features.survey_moment import asked_then, asked_too_early

JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)


def _months(*months: date) -> dict[str, pl.LazyFrame]:
    rows = [
        {"customer_id": one, "month": month, "active": True, "left": False, "complaints": 7.0, "revenue": 50.0}
        for one in "ab"
        for month in months
    ]
    return {"customer_months": pl.LazyFrame(rows), "customers": pl.LazyFrame({"customer_id": ["a", "b"]})}


ASKED = pl.DataFrame({"customer_id": ["a", "b"], "surveyed_on": [date(2024, 1, 2), date(2024, 2, 20)]})


def test_who_was_asked_in_the_first_month_is_not_seen_at_its_end() -> None:
    tables = _months(JANUARY, FEBRUARY)
    found = asked_then(tables, ASKED, FEBRUARY)
    assert found.select("customer_id", "month").rows() == [("b", JANUARY)]
    assert asked_too_early(tables, ASKED) == 1


def test_a_table_given_once_is_what_is_known() -> None:
    tables = _months(FEBRUARY)
    assert asked_then(tables, ASKED, FEBRUARY)["month"].to_list() == [FEBRUARY] * 2
    assert asked_too_early(tables, ASKED) == 0
