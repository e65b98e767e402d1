"""Any bytes at all: an ingest ends in tables that keep their contracts or in a sentence, and loses no row unsaid."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from itertools import combinations_with_replacement
from pathlib import Path
from random import Random
from typing import Any

import dataframely as dy
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telcli.cli import main
from telcli.io.totals import is_total
from telcli.tables import NAMES, contract

SHAPES = [
    ("客户编号", "性别", "出生年份", "证件号码", "手机号码", "建档时间"),
    ("customer_id", "Churn", "tenure", "MonthlyCharges", "plan"),
    ("用户编号", "客户编号", "月租费", "入网时间", "销户时间", "用户状态"),
    ("customer_id", "month", "amount", "kind"),
    ("客户编号", "账期", "月租费", "语音费", "优惠"),
    ("customer_id", "month", "data_mb", "texts", "call_minutes", "active_days"),
    ("payment_id", "customer_id", "paid_at", "amount", "reversed"),
    ("工单编号", "客户编号", "受理时间", "办结时间", "工单类型", "投诉内容"),
    ("customer_id", "call_date", "duration"),
]
MORE = ["备注", "x_1", "note", "星级", "region", "归属网格", "month", "customer_id"]
ODD = [
    *("", " ", "-", "NULL", "null", "无", "NaN", "inf", "1e400", "-1e9", "0", "00000000", "99991231", "１２３"),
    *("1,234.5", "(5)", "12%", "1.38E+10", "13812345678", "110101199003077715", "C1", "C2", "C3", "C2", "Yes", "否"),
    *("男", "F", "2024-05", "202405", "2024/5/1", "2024年5月1日", "20240531235959", "2024-13-01", "43510", "1066"),
    *("2300-01-01", "总计", "合计", "=1+1", '"', "'", "a\tb", "\u200b", "\ufeff", "𠮷", "ß", "￥12", "3GB", "#REF!"),
]
KEYS = ["C1", "C2", "C3", "C4", "C5", "C6", "", "1001", "13812345678", "1.38E+10", "110101199003077715"]
TIMES = [
    "2024-05",
    "202405",
    "2024/5/1",
    "2024年5月1日",
    "20240531235959",
    "2024-04-30 10:00:00",
    "99991231",
    "2031-01-01",
]
NUMBERS = ["0", "5", "12.5", "1,234.5", "-3", "1e3", "-", "007", "5元", "1024", "88", "31"]


def likely(chance: Random, header: str) -> str:
    """Mostly what such a column holds, sometimes what it should not, seldom anything at all."""
    times = header in ("month", "账期", "paid_at", "call_date") or header.endswith(("时间", "年份"))
    kind = KEYS if header.endswith(("编号", "_id", "号码")) else TIMES if times else NUMBERS
    luck = chance.random()
    if luck > 0.99:
        return "".join(
            chr(chance.choice([chance.randrange(1, 128), chance.randrange(0x4E00, 0x9000)])) for _ in range(3)
        )
    return chance.choice(ODD if luck > 0.9 else kind)


def extract(chance: Random, shape: tuple[str, ...]) -> tuple[bytes, int | None]:
    """One file, and its rows where nothing in it can be taken for another number of rows."""
    header = [*shape, *chance.sample(MORE, chance.randrange(3))]
    rows = [[likely(chance, name) for name in header] for _ in range(chance.choice([0, 1, 3, 8, 20]))]
    rows += chance.choices(rows, k=chance.randrange(3)) if rows else []
    delimiter, end = chance.choice([",", ",", ";", "\t", "|", "€€"]), chance.choice(["\n", "\r\n"])
    quoted = chance.random() < 0.7

    def line(cells: list[str]) -> str:
        clean = [cell.replace('"', '""') for cell in cells]
        return delimiter.join(f'"{cell}"' for cell in clean) if quoted else delimiter.join(cells)

    text = end.join(map(line, [header, *rows])) + chance.choice(["", end, end * 3])
    encoding = chance.choice(["utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16"])
    content = text.encode(encoding)
    sums = any(pl.select(is_total(pl.lit(cell))).item() for cells in rows for cell in cells)  # left out, and said
    odd = set("".join(cell for cells in rows for cell in cells)) & set("\r\n\v\f\x00\x1a\x1c\x1d\x1e\x85")
    counted = (
        len(rows) if quoted and not odd and not sums and delimiter != "€€" and encoding.startswith("utf-8") else None
    )
    if chance.random() < 0.3:
        at = chance.randrange(len(content))
        content = content[:at] + chance.randbytes(chance.randrange(3)) + content[at + chance.randrange(3) :]
        counted = None
    return content, counted


def run(files: dict[str, bytes], place: Path) -> tuple[int, dict[str, Any], str]:
    """Exit code, the JSON on stdout and what stands on stderr."""
    for name, content in files.items():
        (place / name).write_bytes(content)
    out, err = io.StringIO(), io.StringIO()
    words = ["ingest", *[str(place / name) for name in files], "-w", str(place / "work"), "--as-of", "2024-06"]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*words, "--max-rejects", "1", "--churned-when", "Yes", "--format", "json"])
    return code, json.loads(out.getvalue()), err.getvalue()


def keeps_its_contract(table: str, frame: pl.DataFrame) -> None:
    """The rules of the contract, looked at column by column, without the code that parts rows."""
    rules = contract(table)
    for name, column in rules.schema.columns().items():
        values = frame[name]
        assert values.dtype == column.dtype, (table, name)
        assert column.nullable or values.null_count() == 0, (table, name)
        for bound, holds in (("min", values.drop_nulls().__ge__), ("max", values.drop_nulls().__le__)):
            limit = getattr(column, bound, None)
            assert limit is None or holds(limit).all(), (table, name, bound)
        if isinstance(column, dy.Float64):
            assert values.drop_nulls().is_finite().all(), (table, name)
        if isinstance(column, dy.Date | dy.Datetime):
            assert values.drop_nulls().dt.year().is_between(1900, 2100).all(), (table, name)
    if rules.key:
        assert not frame.select(rules.key).is_duplicated().any(), table
    rules.require(frame.lazy())


def check(files: dict[str, bytes], counted: dict[str, int | None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        code, told, err = run(files, place)
        assert code in (0, 2, 3, 4), (code, err)
        assert "Traceback" not in err
        if code:
            assert told["error"]["message"]
        if not (place / "work" / "manifest.json").exists():
            assert code
            return
        manifest = json.loads((place / "work" / "manifest.json").read_text(encoding="utf-8"))
        sources = manifest["stages"]["ingest"][""]["metrics"]["sources"]  # the view may be refused after them
        for one in sources:
            parts = [one[f"rows_{what}"] for what in ("kept", "rejected", "duplicate", "unused")]
            assert one["rows_read"] == sum(parts)
            assert min(parts) >= 0
            rows = counted.get(one["source"])
            assert rows is None or one["rows_read"] == rows, one
        for table in set(manifest["tables"]) & set(NAMES):
            parts = [pl.read_parquet(place / "work" / part["path"]) for part in manifest["tables"][table].values()]
            keeps_its_contract(table, pl.concat(parts, how="diagonal_relaxed"))


QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]


SEEDS = st.integers(0, 2**32 - 1).map(Random)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape[1])
@settings(max_examples=3, suppress_health_check=QUIET)
@given(chance=SEEDS)
def test_any_file_ends_in_sound_tables_or_in_a_sentence(shape: tuple[str, ...], chance: Random) -> None:
    content, rows = extract(chance, shape)
    check({"a.csv": content}, {"a.csv": rows})


@settings(max_examples=10, suppress_health_check=QUIET)
@given(st.binary(max_size=400))
def test_any_bytes_end_so(content: bytes) -> None:
    check({"a.csv": content}, {})


@pytest.mark.slow
@pytest.mark.parametrize(("one", "two"), list(combinations_with_replacement(SHAPES, 2)), ids=lambda shape: shape[1])
@settings(max_examples=3, suppress_health_check=QUIET)
@given(chance=SEEDS)
def test_any_two_files_end_so(one: tuple[str, ...], two: tuple[str, ...], chance: Random) -> None:
    """Each pair of shapes once, in either order."""
    first, second = chance.sample([one, two], 2)
    files = {"a.csv": extract(chance, first), "b.txt": extract(chance, second)}
    check({name: content for name, (content, _) in files.items()}, {name: rows for name, (_, rows) in files.items()})
