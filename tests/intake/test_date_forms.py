"""The form of a column of dates is decided on all its values, said, and asked for where they do not tell."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError, UsageError
from telcli.intake.understand import understand
from telcli.tables.extract import Extract


def read(dates: list[str], header: str = "缴费时间", **told: Any) -> tuple[list[Any], list[Any]]:
    rows = len(dates)
    raw = {
        "客户编号": [f"C{n}" for n in range(rows)],
        header: dates,
        "缴费金额": ["5"] * rows,
        "_line": range(2, rows + 2),
    }
    frame = pl.LazyFrame(raw, schema_overrides={"_line": pl.Int64})
    ones, notices = understand([Extract("payments.csv", frame, "utf-8", ",", "")], told)
    found = ones[0].clean(ones[0].readings()).collect()
    assert ones[0].map.table == "payments"
    return found["paid_at"].to_list(), [notice.values["form"] for notice in notices if notice.code.endswith("-read-as")]


def refused(dates: list[str]) -> DataError:
    with pytest.raises(DataError) as caught:
        read(dates)
    return caught.value


def test_one_value_beyond_twelve_settles_the_column() -> None:
    early = [f"{1 + n % 9}/{1 + n % 12}/2019" for n in range(3000)]
    values, forms = read([*early, "2/14/2019"])
    assert (values[-1], values[1], forms) == (datetime(2019, 2, 14), datetime(2019, 2, 2), ["month/day/year"])
    values, forms = read([*early, "14/2/2019"])
    assert (values[-1], forms) == (datetime(2019, 2, 14), ["day/month/year"])


def test_dots_part_the_day_first() -> None:
    assert read(["1.2.2019", "3.4.2019"])[0] == [datetime(2019, 2, 1), datetime(2019, 4, 3)]


def test_a_column_that_does_not_tell_is_refused_with_its_candidates() -> None:
    error = refused(["1/2/2019", "3/4/2019"])
    assert error.code == "dates-ambiguous"
    assert "--map payments.paid_at=缴费时间@dmy" in error.hint
    assert refused(["14/2/2019", "2/14/2019"]).code == "dates-mixed"
    assert refused(["01/02/03", "03/04/05"]).code == "dates-short"


def test_one_slip_in_thousands_is_a_fault_of_its_row() -> None:
    values, _ = read([*["14/2/2019"] * 3000, "2/14/2019"])
    assert (values[0], values[-1]) == (datetime(2019, 2, 14), None)


def test_the_analyst_says_the_form() -> None:
    assert read(["1/2/2019"], map={"paid_at": "缴费时间@mdy"})[0] == [datetime(2019, 1, 2)]
    assert read(["42048"], map={"paid_at": "缴费时间@excel1904"})[0] == [datetime(2019, 2, 14)]
    assert read(["14.02.19"], map={"paid_at": "缴费时间@dmy"})[0] == [datetime(2019, 2, 14)]


def test_a_header_says_the_form() -> None:
    assert read(["1/2/2019"], "Payment Date (dd/mm/yyyy)")[0] == [datetime(2019, 2, 1)]
    assert read(["20190214"], "Payment Date (YYYYMMDD)") == ([datetime(2019, 2, 14)], [])


@pytest.mark.parametrize(
    ("text", "form"),
    [("43510", "Excel"), ("1550102400", "seconds"), ("1550102400000", "milliseconds"), ("43510.5", "Excel")],
)
def test_counted_dates_are_read_where_the_whole_column_is_so(text: str, form: str) -> None:
    values, forms = read([text] * 30)
    assert values[0].date() == date(2019, 2, 14)
    assert form in forms[0]


def test_zeros_say_nothing_of_the_form() -> None:
    values, forms = read([*["43510"] * 10, *["0"] * 10, ""])
    assert (values[0], values[-1], len(forms)) == (datetime(2019, 2, 14), None, 1)


def test_a_few_numbers_among_dates_are_faults() -> None:
    values, forms = read([*["2019-02-14"] * 30, "43510"])
    assert (values[-1], forms) == (None, [])


def test_a_column_that_begins_empty_is_looked_at_whole() -> None:
    values, _ = read([*[""] * 2500, "2/14/2019"])
    assert values[-1] == datetime(2019, 2, 14)


def test_times_with_offsets_are_told_in_the_zone_and_aloud() -> None:
    frame = pl.LazyFrame(
        {
            "客户编号": ["C1", "C2"],
            "缴费时间": ["2010-09-15T19:17:44+01:00", "2010-12-01T08:00:00Z"],
            "缴费金额": ["5", "6"],
            "_line": pl.Series([2, 3], dtype=pl.Int64),
        }
    )
    ones, notices = understand([Extract("payments.csv", frame, "utf-8", ",", "")], {}, zone="Europe/Berlin")
    assert ones[0].clean(ones[0].readings()).collect()["paid_at"].to_list() == [
        datetime(2010, 9, 15, 20, 17, 44),
        datetime(2010, 12, 1, 9),
    ]
    told = [notice.values for notice in notices if notice.code == "offsets-converted"]
    assert [(one["offsets"], one["zone"]) for one in told] == [("+01:00, Z", "Europe/Berlin")]


def test_a_pinned_mapping_keeps_the_form_and_refuses_another_unit() -> None:
    frame = pl.LazyFrame(
        {"客户编号": ["C1"], "缴费时间": ["1/2/2019"], "缴费金额": ["5"], "_line": pl.Series([2], dtype=pl.Int64)}
    )
    extract = Extract("payments.csv", frame, "utf-8", ",", "")
    columns = {"customer_id": "客户编号", "paid_at": {"column": "缴费时间", "unit": "ddmmyyyy"}, "amount": "缴费金额"}
    pinned = {"source": [{"file": "payments.csv", "table": "payments", "columns": columns}]}
    ones, _ = understand([extract], {"mapping": pinned})
    assert ones[0].clean(ones[0].readings()).collect()["paid_at"].to_list() == [datetime(2019, 2, 1)]
    columns["paid_at"] = {"column": "缴费时间", "unit": "furlong"}
    with pytest.raises(UsageError) as caught:
        understand([extract], {"mapping": pinned})
    assert caught.value.code == "mapping-unit"
