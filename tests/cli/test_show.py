"""`telcli show`: every row, in the order and with the values that are in the table."""

import csv
import io
import json
import tomllib
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from telcli.cli import main
from telcli.cli._rows import grid
from telcli.cli._words import settle
from telcli.tables import NAMES, contract
from tests.cli import fakes
from tests.cli.fakes import IDS


def out(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(["show", *args]) == 0
    return capsys.readouterr().out


def test_csv_has_a_header_and_every_row(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(out(capsys, "bills", "--format", "csv"))))
    assert len(rows) == 9
    assert {row["customer_id"] for row in rows} == set(IDS), "leading zeros, commas and Chinese stay"
    assert rows[0]["month"] == "2024-04-01"
    text = out(capsys, "bills", "--format", "csv", "--columns", "amount, customer_id", "--limit", "1")
    assert text == "amount,customer_id\n0.0,000123\n"


def test_no_rows_are_still_a_header(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = out(capsys, "bills", "--format", "csv", "--where", "amount > 1000", "--columns", "amount")
    assert text == "amount\n"
    assert json.loads(out(capsys, "bills", "--format", "json", "--where", "amount > 1000"))["rows"] == []


def test_a_table_that_its_stage_had_no_rows_for_is_no_error(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = out(capsys, "segment_moves", "--lang", "en")
    assert "telcli segment ran for 2024-06 and had no rows for segment_moves." in said
    assert "segment_moves 没有任何行" in out(capsys, "segment_moves", "--lang", "zh")
    assert out(capsys, "segment_moves", "--format", "csv", "--columns", "as_of", "--lang", "en") == "as_of\n"
    assert json.loads(out(capsys, "segment_moves", "--format", "json"))["rows"] == []


def test_json_is_one_object_of_rows(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = json.loads(out(capsys, "segments", "--format", "json", "--where", "customer_id = '000123'"))
    assert (body["stage"], body["as_of"]) == ("show", "2024-06")
    assert [row["customer_id"] for row in body["rows"]] == ["000123"]
    assert body["outputs"][0]["rows"] == 3


def test_schema_says_units_and_meaning_in_both_languages(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = json.loads(out(capsys, "usage", "--schema", "--format", "json"))
    found = {column["name"]: column for column in body["columns"]}
    assert found["data_mb"]["unit"] == "MB"
    assert found["data_mb"]["meaning"] == "Data used"
    assert found["data_mb"]["zh"] == "流量"
    assert found["month"]["key"] is True
    assert "分钟" in out(capsys, "usage", "--schema", "--lang", "zh")


def test_schema_says_what_a_computed_column_is_made_of(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = json.loads(out(capsys, "customer_months", "--schema", "--format", "json"))
    found = {column["name"]: column["source"] for column in body["columns"]}
    assert found["arrears"] == "bills, payments"
    assert "made of" in out(capsys, "customer_months", "--schema")
    assert "由哪些表得出" in out(capsys, "customer_months", "--schema", "--lang", "zh")
    assert "made of" not in out(capsys, "usage", "--schema"), "a column that came as it stands is made of nothing else"


def test_the_screen_shows_twenty_rows_and_says_of_how_many(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "9 of 9 rows" in out(capsys, "bills")
    assert "2 of 3 rows" in out(capsys, "bills", "--limit", "2", "--as-of", "2024-05")


def test_odd_line_ends_within_a_text_keep_the_json_whole(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = "a\u2028b\x85c\x0bd"
    monkeypatch.setattr(fakes, "IDS", [odd, "2"])
    assert main(["ingest", "crm.csv", "--restate", "-q"]) == 0
    body = json.loads(out(capsys, "customers", "--format", "json", "-q"))
    assert sorted(row["customer_id"] for row in body["rows"]) == ["2", odd]


def test_the_screen_shows_names_in_its_own_language(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "segment_name_zh" not in out(capsys, "segments")
    assert "segment_name " not in out(capsys, "segments", "--lang", "zh")
    assert "segment_name_zh" in out(capsys, "segments", "--columns", "segment_name,segment_name_zh")
    assert "segment_name_zh" in out(capsys, "segments", "--format", "csv")


def test_rules_are_told_in_the_language_of_the_screen() -> None:
    refused = pl.DataFrame({"line": [7], "rule": ["not-a-month"]})
    settle(["--lang", "zh"])
    try:
        assert "不是账期" in "\n".join(grid(refused, 1))
    finally:
        settle([])
    assert "不是账期" not in "\n".join(grid(refused, 1))


def test_the_schema_of_a_table_comes_as_csv_too(capsys: pytest.CaptureFixture[str], work: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(out(capsys, "bills", "--schema", "--format", "csv"))))
    assert [row["name"] for row in rows][:3] == ["customer_id", "month", "kind"]
    assert rows[0]["meaning"]


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("customer-months", "customer_months"),
        ("Customer months", "customer_months"),
        ("score-value", "value_scores, value_parts, value_margin"),
        ("predict-churn", "churn_scores, churn_lift, churn_calibration"),
        ("custmer_months", "customer_months"),
        ("churn", "churn_scores, churn_lift, churn_calibration"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--schema"]])
def test_a_table_is_found_by_the_name_of_its_command_or_one_misspelled(
    asked: str, near: str, more: list[str], work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", asked, *more]) == 2
    assert f"Did you mean {near}" in capsys.readouterr().err


def test_every_unit_of_words_has_its_chinese() -> None:
    units = {column.unit for name in NAMES for column in contract(name).columns()}
    words = tomllib.loads(files("telcli.cli").joinpath("words_zh.toml").read_text("utf-8"))["words"]
    assert not [unit for unit in sorted(units) if any(part.isalpha() for part in unit.split()) and unit not in words]
