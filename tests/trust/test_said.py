"""What fuzzing found wrong in files that people write and in saved models, each as it was mended."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import sys
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
import pytest

from telcli.cli import main
from telcli.errors import DataError, UsageError
from telcli.intake.pinned_shape import refuse_misshapen
from telcli.io import model_file
from telcli.io.workbook_trial import survives
from telcli.pipeline.control_totals import totals_of
from telcli.pipeline.holidays import holidays_of
from telcli.pipeline.sources import open_sources
from telcli.tables.condition import ConditionError, condition
from tests.trust import seeds
from tests.trust.doors import DOORS
from tests.trust.fuzz import tried

TOML = {"a number of 5,000 digits": "a = " + "9" * 5000, "nested": "a = " + "[" * 5000, "large": "#" * (5 << 20)}


@pytest.mark.parametrize("name", TOML)
def test_toml_that_no_parser_takes(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for called in ("telcli.toml", "holidays.toml", "map.toml"):
        (tmp_path / called).write_text(TOML[name])
    assert main(["config", "-w", str(tmp_path)]) == 2
    assert "not valid TOML" in capsys.readouterr().err
    for read in (holidays_of, totals_of):
        with pytest.raises(DataError):
            read(tmp_path / "holidays.toml")
    (tmp_path / "a.csv").write_text(seeds.CSV, encoding="utf-8")
    words = [
        "ingest",
        str(tmp_path / "a.csv"),
        "--mapping",
        str(tmp_path / "map.toml"),
        "-w",
        str(tmp_path / "w"),
        "-q",
    ]
    (tmp_path / "telcli.toml").unlink()
    assert main(words) == 2
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    "entry",
    [
        {"columns": {"amount": {"unit": "fen"}}}, {"columns": {"amount": 3}}, {"columns": ["amount"]},
        {"columns": {"amount": {"column": "a", "unit": 1}}}, {"attributes": {"x_a": {"column": "a", "type": "text"}}},
        {"attributes": {"x_a": {"type": "String"}}}, {"attributes": {"customer_id": {"column": "a", "type": "String"}}},
        {"attributes": {"x_a/../b": {"column": "a", "type": "String"}}}, {"attributes": 1}, {"drop": [1]},
        {"drop": "a"},
    ],
)  # fmt: skip
def test_mapping_files_of_another_form(entry: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        refuse_misshapen({"file": "a.csv", "table": "bills", **entry})


def sealed(folder: Path, archive: bytes) -> Path:
    """A model whose seal fits: it holds no secret, so whoever changes the archive can make it."""
    about = {**seeds.model()[1], "sha256": hashlib.sha256(archive).hexdigest()}
    (folder / "churn.skops").write_bytes(archive)
    (folder / "churn.json").write_text(json.dumps({**about, "seal": model_file._seal(about)}))
    return folder / "churn"


def other_parts(change: Any) -> bytes:
    """The archive of a sound model, its parts changed."""
    target = io.BytesIO()
    with ZipFile(io.BytesIO(seeds.model()[0])) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target.getvalue()


def test_models_that_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telcli.io.archive._SURE", 1 << 20)

    def header(name: str, data: bytes) -> bytes:
        return data[:10] + b"(" * 40 + data[50:] if name.endswith(".npy") else data

    def shape(name: str, data: bytes) -> bytes:
        return data.replace(b"'shape': (", b"'shape': (9999999999999,")[: len(data)] if name.endswith(".npy") else data

    def vast(name: str, data: bytes) -> bytes:
        return bytes(2 << 20) if name.endswith(".npy") else data

    def other(name: str, data: bytes) -> bytes:
        node = {"__class__": "list", "__module__": "builtins", "__loader__": "ListNode", "content": []}
        return json.dumps({**node, "protocol": 0}).encode() if name == "schema.json" else data

    for change in (header, shape, vast, other):
        with pytest.raises(DataError) as caught:
            model_file.read(sealed(tmp_path, other_parts(change)))
        assert caught.value.code == "model-unreadable", change.__name__


def test_old_workbooks_that_would_end_the_process(tmp_path: Path) -> None:
    """Fuzzed input 1 of the first run: a stream of 4 GB is promised."""
    data = seeds.seed("xls")
    (tmp_path / "a.xls").write_bytes(data)
    assert survives(tmp_path / "a.xls")
    lost = 0
    for at in range(1 << 9, len(data) - 4, 1 << 9):  # sizes stand in the directory, an entry each 128 bytes
        for spot in range(at + 120, min(at + 512, len(data)), 128):
            if struct.unpack("<I", data[spot : spot + 4])[0] and lost < 1:
                (tmp_path / "b.xls").write_bytes(data[:spot] + struct.pack("<I", 0xFFFFFFFF) + data[spot + 4 :])
                lost += not survives(tmp_path / "b.xls")
    assert lost
    with pytest.raises(DataError) as caught:
        open_sources([tmp_path / "b.xls"], tmp_path / "scratch")
    assert caught.value.code == "workbook-broken"


def test_wide_tables_can_be_allowed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["customer_id", *(f"c{at}" for at in range(12))]
    (tmp_path / "a.csv").write_text(seeds.table_seed(names, ["C1", *"123456789012"], ["C2", *"123456789012"]))
    (tmp_path / "w").mkdir()
    words = ["ingest", str(tmp_path / "a.csv"), "-w", str(tmp_path / "w"), "--as-of", "2024-06", "-q"]
    (tmp_path / "w" / "telcli.toml").write_text("[ingest]\nmost_columns = 12\n")
    assert main(words) == 4
    assert "most_columns" in capsys.readouterr().err
    (tmp_path / "w" / "telcli.toml").write_text("[ingest]\nmost_columns = 13\n")
    assert main(words) == 0


def test_one_value_for_a_million_rows(tmp_path: Path) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = 30_000
    long = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array(["a" * 30_000]))
    pq.write_table(pa.table({"id": pa.array(np.arange(rows)).cast(pa.string()), "note": long}), tmp_path / "a.parquet")
    with pytest.raises(DataError) as caught:
        open_sources([tmp_path / "a.parquet"], tmp_path / "scratch")
    assert caught.value.code == "archive-bomb"


LONG = {
    "age > 1" + " OR age > 1" * 400: "long",
    "age" + " + 1" * 400 + " > 3": "long",
    "age IN (" + "1," * 60_000 + "2)": "long",
    "age = '\udcff'": "unreadable",
    "(" * 5000 + "age > 1" + ")" * 5000: "unreadable",
    "NOT " * 5000 + "moved": "unreadable",
}


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_conditions_that_polars_would_not_survive(text: str) -> None:
    """Chains of some thousands ended the process, of some hundreds took minutes."""
    rows = pl.DataFrame({"age": [1, 2], "moved": [True, None]})
    with pytest.raises(ConditionError) as caught:
        condition(text, rows.schema)
    assert caught.value.why == LONG[text]
    assert rows.filter(condition("age > 1" + " OR age > 1" * 100, rows.schema)).height == 1


def test_json_that_utf8_cannot_write_and_names_that_polars_takes_for_several(tmp_path: Path) -> None:
    """Fuzzed inputs 46, 112 and 466 of the run of 100,000."""
    record = '{"id": "a\\ud800", "*": ["x", "y\\udfff"], "^a": {"b$": "1"}, "k\\ud800": "2"}'
    (tmp_path / "a.json").write_text(f"[{record}, {record}]")
    found, _ = open_sources([tmp_path / "a.json"], tmp_path / "scratch")
    frame = found[0].frame.collect()
    assert frame.height == 2
    assert frame["*_"].to_list() == ["x; y?"] * 2
    (tmp_path / "a.csv").write_text("id,*,^x$\n1,2,3\n4,5,6\n")
    found, _ = open_sources([tmp_path / "a.csv"], tmp_path / "other")
    assert found[0].frame.collect().columns == ["_line", "id", "*_", "^x$_"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [135, 139])
def test_old_workbooks_that_ask_for_all_memory(tmp_path: Path, number: int) -> None:
    """Two inputs that hung once: the reader of .xls asks for more and more, which its trial ends soon."""
    found = tried("xls", 10, number, tmp_path)
    assert not found.faults
    assert found.code == 4


@pytest.mark.parametrize("number", [1169, 1217, 1360, 1585])
def test_settings_that_hold_days_and_numbers_beyond_all_floats(tmp_path: Path, number: int) -> None:
    """Fuzzed inputs of the settings in the run of 100,000."""
    assert not tried("config", 42, number, tmp_path).faults


def test_a_judgement_of_hundreds_of_digits(tmp_path: Path) -> None:
    """Fuzzed input 33 of the books in the run of 100,000."""
    assert not tried("books", 42, 33, tmp_path).faults


def test_a_page_of_parquet_that_panics_is_no_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.parquet").write_bytes(seeds.seed("parquet"))

    def panics(*words: Any, **more: Any) -> Any:
        raise pl.exceptions.PanicException("assertion failed")

    monkeypatch.setattr(pl.LazyFrame, "collect", panics)
    with pytest.raises(DataError) as caught:
        open_sources([tmp_path / "a.parquet"], tmp_path / "scratch")
    assert caught.value.code == "parquet-broken"


QUICK = (
    "csv",
    "xlsx",
    "ods",
    "html",
    "json",
    "parquet",
    "zip",
    "gz",
    "any",
    "lists",
    "books",
    "config",
    "key",
    "model",
    "where",
)


@pytest.mark.parametrize("reader", QUICK)
def test_a_few_damaged_inputs_of_each_reader(tmp_path: Path, reader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same inputs as python -m tests.trust.fuzz tries, a hundred thousand of them."""
    monkeypatch.setenv("TELCLI_DEBUG", "1")
    for number in range(12):
        found = tried(reader, 1, number, tmp_path)
        assert not found.faults, (reader, number)


@pytest.mark.slow
@pytest.mark.parametrize("reader", sorted(set(DOORS) - set(QUICK)))
def test_a_few_damaged_inputs_of_commands(tmp_path: Path, reader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELCLI_DEBUG", "1")
    for number in range(6):
        found = tried(reader, 1, number, tmp_path)
        assert not found.faults, (reader, number)


def test_the_watch_sees_what_is_wrong(tmp_path: Path) -> None:
    """No check that cannot fail: each promise broken once."""
    from tests.trust.watch import watched

    folder, beside = tmp_path / "case", tmp_path / "beside"
    folder.mkdir()

    def writes_outside() -> None:
        beside.write_text("x")

    def quotes() -> None:
        raise DataError("x", "{who} is wrong.", who=seeds.PHONE)

    def has_a_bug() -> None:
        raise KeyError("x")

    def takes_memory() -> None:
        assert sum(bytearray(b"x" * (1 << 20))[:1]) and len(b"y" * (1600 << 20))

    for run, word in (
        (writes_outside, "outside"),
        (quotes, "quoted"),
        (has_a_bug, "traceback"),
        (takes_memory, "memory"),
    ):
        assert any(fault.startswith(word) for fault in watched(run, folder).faults), word
    assert not watched(lambda: 4 * bool(sys.stderr.write("no such month")), folder).faults
    assert any(fault.startswith("exit code") for fault in watched(lambda: 77, folder).faults)
