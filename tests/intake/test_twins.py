"""A flat table in Chinese gives what the same table in English gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from telcli.intake.mapping import SourceMap, guess
from telcli.pipeline.run import Request, run_stage

ROWS = [
    ("C1", "F", "Harbin", "12", "29.5", "Yes", "30", "1024", "5"),
    ("C2", "M", "Dalian", "0", "59", "No", "0", "20", "0"),
    ("C3", "M", "Dalian", "40", "99.9", "No", "120", "0", "11"),
]
ENGLISH = "customer id,gender,city,tenure,{bill},churn,call minutes,data (MB),texts"
CHINESE = "客户编号,性别,城市,在网时长,{bill},是否流失,通话时长(分钟),流量(MB),短信条数"


def walked(place: Path, header: str, rows: list[tuple[str, ...]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    place.mkdir(parents=True, exist_ok=True)
    (place / "flat.csv").write_text("\n".join([header, *map(",".join, rows)]) + "\n", encoding="utf-8")
    for stage in ("ingest", "customer-months"):
        sources = (place / "flat.csv",) if stage == "ingest" else ()
        month = date(2024, 6, 1) if stage == "ingest" else None
        run_stage(stage, Request(place / "work", month, sources=sources))
    read = [place / "work" / name / "**/*.parquet" for name in ("customer_months", "customers")]
    months, customers = (pl.read_parquet(path, hive_partitioning=False) for path in read)
    return months, customers.select("customer_id", "gender", "region", "churned")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("MonthlyCharges", "月消费"),
        ("monthly bill", "月均消费"),
        ("arpu", "月账单金额"),
        ("amount", "出账金额"),
        ("monthly fee", "月租费"),
        ("plan fee", "月费"),
    ],
)
def test_twins_give_the_same_months(tmp_path: Path, english: str, chinese: str) -> None:
    words = {"F": "女", "M": "男", "Yes": "已离网", "No": "在网"}
    translated = [tuple(words.get(cell, cell) for cell in row) for row in ROWS]
    one = walked(tmp_path / "en", ENGLISH.format(bill=english), ROWS)
    two = walked(tmp_path / "zh", CHINESE.format(bill=chinese), translated)
    for first, second in zip(one, two, strict=True):
        assert first.sort("customer_id").equals(second.sort("customer_id"))
    months, customers = one
    assert months.sort("customer_id")["revenue"].to_list() == pytest.approx([29.5, 59.0, 99.9])
    assert customers.sort("customer_id")["region"].to_list() == ["Harbin", "Dalian", "Dalian"]


def mapped(headers: str) -> SourceMap:
    found = guess("a.csv", {name: name for name in headers.split(",")}, {})
    assert found is not None
    return found


@pytest.mark.parametrize("header", ["客户编号", "用户号码", "服务号码", "设备号码", "计费号", "用户编号", "客户识别码"])
def test_what_identifies_a_customer(header: str) -> None:
    use = mapped(f"{header},性别,城市,是否流失").use("customer_id")
    assert use is not None
    assert use.header == header


@pytest.mark.parametrize(
    "header", ["在网时长", "网龄", "入网月数", "网龄(月)", "在网月数", "online_time", "Tenure in Months"]
)
def test_tenure(header: str) -> None:
    assert mapped(f"客户编号,{header}").use("tenure_months", "subscriptions") is not None


@pytest.mark.parametrize("header", ["是否离网", "是否流失", "流失标识", "离网标识", "churn_flag", "Churn", "是否携出"])
def test_the_label(header: str) -> None:
    assert mapped(f"客户编号,{header}").use("churned") is not None


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("近3个月月均ARPU(元)", "bills.total", "元"),
        ("近3个月月均MOU(分钟)", "usage.call_minutes", "分钟"),
        ("近3个月月均DOU(G)", "usage.data_mb", "g"),
        ("1_total_fee", "bills.total", ""),
        ("month_traffic", "usage.data_mb", ""),
    ],
)
def test_tags_that_analysts_carry(header: str, name: str, unit: str) -> None:
    found = mapped(f"客户编号,性别,{header}")
    assert found.table == "customers"
    assert (found.columns[name].header, found.columns[name].unit) == (header, unit)


def test_a_district_stays_beside_its_city() -> None:
    found = mapped("客户编号,性别,地市,区县,省份")
    use = found.use("region")
    assert use is not None
    assert (use.header, found.unknown) == ("地市", ("区县", "省份"))


def test_an_amount_is_the_bill_only_where_no_charge_is_better() -> None:
    assert mapped("customer_id,gender,amount,data_mb,call_minutes,texts").use("amount", "bills") is not None
    assert mapped("customer_id,gender,amount,MonthlyCharges").unknown == ("amount",)
    assert mapped("customer_id,gender,Charge  Amount").unknown == ("Charge  Amount",)


def test_the_rental_of_a_flat_table_joins_its_other_charges(tmp_path: Path) -> None:
    months, _ = walked(
        tmp_path, "客户编号,性别,城市,月租费,语音费,流量费,是否流失", [("a", "男", "x", "20", "5", "6", "在网")]
    )
    assert months["revenue"].to_list() == [31.0]
