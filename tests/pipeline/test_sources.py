"""From paths to extracts: files, folders, kinds that are not read yet."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest

from telcli.errors import DataError, MissingInputError
from telcli.pipeline.sources import fingerprint, open_sources


def written(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("id,x\n1,2\n", encoding="utf-8")
    return folder


def test_a_folder_is_its_own_files_by_name(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        "b.csv",
        "a.txt",
        "deep/c.csv",
        ".hidden.csv",
        "README.md",
        "README",
        "telcli.toml",
        "~$lock.xlsx",
    )
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n")
    (folder / "part").write_bytes(b"junk\0junk")
    extracts, notices = open_sources([folder], tmp_path / "scratch")
    assert [extract.name for extract in extracts] == ["a.txt", "b.csv"]
    assert [(notice.code, notice.values.get("file", notice.values.get("names"))) for notice in notices] == [
        ("kind-not-read", "part"),
        ("kind-not-read", "picture.png"),
        ("subfolders-left-out", "deep"),
    ]
    assert fingerprint([folder]) == {extract.name: extract.sha256 for extract in extracts}


def test_equal_names_stay_apart_and_equal_paths_are_one(tmp_path: Path) -> None:
    written(tmp_path, "may/b.csv", "june/b.csv", "june/c.csv")
    paths = [tmp_path / "may", tmp_path / "june", tmp_path / "june" / "c.csv"]
    assert list(fingerprint(paths)) == ["may/b.csv", "june/b.csv", "c.csv"]


def test_a_file_without_header_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2\n3,4\n", encoding="utf-8")
    assert [notice.code for notice in open_sources([tmp_path / "a.csv"], tmp_path)[1]] == ["no-header"]


def test_what_is_missing_or_unreadable(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError) as missing:
        open_sources([tmp_path / "nowhere.csv"], tmp_path)
    assert missing.value.exit_code == 3
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    for path, code in ((tmp_path / "a.pdf", "kind-unknown"), (tmp_path, "folder-empty")):
        with pytest.raises(DataError) as caught:
            open_sources([path], tmp_path / "scratch")
        assert (caught.value.code, caught.value.exit_code) == (code, 4)


def test_files_without_rows_are_said_beside_others_and_refused_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,x\n1,2\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,month,texts\n", encoding="utf-8")
    (tmp_path / "c.csv").write_bytes(b"")
    extracts, notices = open_sources([tmp_path], tmp_path / "scratch")
    assert [(extract.name, extract.rows) for extract in extracts] == [("a.csv", 1), ("b.csv", 0)]
    assert extracts[1].frame.collect().shape == (0, 4)
    assert [notice.code for notice in notices] == ["file-without-rows", "file-empty"]
    (tmp_path / "d.csv").write_text("id,y\n", encoding="utf-8")
    for names, code in (
        (["b.csv"], "header-only"),
        (["b.csv", "c.csv"], "header-only"),
        (["b.csv", "d.csv"], "header-only"),
        (["c.csv"], "empty-file"),
    ):
        with pytest.raises(DataError) as caught:
            open_sources([tmp_path / name for name in names], tmp_path / "scratch")
        assert caught.value.code == code


def workbook(path: Path, *sheets: str) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in sheets:
        sheet = book.create_sheet(name)
        sheet.append(["id", "x"])
        sheet.append(["1", "2"])
    book.save(path)
    return path


def test_what_a_file_is_is_told_by_its_bytes(tmp_path: Path) -> None:
    workbook(tmp_path / "a.csv", "one")
    (tmp_path / "b.xls").write_text("id\tx\n1\t2\n", encoding="utf-8")
    (tmp_path / "c.xls").write_text("<table><tr><td>id<td>x<tr><td>1<td>2</table>", encoding="utf-8")
    (tmp_path / "d.txt").write_text('{"id": 1, "x": 2}\n', encoding="utf-8")
    pl.DataFrame({"id": [1], "x": [2]}).write_parquet(tmp_path / "e.dat")
    extracts, notices = open_sources([tmp_path], tmp_path / "scratch")
    assert [one.frame.select("id", "x").collect().rows() for one in extracts] == [[("1", "2")]] * 5
    assert [(one.code, one.values["kind"]) for one in notices] == [
        ("kind-differs", kind) for kind in ("xlsx", "text", "html", "json", "parquet")
    ]


def test_names_of_tables_in_packed_files(tmp_path: Path) -> None:
    book = workbook(tmp_path / "book.xlsx", "A", "B")
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(book, "in/book.xlsx")
        archive.writestr("b.csv.gz", gzip.compress(b"id,x\n1,2\n"))
        archive.writestr("c.csv", "")
        archive.writestr("d.png", b"\x89PNG\r\n")
    book.unlink()
    (tmp_path / "e.csv.gz").write_bytes(gzip.compress(b"id,x\n1,2\n"))
    extracts, notices = open_sources([tmp_path], tmp_path / "scratch")
    assert [one.name for one in extracts] == [
        "a.zip#b.csv.gz",
        "a.zip#in/book.xlsx#A",
        "a.zip#in/book.xlsx#B",
        "e.csv.gz",
    ]
    assert [(one.code, one.values["file"]) for one in notices] == [("file-empty", "a.zip#c.csv")]
    prints = fingerprint([tmp_path])
    assert {one.name.partition("#")[0]: one.sha256 for one in extracts} == prints


def test_archives_without_end_are_refused(tmp_path: Path) -> None:
    data = b"id,x\n1,2\n"
    for _ in range(3):
        data = gzip.compress(data)
    (tmp_path / "a.gz").write_bytes(data)
    with pytest.raises(DataError) as caught:
        open_sources([tmp_path / "a.gz"], tmp_path / "scratch")
    assert caught.value.code == "archive-deep"


def test_an_unchanged_database_has_the_same_fingerprint_and_is_read_once(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "crm.db")
    base.execute("CREATE TABLE bills (id, x)")
    base.execute("INSERT INTO bills VALUES (1, 2)")
    base.commit()
    address = f"sqlite:///{tmp_path}/crm.db"
    work = tmp_path / "work"
    work.mkdir()
    before = fingerprint([address], work)
    assert list(before) == ["crm.db#bills"]
    base.execute("INSERT INTO bills VALUES (2, 3)")
    base.commit()
    (found,), _ = open_sources([address], work / "scratch")  # what was hashed, not what stands there now
    assert (found.frame.collect().height, found.sha256) == (1, before["crm.db#bills"])
    assert fingerprint([address], work) != before
    base.close()
    (again,), _ = open_sources([tmp_path / "crm.db"], tmp_path / "scratch")
    assert (again.name, again.rows) == ("crm.db#bills", 2)
    with pytest.raises(DataError) as caught:
        open_sources([address, tmp_path / "crm.db"], tmp_path / "scratch2")
    assert caught.value.code == "sources-same-name"
