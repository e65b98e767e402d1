"""Identifiers that are telephone numbers, though their form does not tell: records of calls do."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from telcli.cli import main

CALLS = "user,other,direction,duration,timestamp\n" + "".join(
    f"76{a:02d}039694,76{b:02d}039694,Outgoing,60,2024-06-{1 + a:02d} 10:{b:02d}:00\n"
    for a in range(9)
    for b in range(9)
)


def ids(work: Path, table: str, column: str) -> list[str]:
    frame = pl.scan_parquet(work / table, hive_partitioning=False)
    return frame.select(pl.col(column).unique().sort()).collect()[column].to_list()


def run(place: Path, text: str, *more: str) -> int:
    (place / "part.csv").write_text(text, encoding="utf-8")
    return main(["ingest", str(place / "part.csv"), "-w", str(place / "work"), *more])


def test_callers_who_are_called_too_are_numbers_and_stay_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, CALLS) == 0
    assert "user holds telephone numbers" in capsys.readouterr().err
    found = ids(tmp_path / "work", "customers", "customer_id")
    assert len(found) == 9
    assert found == ids(tmp_path / "work", "calls", "counterpart")
    assert all(len(one) == 32 for one in found)
    later = "customer_id,month,call_minutes\n7601039694,2024-07,12\n"
    assert run(tmp_path, later) == 0
    assert ids(tmp_path / "work", "customers", "customer_id") == found


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("customer_id,month,amount\n7601039694,2024-06,12\n7601039695,2024-06,12\n", True),  # digits by themselves
        ("customer_id,month,amount\n13912345678,2024-06,12\n18612345678,2024-06,12\n", False),  # of China, by form
    ],
)
def test_digits_are_a_number_by_their_form_or_by_calls_alone(text: str, plain: bool, tmp_path: Path) -> None:
    assert run(tmp_path, text) == 0
    assert all((len(one) < 32) == plain for one in ids(tmp_path / "work", "customers", "customer_id"))


def test_settings_have_the_last_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELCLI_INGEST_NUMBER_IDS", "no")
    assert run(tmp_path, CALLS) == 0
    assert ids(tmp_path / "work", "calls", "counterpart")[0] == "7600039694"
    assert ids(tmp_path / "work", "customers", "customer_id")[0] == "7600039694"


def test_customers_held_under_digits_keep_them(tmp_path: Path) -> None:
    held = "customer_id,month,amount\n" + "".join(f"76{a:02d}039694,2024-05,12\n" for a in range(9))
    assert run(tmp_path, held) == 0
    assert run(tmp_path, CALLS) == 0
    assert ids(tmp_path / "work", "customers", "customer_id") == ids(tmp_path / "work", "calls", "counterpart")
    assert len(ids(tmp_path / "work", "customers", "customer_id")[0]) == 10
