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


def test_digits_that_are_no_level_are_faults_and_words_are_none() -> None:
    values, bad = stars(pl.Series(["七星级", "星", "3.5星", "无星级", "3.5", "贵宾", "星3"]))
    assert values.to_list() == [7, None, None, None, None, None, None]
    assert bad.to_list() == [False, False, True, False, True, False, True]


CARDS = {
    **{
        "准星": 0,
        "一星": 1,
        "三星": 3,
        "银卡": 4,
        "金卡": 5,
        "白金卡": 6,
        "钻石卡": 7,
        "全球通钻石卡客户": 7,
        "未评级": None,
    },
    **{"五星金卡": 5, "五星钻石": 5, "四星级银卡": 4, "VIP3": 3, "v6客户": 6, "ＶＩＰ２": 2, "未评级": None},
}


def test_cards_stand_above_three_stars_and_stars_before_the_card() -> None:
    values, bad = stars(pl.Series(list(CARDS)))
    assert dict(zip(CARDS, values.to_list(), strict=True)) == CARDS
    assert not bad.any()


def test_a_word_that_is_no_level_is_said_and_refuses_nobody(tmp_path: Path) -> None:
    rows = "".join(f"K{at},{word}\n" for at, word in enumerate(["银卡", "钻石卡", "三星", "二星", "一星", "贵宾"]))
    found = ran(tmp_path, {"crm.csv": "客户编号,客户星级标识\n" + rows})
    people = found.tables["customers"].collect().sort("customer_id")
    assert people["star_level"].to_list() == [4, 7, 3, 2, 1, None]
    assert people["_faults"].list.len().sum() == 0
    (told,) = [notice for notice in found.notices if notice.code == "stars-unknown"]
    assert told.values == {"file": "crm.csv", "header": "客户星级标识", "words": "贵宾", "count": "1"}


def test_a_name_among_levels_is_not_said(tmp_path: Path) -> None:
    rows = "".join(f"K{at},{word}\n" for at, word in enumerate(["三星", "二星", "一星", "欧阳小明"]))
    found = ran(tmp_path, {"crm.csv": "客户编号,星级\n" + rows})
    (told,) = [notice for notice in found.notices if notice.code == "stars-unknown"]
    assert "欧阳小明" not in told.values["words"]


def test_words_that_are_no_levels_at_all_are_an_attribute(tmp_path: Path) -> None:
    rows = "".join(f"K{at},{word}\n" for at, word in enumerate(["老客户", "新客户", "回流"] * 4))
    people = ran(tmp_path, {"crm.csv": "客户编号,客户星级,性别\n" + rows.replace("\n", ",男\n")}).tables["customers"]
    assert "star_level" not in people.collect_schema().names()
    assert people.collect()["x_客户星级"].null_count() == 0


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


def test_a_column_of_devices_that_holds_hardly_any_is_told_as_that(tmp_path: Path) -> None:
    rows = "".join(
        f"C{at},2024-06-0{1 + at % 9} 10:00:00,主叫,60,unknown{at},460990000000{at:03d}\n" for at in range(20)
    )
    found = ran(tmp_path, {"calls.csv": "客户编号,开始时间,呼叫方向,通话时长,终端IMEI,IMSI\n" + rows})
    told = {notice.code: notice.values for notice in found.notices}
    assert told["devices-dropped"]["columns"] == "终端IMEI"
    assert "personal-dropped" not in told
