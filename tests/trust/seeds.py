"""A small whole file of every kind that telcli reads, made here: fuzzing starts from these."""

from __future__ import annotations

import base64
import bz2
import functools
import gzip
import io
import json
import lzma
import sqlite3
import zlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from tests.io import test_workbook_extract as books
from tests.trust.watch import SECRETS

__all__ = ["CSV", "RECORDS", "model", "page", "seed", "table_seed"]

PHONE, PERSON, CERTIFICATE = SECRETS
HEADER = ("customer_id", "客户姓名", "手机号码", "证件号码", "month", "amount", "备注")
ROWS = tuple(
    (f"C{n}", PERSON, PHONE, CERTIFICATE, f"2024-0{n % 5 + 1}", f"{n}.5", "x y" * (n % 3)) for n in range(1, 9)
)
CSV = "\n".join(",".join(row) for row in (HEADER, *ROWS)) + "\n"
RECORDS = [
    {**dict(zip(HEADER, row, strict=True)), "plan": {"id": "P1", "fee": 9.0}, "tags": ["a", "b"], "lines": [{"no": 1}]}
    for row in ROWS
]


def seed(kind: str) -> bytes:
    """The bytes of one kind."""
    return _made(kind)


@functools.cache
def _made(kind: str) -> bytes:
    packers = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": _zstd}
    if kind in packers:
        return bytes(packers[kind](CSV.encode()))
    makers = {
        "csv": CSV.encode, "xlsx": lambda: book([HEADER, *ROWS]), "xls": _xls, "xlsb": _xlsb, "ods": _ods,
        "html": lambda: page().encode(), "json": lambda: json.dumps(RECORDS).encode(), "parquet": _parquet,
        "db": _sqlite, "zip": _zip,
    }  # fmt: skip
    return bytes(makers[kind]())


def book(rows: Sequence[Sequence[Any]], name: str = "S") -> bytes:
    """A workbook of one sheet, its texts shared as spreadsheet programs write them."""
    import openpyxl

    made, target = openpyxl.Workbook(), io.BytesIO()
    made.active.title = name
    for row in rows:
        made.active.append(list(row))
    made.active.merge_cells("A3:A4")
    made.save(target)
    return target.getvalue()


def page() -> str:
    """A page with a table in it, as systems export it under the name of .xls."""
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in (HEADER, *ROWS))
    return f"<html><head><style>td {{}}</style></head><body><!-- x --><table border=1>{lines}</table></body></html>"


def table_seed(columns: Sequence[str], *rows: Sequence[str]) -> str:
    """A delimited text of these."""
    return "\n".join(",".join(row) for row in (columns, *rows)) + "\n"


def _zstd(data: bytes) -> bytes:
    import pyarrow as pa

    return bytes(pa.Codec("zstd").compress(data, asbytes=True))


def _xls() -> bytes:
    return zlib.decompress(base64.b85decode(books.XLS))


def _file(write: Any, name: str) -> bytes:
    with TemporaryDirectory() as folder:
        place = Path(folder) / name
        write(place)
        return place.read_bytes()


def _xlsb() -> bytes:
    cells = [(line, at, cell) for line, row in enumerate((HEADER, *ROWS)) for at, cell in enumerate(row)]
    return _file(lambda place: books.xlsb(place, *cells), "a.xlsb")


def _ods() -> bytes:
    return _file(lambda place: books.ods(place, rows=3, columns=2), "a.ods")


def _parquet() -> bytes:
    import polars as pl

    target = io.BytesIO()
    pl.DataFrame(RECORDS).write_parquet(target, row_group_size=4)
    return target.getvalue()


def _sqlite() -> bytes:
    def write(place: Path) -> None:
        database = sqlite3.connect(place)
        database.execute("CREATE TABLE bills (customer_id TEXT, month TEXT, amount REAL, note BLOB)")
        rows = [(row[0], row[4], float(row[5]), PERSON) for row in ROWS]
        database.executemany("INSERT INTO bills VALUES (?, ?, ?, ?)", rows)
        database.execute('CREATE TABLE "odd \'name" (customer_id, x)')
        database.execute("CREATE VIEW seen AS SELECT * FROM bills")
        database.commit()
        database.close()

    return _file(write, "a.db")


def _zip() -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as packed:
        packed.writestr("bills.csv", CSV)
        packed.writestr("folder/一月.csv", CSV.encode("gb18030"))
        packed.writestr("c.json", json.dumps(RECORDS[:2]))
    return target.getvalue()


@functools.cache
def model() -> tuple[bytes, dict[str, Any]]:
    """A saved model's archive, and what its side-car says."""
    import numpy as np

    from telcli.io import model_file
    from telcli.methods.churn_model import ChurnModel

    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 3)).astype(np.float32)
    fitted = ChurnModel().fit(X, X[:, 1] + rng.normal(size=300) > 0)
    with TemporaryDirectory() as folder:
        archive, side = model_file.write(Path(folder) / "churn", fitted, {"features": ["a", "b", "c"], "label": PERSON})
        return archive.read_bytes(), json.loads(side.read_text(encoding="utf-8"))
