"""A few bytes that ask for more memory or time than there is: refused in a sentence, soon and with little of it."""

from __future__ import annotations

import gzip
import io
import struct
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
import pytest

from telcli.errors import DataError
from telcli.io import limits
from telcli.pipeline.sources import open_sources
from tests.trust import seeds
from tests.trust.watch import watched

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


SHARED = (
    b'<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
    b'Target="sharedStrings.xml" Id="rId99"/>'
)


def workbook(rows: str = "", shared: str = "", head: str = "", after: str = "", count: int = 1) -> bytes:
    """A workbook whose parts say what is asked, beside two sound rows."""
    first = "".join(
        f'<c r="{at}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for at, name in zip("ABC", ("id", "x", "y"), strict=True)
    )
    sheet = f'<?xml version="1.0"?>{head}<worksheet {NAMESPACE}><sheetData><row r="1">{first}</row>{rows}</sheetData>'
    target = io.BytesIO()
    with ZipFile(io.BytesIO(seeds.book([["id", "x"], ["a", "b"]]))) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = f"{sheet}{after}</worksheet>".encode()
            elif name == "xl/_rels/workbook.xml.rels" and shared:
                data = data.replace(b"</Relationships>", SHARED + b"</Relationships>")
            elif name == "xl/workbook.xml" and "SHEETS" in head:
                data = data.replace(b"</sheets>", b'<sheet name="S1" sheetId="2" r:id="rId1"/>' * 600 + b"</sheets>")
            new.writestr(name, data)
        if shared:
            told = f'<sst {NAMESPACE} count="1" uniqueCount="{count}">{shared}</sst>'
            new.writestr("xl/sharedStrings.xml", told)
    return target.getvalue()


def shown(cells: int) -> str:
    """So many cells that all show the first shared text."""
    return "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, cells + 2))


LAUGHS = "<!DOCTYPE x [" + '<!ENTITY l0 "lol">' + "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
) + "]>"  # fmt: skip
CELL = '<row r="2"><c r="A2" t="inlineStr"><is><t>{}</t></is></c></row>'
ROW = '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c><c r="C2"><v>3</v></c></row>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def nested(depth: int, width: int) -> bytes:
    """Archives in archives, each of several of the next."""
    data = b"id,x\n1,2\n"
    for _ in range(depth):
        target = io.BytesIO()
        with ZipFile(target, "w", ZIP_DEFLATED) as packed:
            for number in range(width):
                packed.writestr(f"{number}.zip", data)
        data = target.getvalue()
    return data


def overlapping(entries: int) -> bytes:
    """Many names for the same bytes."""
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as packed:
        packed.writestr("0.csv", b"id,x\n" + b"1,2\n" * 100_000)
    data = target.getvalue()
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    listed = data[start:end] * entries
    return data[:start] + listed + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, entries, entries, len(listed), start, 0)


def listing() -> bytes:
    """An archive whose list of files is said to be long."""
    return b"PK\x03\x04" + bytes(40) + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 9, 9, limits.LISTING + 1, 0, 0)


def parquet(footer: int) -> bytes:
    """A table whose footer is said to be of another length."""
    data = seeds.seed("parquet")
    return data[:-8] + struct.pack("<I", footer) + b"PAR1"


WIDE = limits.COLUMNS + 1


def wide_table() -> bytes:
    """More columns than are read."""
    target = io.BytesIO()
    pl.DataFrame({f"c{n}": ["1"] for n in range(WIDE)}).write_parquet(target)
    return target.getvalue()


def inherited() -> bytes:
    """A record whose keys would stand beside each of those that it lists."""
    keys = ",".join(f'"k{n}_id":"{"x" * 1000}"' for n in range(500))
    return ("[{" + keys + ',"l":[' + ",".join('{"q":1}' for _ in range(5000)) + "]}]").encode()


def merged() -> bytes:
    """A long text in a cell over many rows."""
    rows = CELL.format("a" * 32_000) + "".join(
        f'<row r="{n}"><c r="B{n}"><v>1</v></c><c r="C{n}"><v>2</v></c></row>' for n in range(3, 25_000)
    )
    return workbook(rows, after='<mergeCells><mergeCell ref="A2:A24999"/></mergeCells>')


BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "columns": ("a.csv", lambda: ",".join(map(str, range(WIDE))).encode() + b"\n1,2\n", "table-wide"),
    "columns of one name": ("a.csv", lambda: b",".join([b"c"] * 40_000) + b"\n1,2\n", "table-wide"),
    "only delimiters": ("a.csv", lambda: b"," * 5_000_000, "header-missing"),
    "columns of a table": ("a.parquet", wide_table, "table-wide"),
    "text of a million digits": ("a.json", lambda: b'[{"id": 1, "x": ' + b"9" * 1_000_000 + b"}]", ""),
    "lists in lists": ("a.json", lambda: b'[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "json-broken"),
    "lists alone": ("a.json", lambda: b"[" * 100_000 + b"]" * 100_000, "header-missing"),
    "objects in objects": ("a.json", lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "json-broken"),
    "objects near the limit": ("a.json", lambda: b'{"a":' * 900 + b"1" + b"}" * 900, "json-deep"),
    "blanks": ("a.json", lambda: b'[{"id": 1},' + b" " * 20_000_000 + b'{"id": 2}]', ""),
    "a key for each": ("a.json", inherited, "json-inflated"),
    "archives in archives": ("a.zip", lambda: nested(5, 4), "archive-deep"),
    "overlapping files": ("a.zip", lambda: overlapping(900), "archive-bomb"),
    "a long list": ("a.zip", listing, "archive-listing"),
    "a packed page": ("a.gz", lambda: gzip.compress(b"id,x\n" + bytes(120 << 20), 1), "archive-bomb"),
    "a far row": ("a.xlsx", lambda: workbook('<row r="4294967290"><c r="A1"><v>1</v></c></row>'), "workbook-broken"),
    "a far cell": ("a.xlsx", lambda: workbook(ROW + FAR.replace("1048576", "90000")), ""),
    "entities": ("a.xlsx", lambda: workbook(CELL.format("&l9;"), head=LAUGHS), "workbook-broken"),
    "entities read by rows": ("a.xlsx", lambda: workbook(CELL.format("&l9;") + FAR, head=LAUGHS), "workbook-broken"),
    "a file from outside": ("a.xlsx", lambda: workbook(CELL.format("&e;") + FAR, head=OUTSIDE), "workbook-broken"),
    "a long text": ("a.xlsx", lambda: workbook(shown(1), f"<si><t>{'a' * (20 << 20)}</t></si>"), "workbook-broken"),
    "a long text of its own": ("a.xlsx", lambda: workbook(CELL.format("a" * (6 << 20))), "workbook-broken"),
    "a shared text": ("a.xlsx", lambda: workbook(shown(30_000), f"<si><t>{'a' * 32_000}</t></si>"), "sheet-texts"),
    "a count that lies": ("a.xlsx", lambda: workbook(shown(1), "<si><t>a</t></si>", count=1 << 32), "workbook-broken"),
    "tags that do not end": ("a.xlsx", lambda: workbook("<c " * 2_000_000), "workbook-broken"),
    "a merged text": ("a.xlsx", merged, "sheet-merged"),
    "too many sheets": ("a.xlsx", lambda: workbook(CELL.format("a"), head="<!--SHEETS-->"), "sheets-many"),
    "tables in tables": ("a.html", lambda: b"<html>" + b"<table><tr><td>" * 1_000_000, "sheets-many"),
    "cells far right": ("a.html", lambda: b"<html><table>" + b'<tr><td ss:index="16384">x' * 100_000, "html-cells"),
    "cells over all": ("a.html", lambda: b"<html><table>" + b"<tr><td colspan=16384 rowspan=9>x" * 9000, "html-cells"),
    "rows far down": ("a.html", lambda: b"<html>" + b"<table><tr ss:index=1048576><td>x" * 20, "html-cells"),
    "a number too long": ("a.html", lambda: b"<table><tr><td colspan=" + b"9" * 5000 + b">x<td>y<tr><td>1<td>2", ""),
    "a sign too far": ("a.html", lambda: b"<html><table><tr><td>x<td>y<tr><td>1<td>&#" + b"9" * 5000 + b";", ""),
    "comments": ("a.html", lambda: b"<html><table>" + b"<!--" * 500_000, "workbook-empty"),
    "declarations": ("a.html", lambda: b"<html><table>" + b"<![CDATA[" * 300_000, "workbook-empty"),
    "open tags": ("a.html", lambda: b"<html><table>" + b"<a '" * 300_000, "workbook-empty"),
    "open styles": ("a.html", lambda: b"<html><table>" + b"<style" * 300_000, "workbook-empty"),
    "ends in a style": ("a.html", lambda: b"<html><table><style>" + b"</" * 300_000, "workbook-empty"),
    "a footer that lies": ("a.parquet", lambda: parquet((1 << 31) - 1), "parquet-broken"),
}  # fmt: skip
"""What it is, under which name, and the code of the refusal; nothing where it is read."""


HEAVY = {
    *("rows far down", "too many sheets", "cells over all", "a packed page", "columns of a table", "a merged text"),
    *("tags that do not end", "a far cell", "entities read by rows", "tables in tables"),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in HEAVY else name for name in BOMBS]
)
def test_bombs_are_refused(tmp_path: Path, name: str) -> None:
    called, make, wanted = BOMBS[name]
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / called).write_bytes(make())
    codes: list[str] = []

    def run() -> None:
        try:
            for one in open_sources([folder / called], folder / "scratch")[0]:
                one.frame.collect()
        except DataError as error:
            codes.append(error.code)
            raise

    found = watched(run, folder)
    assert not found.faults
    assert codes == ([wanted] if wanted else [])


def test_a_line_without_end_and_lines_without_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telcli.io.csv_shape.LINE", 1 << 20)
    monkeypatch.setattr("telcli.io.csv_shape.RAGGED", 1000)
    for code, rest in (("line-long", b"a" * (18 << 20)), ("lines-blank", b"\n" * 1002), ("lines-blank", b"a\n" * 1002)):
        (tmp_path / "a.csv").write_bytes(b"customer_id,month\n" + rest)
        with pytest.raises(DataError) as caught:
            open_sources([tmp_path / "a.csv"], tmp_path / "scratch")
        assert caught.value.code == code
