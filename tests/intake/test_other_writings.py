"""Other ways in which the same things are written: stars, days of birth, genders, months and moments."""

from pathlib import Path

import polars as pl
import pytest

from telcli.errors import DataError
from telcli.intake.dates import moments
from telcli.intake.numbers import stars
from tests.intake.test_resolve import codes, ran

CUSTOMERS = "客服客户号,星级,出生年月日,性别,入网日期,配偶生日\n"
CUSTOMERS += "A,五星,1980-02-03,1,2020-01-05,1981-02-03\nB,1星,19810304,0,,19820304\n"
LINES = "用户编号,客户编号,业务号码,激活日期\nU1,A,13900000001,2020-02-01\nU2,B,13900000002,2020-02-01\n"


def test_customers_beside_lines(tmp_path: Path) -> None:
    found = ran(tmp_path, {"crm.csv": CUSTOMERS, "lines.csv": LINES})
    rows = found.tables["customers"].collect().sort("customer_id")
    assert rows["star_level"].to_list() == [5, 1]
    assert rows["birth_year"].to_list() == [1980, 1981]
    assert rows["gender"].to_list() == ["male", "female"]
    assert rows["joined_on"].cast(str).to_list() == ["2020-01-05", None]
    assert not [name for name in rows.columns if name.startswith("x_")]
    assert {"gender-assumed", "personal-dropped"} <= codes(found)


def test_zero_beside_one_and_two_is_no_gender(tmp_path: Path) -> None:
    found = ran(tmp_path, {"crm.csv": "客户编号,性别\nA,0\nB,1\nC,2\n"})
    assert found.tables["customers"].collect().sort("customer_id")["gender"].to_list() == ["other", "male", "female"]
    assert "gender-assumed" not in codes(found)


def test_levels_that_are_none_are_faults() -> None:
    assert stars(pl.Series(["七星级", "星", "3.5星", "无星级"]))[1].to_list() == [False, True, True, False]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("05/2026", "2026-05-01 00:00:00"),
        ("2026年5月4日 10时05分", "2026-05-04 10:05:00"),
        ("2026年5月4日10时5分6秒", "2026-05-04 10:05:06"),
        ("2026-05-04 10点05", "2026-05-04 10:05:00"),
        ("13/2026", "None"),
        ("2026年5月4日 25时05分", "None"),
    ],
)
def test_months_and_moments(text: str, told: str) -> None:
    values, bad = moments(pl.Series([text]))
    assert (str(values[0]), bad[0]) == (told, told == "None")


def test_where_a_title_is_not_certain_the_refusal_speaks_of_one(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        ran(
            tmp_path,
            {"crm.csv": "客户资料,制表人,,\n客户编号,性别,入网日期,星级\nA1,男,2020-01-01,3\nA2,女,2020-01-01,4\n"},
        )
    assert caught.value.code == "no-id"
    assert "A title above the header has to be taken out." in caught.value.hint
