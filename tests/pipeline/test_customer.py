"""One customer's card out of a working directory: found by identifier or source key, pinned, and honest about gaps."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from telcli.errors import DataError, MissingInputError, UsageError
from telcli.pipeline.customer import customer
from telcli.pipeline.purge import purge
from telcli.pipeline.workdir import Workdir
from tests.pipeline.test_diff import PLANS, month
from tests.pipeline.test_loads import CRM, JUNE, MAY, load

MONTHS = date(2024, 5, 1), date(2024, 6, 1)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("two")
    month(place, MAY | PLANS[5])
    month(place, JUNE | PLANS[6])
    return place / "work"


def test_a_card_is_read_while_another_command_writes_and_writes_nothing(two: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in two.rglob("*") if path.is_file() and path.name != ".lock"}
    with Workdir(two).writing(0):
        found = customer(two, "a")
    assert (found.as_of, found.found_by) == (MONTHS[1], "customer_id")
    assert found.body["who"]["region"] == "east"
    assert [line["plan_id"] for line in found.body["lines"]] == ["P2"]
    revenue = next(one for one in found.body["months"]["series"] if one["column"] == "revenue")
    assert (found.body["months"]["months"], revenue["values"]) == (["2024-05", "2024-06"], [5.0, 7.0])
    assert (found.rows["customer_months"], found.rows["customers"]) == (2, 1)
    after = {path: path.stat().st_mtime_ns for path in two.rglob("*") if path.is_file() and path.name != ".lock"}
    assert before == after


def test_an_earlier_month_is_shown_as_it_was(two: Path) -> None:
    found = customer(two, "a", MONTHS[0])
    assert (found.as_of, found.body["who"]["region"]) == (MONTHS[0], "north")
    assert [line["plan_id"] for line in found.body["lines"]] == ["P1"]
    assert found.body["months"]["months"] == ["2024-05"]
    with pytest.raises(MissingInputError) as caught:
        customer(two, "a", date(2023, 1, 1))
    assert (caught.value.code, caught.value.exit_code) == ("table-month-absent", 3)


def test_results_that_were_not_made_name_the_command_that_makes_them(two: Path) -> None:
    absent = {one.section: one for one in customer(two, "b").absent}
    assert {name: one.why for name, one in absent.items()} == dict.fromkeys(("segment", "value", "churn"), "not-made")
    assert absent["churn"].command == f"telcli predict-churn -w {two}"


@pytest.mark.parametrize("asked", ["nobody", "A", "a1", "", "1381234567890"])
def test_nobody_is_called_so_and_nobody_near_is_named(two: Path, asked: str) -> None:
    with pytest.raises(MissingInputError) as caught:
        customer(two, asked)
    assert (caught.value.code, caught.value.exit_code) == ("customer-nobody", 3)
    assert "1381234567890" not in str(caught.value.values)


def test_a_key_of_a_source_system_finds_its_customer(tmp_path: Path) -> None:
    card, head = "11010519491231002X", "客户编号,证件号码,性别\n"
    load(tmp_path, {"crm.csv": f"{head}a,{card},女\nb,,男\n", "shop.csv": f"{head}S7,{card},女\nS8,,男\n"})
    keys = pl.read_parquet(tmp_path / "work" / "crosswalk" / "part-0.parquet")
    known = dict(keys.select("source_key", "customer_id").iter_rows())
    other = next(key for key, name in known.items() if key != name)
    found = customer(tmp_path / "work", f" {other} ")
    assert (found.found_by, found.body["customer_id"]) == ("source_key", known[other])
    assert len(found.body["systems"]) == 2


def test_a_key_of_several_customers_is_refused_without_naming_them(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from telcli.io import parquet_rows

    real = parquet_rows.rows_where

    def shared(place: Path, name: str, *more: object) -> object:
        return [{"customer_id": "a"}, {"customer_id": "b"}] if name == "source_key" else real(place, name, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(parquet_rows, "rows_where", shared)
    with pytest.raises(UsageError) as caught:
        customer(two, "S7")
    assert (caught.value.code, caught.value.values["count"]) == ("customer-key-shared", 2)
    assert "a" not in caught.value.values.values()


def test_who_was_purged_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    month(tmp_path, MAY)
    purge(tmp_path / "work", "a")
    with pytest.raises(MissingInputError) as caught:
        customer(tmp_path / "work", "a")
    assert caught.value.code == "customer-purged"
    with pytest.raises(MissingInputError) as caught:
        customer(tmp_path / "work", "nobody")
    assert caught.value.code == "customer-nobody"
    assert customer(tmp_path / "work", "b").body["customer_id"] == "b"
    monkeypatch.setenv("TELCLI_KEY", "00" * 32)
    with pytest.raises(MissingInputError) as caught:
        customer(tmp_path / "work", "a")
    assert caught.value.code == "customer-nobody-or-purged"


def test_a_base_without_months_has_a_card(tmp_path: Path) -> None:
    load(tmp_path, {"crm.csv": CRM + "a,F,north\n"})
    found = customer(tmp_path / "work", "a")
    assert found.body["who"]["region"] == "north"
    assert {one.section for one in found.absent} >= {"segment", "value", "churn"}


def test_a_directory_that_is_not_there_and_a_file_that_is_damaged_are_told(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError):
        customer(tmp_path / "nowhere", "a")
    load(tmp_path, {"crm.csv": CRM + "a,F,north\n"})
    with (tmp_path / "work" / "customers" / "part-0.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(DataError) as caught:
        customer(tmp_path / "work", "a")
    assert caught.value.code == "table-damaged"
