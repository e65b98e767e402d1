"""Rows of a published table: the right month, columns and condition; what cannot be meant is refused by name."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from telcli.errors import MissingInputError, TelcliError, UsageError
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.show import batches, count, pick, read
from telcli.pipeline.walk import INTAKE, walk
from tests.cli.fakes import IDS, MONTHS, fake, faked

__all__ = ["faked"]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patched:
        found = fake(tmp_path_factory.mktemp("walked"), patched)
        walk(Request(found / "work", sources=(found / "crm.csv",)), lambda run: None, INTAKE)
        for month in MONTHS[1:]:
            run_stage("segment", Request(found / "work", as_of=month))
    return found / "work"


@pytest.fixture
def place(faked: Path, walked: Path) -> Path:
    """A copy of what was made once."""
    shutil.copytree(walked, faked / "work")
    return faked / "work"


def test_results_are_of_one_month_and_monthly_tables_of_every_month(place: Path) -> None:
    newest = read(place, "segments")
    assert (newest.as_of, newest.rows) == (MONTHS[-1], 3)
    may = read(place, "segments", MONTHS[1])
    assert may.frame.collect()["as_of"].unique().to_list() == [MONTHS[1]]
    assert (read(place, "bills").as_of, read(place, "bills").rows) == (None, 9)
    assert read(place, "bills", MONTHS[0]).frame.collect()["month"].unique().to_list() == [MONTHS[0]]
    assert read(place, "customers", MONTHS[0]).rows == 3, "a table without months is always the same"


@pytest.mark.parametrize(
    ("table", "month", "kind", "code"),
    [
        ("zebra", None, UsageError, "table-unknown"),
        ("bils", None, UsageError, "table-unknown-near"),
        ("value_scores", None, MissingInputError, "table-absent"),
        ("segments", date(2024, 4, 1), MissingInputError, "table-month-absent"),
        ("bills", date(2025, 1, 1), MissingInputError, "table-month-absent"),
    ],
)
def test_what_is_not_there_is_said(
    place: Path, table: str, month: date | None, kind: type[TelcliError], code: str
) -> None:
    with pytest.raises(kind) as found:
        read(place, table, month)
    assert found.value.code == code


def test_a_stage_that_ran_and_made_none_is_named(place: Path) -> None:
    found = read(place, "segment_moves")
    assert (found.rows, found.without, found.as_of) == (0, "segment", MONTHS[-1])
    assert found.frame.collect().height == 0
    assert read(place, "segment_moves", MONTHS[1]).as_of == MONTHS[1]
    assert read(place, "segments").without == ""
    with pytest.raises(MissingInputError, match="has no table segment_moves yet"):
        read(place, "segment_moves", MONTHS[0])  # no run for that month


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("amount > 0", 6),
        ("amount > 0 AND customer_id = '客户二'", 3),
        ("customer_id IN ('000123', 'c,3')", 6),
        ("month = '2024-05-01'", 3),
        ("month >= '2024-05'", 6),
        ("month BETWEEN DATE '2024-04-01' AND DATE '2024-05-01'", 6),
        ("month >= 202405", 6),
        ("month=20240501 AND amount > 0", 2),
        ("month NOT IN (202404, 202405)", 3),
        ("month between 202404 and 202405", 6),
        ("discount IS NULL", 9),
        ("customer_id LIKE '0001%' OR amount = 20", 6),
        ("NOT (amount > 0)", 3),
        ("kind = '2024-05'", 0),
    ],
)
def test_conditions(place: Path, where: str, rows: int) -> None:
    assert count(pick(read(place, "bills"), where=where).frame) == rows


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("", "where-unreadable"),
        ("amount >", "where-unreadable"),
        ("amount > 0; DROP TABLE bills", "where-unreadable"),
        ("amount", "where-no-condition"),
        ("sum(amount) > 5", "where-no-condition"),
        ("1 = 1", "where-no-condition"),
        ("amount > 'x'", "where-types"),
        ("customer_id = 123", "where-types"),
        ("month > 5", "where-types"),
        ("month = 202413", "where-day"),
        ("month >= '2024-13'", "where-day"),
        ("customer_id ~ '['", "where-pattern"),
        ("amount > (SELECT 1)", "where-subquery"),
        ("amount ＞ 1", "where-wide-sign"),
        ("amont > 5", "table-column-near"),
        ("zzz > 5", "where-column-unknown"),
    ],
)
def test_conditions_that_cannot_be_meant(place: Path, where: str, code: str) -> None:
    with pytest.raises(UsageError) as found:
        pick(read(place, "bills"), where=where)
    assert found.value.code == code


def test_columns_come_in_the_order_asked(place: Path) -> None:
    assert pick(read(place, "bills"), ["amount", "customer_id"]).frame.collect().columns == ["amount", "customer_id"]
    with pytest.raises(UsageError):
        pick(read(place, "bills"), ["customer"])


def test_batches_are_all_rows_in_order_and_never_nothing() -> None:
    frame = pl.LazyFrame({"a": range(120_000)})
    pieces = list(batches(frame))
    assert len(pieces) > 1
    assert pl.concat(pieces)["a"].to_list() == list(range(120_000))
    assert [piece.columns for piece in batches(frame.filter(pl.col("a") < 0))] == [["a"]]


def test_ids_are_what_they_were(place: Path) -> None:
    assert set(read(place, "customers").frame.collect()["customer_id"]) == set(IDS)
