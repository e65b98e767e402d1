"""Months without rows, or with few, are told."""

from telcli.pipeline.month_counts import month_notices
from telcli.pipeline.provenance import Part


def parts(**rows: int) -> dict[str, Part]:
    return {f"2024-{month[1:]}-01": Part("p", "", count, 0) for month, count in rows.items()}


def test_a_month_without_rows_between_others_is_told() -> None:
    (notice,) = month_notices({"payments": parts(m01=50, m04=60)})
    assert notice.code == "month-gap"
    assert notice.values["months"] == "2024-02, 2024-03"


def test_a_month_thinner_than_both_neighbours_is_told_and_one_of_a_falling_row_is_not() -> None:
    (notice,) = month_notices({"bills": parts(m01=50, m02=20, m03=60)})
    assert (notice.code, notice.values["month"], notice.values["others"]) == ("month-few-rows", "2024-02", "50 / 60")
    assert not month_notices({"bills": parts(m01=70, m02=40, m03=30, m04=2)}), "customer-months tells of the last"
    (notice,) = month_notices({"payments": parts(m01=70, m02=40, m03=30, m04=2)})
    assert notice.values["month"] == "2024-04"


def test_tables_of_few_rows_and_of_no_months_are_let_be() -> None:
    assert not month_notices({"contacts": parts(m01=3, m05=2), "customers": {"": Part("p", "", 9, 0)}})


def test_buckets_of_one_month_are_added_up() -> None:
    one = {f"2024-0{month}-01/{bucket:02d}": Part("p", "", 40, 0) for month in (1, 2) for bucket in (0, 1)}
    assert not month_notices({"bills": one})


def test_few_rows_dated_years_before_all_others_are_told_and_open_no_gap() -> None:
    old = {"1980-02-01": Part("p", "", 3, 0), "1980-03-01": Part("p", "", 1, 0)}
    (notice,) = month_notices({"calls": old | parts(m01=50, m02=60)})
    assert (notice.code, notice.values) == (
        "months-far-off",
        {"table": "calls", "rows": 4, "months": "1980-02, 1980-03", "first": "2024-01"},
    )
    many = {"1980-02-01": Part("p", "", 30, 0)}
    assert [one.code for one in month_notices({"calls": many | parts(m01=50, m02=60)})] == ["month-gap"]
