"""Any bytes under any name: an extract or one sentence, never a traceback."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import polars as pl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from telcli.errors import TelcliError
from telcli.pipeline.sources import open_sources
from telcli.tables.extract import RAGGED
from telcli.tables.refused import LINE

NAMES = (
    "a.csv",
    "a.xlsx",
    "a.xls",
    "a.xlsb",
    "a.ods",
    "a.json",
    "a.parquet",
    "a.gz",
    "a.zst",
    "a.zip",
    "a.html",
    "a.db",
)


def made() -> dict[str, bytes]:
    """A small whole file of each kind, to damage."""
    book = openpyxl.Workbook()
    book.active.append(["id", "x"])
    book.active.append(["a", 1])
    sheet, table, packed = io.BytesIO(), io.BytesIO(), io.BytesIO()
    book.save(sheet)
    pl.DataFrame({"id": ["a"], "x": [{"y": [1]}]}).write_parquet(table)
    with ZipFile(packed, "w") as archive:
        archive.writestr("b.csv", "id,x\n1,2\n")
    return {
        "a.xlsx": sheet.getvalue(),
        "a.parquet": table.getvalue(),
        "a.zip": packed.getvalue(),
        "a.gz": gzip.compress(b"id,x\n1,2\n", mtime=0),
        "a.json": json.dumps([{"id": 1, "x": {"y": [1, 2], "z": [{"k": 1}]}}]).encode(),
        "a.xls": b"<html><table><tr><td>id<td>x<tr><td rowspan=3>1<td>2</table>",
    }


WHOLE = made()
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def opened(name: str, data: bytes) -> None:
    """Open it and read it whole; what is no table must be refused in words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            extracts, notices = open_sources([path], Path(folder) / "scratch")
            for one in extracts:
                frame = one.frame.collect()
                assert frame.schema.pop(LINE) == pl.Int64
                assert all(kind == pl.String for column, kind in frame.schema.items() if column not in (LINE, RAGGED))
                assert one.rows in (None, frame.height)
            assert all(one.message for one in notices)
        except TelcliError as error:
            assert f"{error} {error.hint}".strip()


@QUICK
@given(name=st.sampled_from(NAMES), data=st.binary(max_size=400))
def test_any_bytes(name: str, data: bytes) -> None:
    opened(name, data)


@QUICK
@given(
    name=st.sampled_from(sorted(WHOLE)), at=st.floats(0, 1), with_=st.binary(min_size=1, max_size=12), cut=st.booleans()
)
@example(name="a.xlsx", at=0.5, with_=b"\0", cut=True)
def test_damaged_files(name: str, at: float, with_: bytes, cut: bool) -> None:
    whole = WHOLE[name]
    place = int(at * len(whole))
    opened(name, whole[:place] + with_ + (b"" if cut else whole[place + len(with_) :]))


@QUICK
@given(
    name=st.sampled_from(["a.xlsx", "a.zip"]), part=st.integers(0, 20), at=st.floats(0, 1), with_=st.binary(max_size=30)
)
@example(name="a.zip", part=0, at=0.875, with_=b"\x01\x01")
def test_archives_with_a_damaged_part(name: str, part: int, at: float, with_: bytes) -> None:
    """The checksums are right, what is inside is not."""
    target = io.BytesIO()
    with ZipFile(io.BytesIO(WHOLE[name])) as old, ZipFile(target, "w") as new:
        names = old.namelist()
        for inner in names:
            data = old.read(inner)
            if inner == names[part % len(names)]:
                place = int(at * len(data))
                data = data[:place] + with_ + data[place + len(with_) :]
            new.writestr(inner, data)
    opened(name, target.getvalue())


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@QUICK
@given(values=st.lists(VALUES, max_size=4), lines=st.booleans())
@example(values=[{"a\0b": 1}], lines=False)
def test_any_json(values: list[object], lines: bool) -> None:
    text = "\n".join(map(json.dumps, values)) if lines else json.dumps(values)
    opened("a.json", text.encode())


CELLS = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.dates()
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=6)


@QUICK
@given(rows=st.lists(st.lists(CELLS | WORDS, max_size=5), max_size=8))
def test_any_cells(rows: list[list[object]]) -> None:
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    opened("a.xlsx", target.getvalue())


TAGS = st.sampled_from(
    ["<table>", "<tr>", "<td>", "</td>", "<td colspan=3>", "<td rowspan=2>", "a", "1", "</table>", "<br>"]
)


@QUICK
@given(parts=st.lists(TAGS, max_size=20))
@example(parts=["<table>", "<tr>", "<td>", "<table>"])
def test_any_page(parts: list[str]) -> None:
    opened("a.xls", ("<html>" + "".join(parts)).encode())
