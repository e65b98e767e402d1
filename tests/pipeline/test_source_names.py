"""Files that are called after persons: nothing kept or said tells whom, and they are known again all the same."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from telcli.errors import DataError
from telcli.pipeline.sources import open_sources
from telcli.pipeline.workdir import Workdir
from tests.test_walk import called

PHONE, OTHER, CARD, NAME = "13987654321", "13987659921", "11010119900307851X", "张伟"
CUSTOMERS = f"客户编号,姓名,手机号码\nC1,{NAME},{PHONE}\nC2,李四,13987654322\n"
BILLS = "客户编号,账期,应收金额\nC1,2024-0{0},xx\nC2,2024-0{0},5\n"
SECRETS = (PHONE, OTHER, CARD, NAME)


def extracts(folder: Path) -> Path:
    """Of a person's name, of two numbers that look alike once they are hidden, in an archive, a workbook, a folder."""
    folder.mkdir()
    texts = {f"{NAME}清单": CUSTOMERS, f"bills_{PHONE}": BILLS.format(1), f"bills_{OTHER}": BILLS.format(2)}
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    with zipfile.ZipFile(folder / f"{CARD}.zip", "w") as archive:
        archive.writestr(f"a {PHONE}.csv", BILLS.format(3))
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = f"{NAME}{PHONE}"
    for line in BILLS.format(4).split():
        page.append(line.split(","))
    book.save(folder / "book.xlsx")
    (folder / f"{NAME}{PHONE}.pdf").write_bytes(b"%PDF-1.4")
    return folder


def ingest(place: Path, *words: object) -> dict[str, Any]:
    code, said = called("ingest", *words, "-w", place / "work", "--max-rejects", "90%")
    assert code == 0, said
    return said


def kept(place: Path) -> str:
    """All that the working directory holds, tables as text."""
    manifest, work = Workdir(place / "work").manifest(), Workdir(place / "work")
    tables = [work.scan(manifest, name, list(parts)).collect().to_dicts() for name, parts in manifest.tables.items()]
    return str(tables) + (place / "work" / "manifest.json").read_text(encoding="utf-8")


def test_no_name_of_a_file_is_kept_or_said_that_tells_of_a_person(tmp_path: Path) -> None:
    said = ingest(tmp_path, extracts(tmp_path / "in"))
    text = json.dumps(said, ensure_ascii=False) + kept(tmp_path)
    assert not [one for one in SECRETS if one in text]
    sources = sorted(one["source"] for one in said["metrics"]["sources"])
    assert sources == [
        *("110******1X.zip#a 139******21.csv", "bills_139******21.csv", "bills_139******21~2.csv", "book.xlsx"),
        "张*清单.csv",
    ]
    assert len(Workdir(tmp_path / "work").manifest().loads[0]["sources"]) >= 5
    assert len(said["metrics"]["mapping"]["source"]) == 4


@pytest.mark.slow
def test_files_of_hidden_names_are_known_again_and_those_of_the_next_month_are_called_alike(tmp_path: Path) -> None:
    extracts(tmp_path / "in")
    maps = ["--map", f"bills_{PHONE}.csv:table=bills", "--map", f"{NAME}清单.csv:customer_id=客户编号"]
    ingest(tmp_path, tmp_path / "in", *maps)
    again = called("ingest", tmp_path / "in", "-w", tmp_path / "work", "--max-rejects", "90%", *maps)
    assert [one["skipped"] for one in again[1]["stages"]] == [True, True]
    assert len(Workdir(tmp_path / "work").manifest().loads) == 1
    later = tmp_path / f"{NAME}清单.csv"
    later.write_text("客户编号,手机号码\nC1,13987654321\nC2,13987654322\nC3,13987654323\n", encoding="utf-8")
    ingest(tmp_path, later)
    assert not [one for one in SECRETS if one in kept(tmp_path)]


def test_customers_named_by_their_files_are_pseudonyms_of_the_whole_number(tmp_path: Path) -> None:
    for number in (PHONE, OTHER):
        (tmp_path / f"{number}.csv").write_text(f"账期,应收金额\n2024-01,5\n2024-02,{number[-3]}\n", encoding="utf-8")
    ingest(tmp_path, *tmp_path.glob("*.csv"), "--map", "customer_id=@file", "--map", "table=bills")
    manifest, work = Workdir(tmp_path / "work").manifest(), Workdir(tmp_path / "work")
    people = work.scan(manifest, "customers", manifest.partitions("customers")).collect()["customer_id"]
    assert people.n_unique() == 2
    assert people.str.contains("^[0-9a-f]{32}$").all()


def test_a_file_that_cannot_be_opened_is_told_by_its_name_without_the_number(tmp_path: Path) -> None:
    (tmp_path / f"{PHONE}.xlsx").write_bytes(b"PK\x03\x04 no book")
    with pytest.raises(DataError) as caught:
        open_sources([tmp_path / f"{PHONE}.xlsx"], tmp_path / "scratch")
    assert "139******21.xlsx" in str(caught.value)
    assert PHONE not in str(caught.value) + caught.value.hint
