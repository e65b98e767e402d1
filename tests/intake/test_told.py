"""--map, and mapping files that are written once and used by cron."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError, TelcliError, UsageError
from telcli.intake.told import told_by_map
from telcli.intake.understand import understand
from telcli.tables.extract import Extract

NAMES = {"a.csv": {"cust": "Cust", "Fee": "Fee", "Total": "Total"}}


def extract(name: str = "bills_202406.csv", **columns: list[str]) -> Extract:
    rows = len(next(iter(columns.values())))
    frame = pl.LazyFrame({**columns, "_line": range(2, rows + 2)}, schema_overrides={"_line": pl.Int64})
    return Extract(name, frame, "utf-8", ",", "")


def test_a_header_is_found_without_its_case() -> None:
    assert told_by_map({"customer_id": "CUST"}, NAMES)["a.csv"]["customer_id"].header == "cust"


def test_a_unit_may_follow() -> None:
    assert told_by_map({"bills.amount": "Fee@分"}, NAMES)["a.csv"]["bills.amount"].unit == "分"


@pytest.mark.parametrize(
    ("canonical", "header", "code", "near"),
    [
        ("custmer_id", "cust", "canonical-unknown", "customer_id"),
        ("customer_id", "custt", "map-column-unknown", "Cust"),
        ("zzz", "cust", "canonical-unknown", "customer_id"),
        ("amount", "@row", "map-row", ""),
    ],
)
def test_what_does_not_exist_is_refused_with_what_is_near(canonical: str, header: str, code: str, near: str) -> None:
    with pytest.raises(UsageError) as caught:
        told_by_map({canonical: header}, NAMES)
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert near in caught.value.hint


BILLS: dict[str, Any] = {
    "客户编号": ["1"],
    "账期": ["202406"],
    "应收金额(分)": ["1200"],
    "备注": ["a"],
    "手机号码": ["x"],
}


def test_a_mapping_file_gives_the_same_again_next_month() -> None:
    from telcli.intake.pinned import as_pinned

    first, _ = understand([extract(**BILLS)], {})
    pinned = as_pinned([one.map for one in first], {one.map.source: one.attributes for one in first})
    assert pinned["source"][0] == {
        "file": "bills_*.csv",
        "table": "bills",
        "columns": {"customer_id": "客户编号", "month": "账期", "amount": {"column": "应收金额(分)", "unit": "分"}},
        "attributes": {"x_备注": {"column": "备注", "type": "String"}},
        "drop": ["手机号码"],
    }
    again, notices = understand([extract("bills_202407.csv", **BILLS)], {"mapping": pinned})
    assert dict(again[0].map.columns) == dict(first[0].map.columns)
    assert again[0].attributes == first[0].attributes
    assert again[0].map.confidence == 1.0
    assert not [notice for notice in notices if notice.code == "mapping-new-columns"]
    again, notices = understand([extract("bills_202407.csv", **BILLS, 新列=["1"])], {"mapping": pinned})
    assert "mapping-new-columns" in {notice.code for notice in notices if "新列" in notice.message}
    with pytest.raises(DataError, match="账期"):
        understand([extract(**{name: v for name, v in BILLS.items() if name != "账期"})], {"mapping": pinned})


def test_a_short_mapping_file_is_enough() -> None:
    found, _ = understand([extract("a.csv", k=["1"], y=["Yes"])], {"mapping": {"a.csv": {"customer_id": "k"}}})
    assert found[0].map.columns["customers.customer_id"].header == "k"


@pytest.mark.parametrize(
    "pinned",
    [
        {"source": "x"},
        {"source": [{"table": "bills"}]},
        {"source": [{"file": "*", "table": "nothing"}]},
        {"source": [{"file": "*", "table": "bills", "columns": {"nothing": "k"}}]},
        {"source": [{"file": "*", "table": "bills", "columns": {"gender": "k"}}]},
    ],
)
def test_a_mapping_file_in_another_form_is_refused(pinned: dict[str, Any]) -> None:
    with pytest.raises(TelcliError) as caught:
        understand([extract(k=["1"])], {"mapping": pinned})
    assert caught.value.exit_code == 2


def test_a_mapping_is_not_for_files_that_it_does_not_name() -> None:
    from telcli.intake.pinned import as_pinned

    first, _ = understand([extract(**BILLS)], {})
    pinned = as_pinned([one.map for one in first], {one.map.source: one.attributes for one in first})
    for mapping in (pinned, {"other.csv": {"customer_id": "客户编号"}}):
        with pytest.raises(DataError) as caught:
            understand([extract("charges.csv", **BILLS)], {"mapping": mapping})
        assert caught.value.code == "mapping-unlisted"
        assert "charges.csv" in str(caught.value)
    stray = extract("weather.csv", rain=["1"])
    _, notices = understand([extract(**BILLS), stray], {"mapping": pinned})
    assert "source-unused" in {notice.code for notice in notices}


def test_an_attribute_that_is_gone_is_an_error_and_a_new_one_is_kept() -> None:
    from telcli.intake.pinned import as_pinned

    first, _ = understand([extract(**BILLS)], {})
    pinned = as_pinned([one.map for one in first], {one.map.source: one.attributes for one in first})
    with pytest.raises(DataError, match="备注"):
        understand([extract(**{k: v for k, v in BILLS.items() if k != "备注"})], {"mapping": pinned})
    found, notices = understand([extract(**BILLS, 新列=["1"])], {"mapping": pinned})
    assert found[0].attributes == {"x_备注": ("备注", "String"), "x_新列": ("新列", "Float64")}
    assert [notice.values["columns"] for notice in notices if notice.code == "mapping-new-columns"] == ["新列"]


def test_one_source_may_be_told_apart_from_the_others() -> None:
    first, second = extract("a.csv", k=["1"], m=["2"]), extract("b.csv", k=["1"], m=["2"])
    choices = {"map": {"customer_id": ["k"], "b.csv:customer_id": ["m"]}}
    found, _ = understand([first, second], choices)
    assert [one.map.columns["customers.customer_id"].header for one in found] == ["k", "m"]
    with pytest.raises(TelcliError) as caught:
        understand([first, second], {"map": {"c.csv:customer_id": ["m"]}})
    assert (caught.value.code, caught.value.values["near"]) == ("map-file-unknown", "b.csv, a.csv")


def test_the_subject_the_file_and_words_for_all_rows_may_be_told() -> None:
    call = {"when": ["2024-06-01 10:00:00"], "how long": ["60"]}
    told = {"customer_id": ["@file"], "started_at": ["when"], "duration_s": ["how long@min"], "direction": ["@in"]}
    found, _ = understand([extract("u77.csv", **call)], {"map": {**told, "table": ["calls"]}})
    assert found[0].map.table == "calls"
    row = found[0].clean(found[0].readings()).collect().row(0, named=True)
    assert (row["customer_id"], row["duration_s"]) == ("u77", 3600.0)
    assert found[0].map.columns["calls.direction"].constant == "in"
    for wrong, code in (({"direction": ["@up"]}, "map-word"), ({"table": ["weather"]}, "mapping-table")):
        with pytest.raises(TelcliError) as caught:
            understand([extract("u77.csv", **call)], {"map": {**told, **wrong}})
        assert (caught.value.code, caught.value.exit_code) == (code, 2)


def test_files_of_facts_alone_are_named_after_their_customer() -> None:
    call = {
        "interaction": ["call"],
        "datetime": ["2024-06-01 10:00:00"],
        "correspondent_id": ["b"],
        "direction": ["in"],
    }
    cells = extract("antennas.csv", antenna_id=["1"], latitude=["42.1"])
    _, notices = understand([extract("ego.csv", **call), extract("crm.csv", 客户编号=["1"], 性别=["男"])], {})
    assert "--map customer_id=@file" in next(one.message for one in notices if one.code == "source-of-nobody")
    found, _ = understand([extract("ego.csv", **call), cells], {"map": {"customer_id": ["@file"]}})
    assert [one.map.source for one in found] == ["ego.csv"]
