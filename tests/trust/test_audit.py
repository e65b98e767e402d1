"""The audit log: who took what, no value of anybody, chained, and never in the way of a reader."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import telcli
from telcli.cli import main
from telcli.errors import UsageError
from telcli.pipeline import audit
from telcli.tables.condition_shape import shape
from tests.pipeline.test_purge import sources
from tests.test_walk import called


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("audited")
    assert called("ingest", *sources(place / "in"), "-w", place / "work")[0] == 0
    return place / "work"


@pytest.fixture
def work(ingested: Path) -> Path:
    """The directory, with a log that begins."""
    (ingested / audit.LOG).unlink(missing_ok=True)
    return ingested


def entries(work: Path) -> list[dict[str, Any]]:
    return [dict(one) for one in audit.look(work).entries]


def test_what_leaves_is_told_and_no_value(work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = "customer_id = 'C0002' AND gender <> 'C0003'"
    out = tmp_path / "王小明 13812345678.csv"
    assert main(["export", "customers", "-o", str(out), "--where", where, "-w", str(work)]) == 0
    assert main(["show", "bills", "--format", "csv", "--where", "amount > 13812345678", "-w", str(work)]) == 0
    assert main(["show", "payments", "--format", "json", "--limit", "1", "-w", str(work)]) == 0
    assert main(["customer", "13812345678", "-w", str(work)]) == 0
    capsys.readouterr()
    told = entries(work)
    assert [one["command"] for one in told] == ["export", "show", "show", "customer"]
    assert told[0]["where"] == "customer_id = ? AND gender <> ?"
    assert (told[0]["table"], told[0]["rows"], told[0]["to"]) == ("customers", 1, "王** 138******78.csv")
    assert (told[1]["table"], told[1]["rows"], told[1]["where"]) == ("bills", 0, "amount > ?")
    assert (told[2]["rows"], told[2]["to"]) == (1, "stdout")
    assert told[3]["by"] == "number"
    assert all(one["user"] and one["host"] and one["at"].endswith("Z") for one in told)
    text = (work / audit.LOG).read_text(encoding="utf-8")
    assert not [word for word in ("13812345678", "C0002", "C0003", "C0001", "小明", str(tmp_path)) if word in text]
    code, said = called("audit", "-w", work, "--command", "export")
    assert (code, len(said["metrics"]["entries"]), said["metrics"]["lines"]) == (0, 1, 4)
    assert len(telcli.audit(work, since="2999-01-01").entries) == 0
    assert main(["audit", "--since", "June", "-w", str(work)]) == 2


def test_merge_and_purge_are_told(ingested: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("客户编号,性别\nX77,男\n", encoding="utf-8")
    branch = tmp_path / "north"
    assert called("ingest", other, "-w", branch)[0] == 0
    assert called("merge", branch, ingested, "-w", tmp_path / "all")[0] == 0
    assert entries(branch)[-1]["to"] == "all"
    assert entries(tmp_path / "all")[-1]["branches"] == ["north", "work"]
    assert called("purge", "--customer", "X77", "-w", branch)[0] == 0
    assert entries(branch)[-1]["tables"]["customers"] == 1
    assert "X77" not in (branch / audit.LOG).read_text(encoding="utf-8")


@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_but_at_the_end_is_found(data: st.DataObject, tmp_path: Path) -> None:
    place = tmp_path / audit.LOG
    place.unlink(missing_ok=True)
    count = data.draw(st.integers(2, 6))
    for at in range(count):
        audit.note(tmp_path, "export", table=f"t{at}", rows=at)
    assert audit.broken(place) == ()
    lines = place.read_bytes().splitlines(keepends=True)
    how = data.draw(st.sampled_from(["flip", "drop", "swap", "twice"]))
    at = data.draw(st.integers(0, count - 2))
    if how == "flip":
        byte = data.draw(st.integers(0, len(lines[at]) - 2))
        lines[at] = lines[at][:byte] + bytes([lines[at][byte] ^ 1]) + lines[at][byte + 1 :]
    elif how == "drop":
        del lines[at]
    elif how == "swap":
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    else:
        lines.insert(at, lines[at])
    place.write_bytes(b"".join(lines))
    assert audit.broken(place)


def test_a_broken_log_is_named(work: Path) -> None:
    for _ in range(3):
        audit.note(work, "export", table="bills", rows=1)
    place = work / audit.LOG
    lines = place.read_bytes().splitlines(keepends=True)
    place.write_bytes(lines[0] + lines[2])
    code, said = called("audit", "-w", work)
    assert (code, said["metrics"]["broken"]) == (4, [{"line": 2, "why": "gap"}])
    assert said["error"]["code"] == "audit-broken"


def test_a_line_that_a_kill_tore_is_told_apart_from_one_that_was_changed(work: Path) -> None:
    place = work / audit.LOG
    audit.note(work, "export", table="bills", rows=1)
    audit.note(work, "export", table="bills", rows=2)
    whole = place.read_bytes()
    place.write_bytes(whole[:-30])
    assert audit.broken(place) == ()
    audit.note(work, "export", table="bills", rows=3)
    assert audit.broken(place) == ()
    assert [one["rows"] for one in entries(work)] == [1, 3]
    audit.note(work, "export", table="bills", rows=4)
    lines = place.read_bytes().splitlines(keepends=True)
    place.write_bytes(b"".join([*lines[:2], b"{}\n", *lines[3:]]))
    assert audit.broken(place)


def append(work: Path, count: int) -> None:
    for at in range(count):
        audit.note(work, "export", table="bills", rows=at)


def test_lines_of_many_processes_stand_whole_in_one_chain_though_some_are_killed(tmp_path: Path) -> None:
    told = (
        "import pathlib, sys; from telcli.pipeline import audit; print(flush=True)\n"
        "for at in range(60): audit.note(pathlib.Path(sys.argv[1]), 'export', rows=at)"
    )
    started = [subprocess.Popen([sys.executable, "-c", told, str(tmp_path)], stdout=subprocess.PIPE) for _ in range(4)]
    for process in started:
        assert process.stdout
        process.stdout.readline()
    for process in started[:2]:
        process.kill()
    for process in started:
        process.communicate()
    append(tmp_path, 1)
    assert audit.broken(tmp_path / audit.LOG) == ()
    assert 121 <= len(entries(tmp_path)) <= 241


@pytest.mark.parametrize(("wanted", "warned"), [("on", 1), ("off", 0)])
def test_a_log_that_cannot_be_written_warns_unless_it_is_off(
    work: Path, wanted: str, warned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / audit.LOG).mkdir()
    monkeypatch.setenv("TELCLI_AUDIT", wanted)
    try:
        assert len(audit.note(work, "export", table="bills")) == warned
        code, said = called("show", "bills", "-w", work)
        assert (code, [one["code"] for one in said["warnings"]]) == (0, ["audit-unwritten"] * warned)
    finally:
        (work / audit.LOG).rmdir()


def test_where_the_log_is_required_nothing_leaves_without_it(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / audit.LOG).symlink_to(tmp_path / "elsewhere.jsonl")
    monkeypatch.setenv("TELCLI_AUDIT", "required")
    try:
        for words in (["export", "bills", "-o", str(tmp_path / "b.csv")], ["show", "bills", "--format", "csv"]):
            assert main([*words, "-w", str(work)]) == 2
            assert capsys.readouterr().out == ""
        assert main(["customer", "C0001", "-w", str(work)]) == 2
        assert main(["purge", "--customer", "C0001", "-w", str(work)]) == 2
        assert called("show", "customers", "-w", work, "--where", "customer_id = 'C0001'")[0] == 2
    finally:
        (work / audit.LOG).unlink()
    assert not list(tmp_path.iterdir())
    assert "C0001" in (work / "customers" / "part-0.parquet").read_bytes().decode("latin-1") or entries(work) == []


def test_a_reader_waits_a_second_for_the_log_at_most(work: Path) -> None:
    append(work, 1)
    with (work / audit.LOG).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        began = time.monotonic()
        assert len(audit.note(work, "export", table="bills")) == 1
        assert time.monotonic() - began < 3


def test_no_disk_left_leaves_no_half_line(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append(work, 2)
    before = (work / audit.LOG).read_bytes()
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[: len(data) // 2]))
    assert len(audit.note(work, "export", table="bills")) == 1
    assert (work / audit.LOG).read_bytes() == before


@given(
    st.text(st.characters(blacklist_characters="'", blacklist_categories=["Cs"]), min_size=3).filter(
        lambda text: not set(text) <= set("-+*/%=<>(),.|! \t\n")
    )
)
def test_no_value_stands_in_the_shape_of_a_condition(value: str) -> None:
    told = shape(f"customer_id = '{value}' AND amount > 5", ["customer_id", "amount"])
    assert told == "customer_id = ? AND amount > ?"


def test_each_line_is_json_with_a_fixed_set_of_names(work: Path) -> None:
    append(work, 1)
    line = json.loads((work / audit.LOG).read_text(encoding="utf-8"))
    assert {"at", "user", "host", "command", "telcli", "before", "seal"} <= set(line)


def test_a_bad_setting_is_refused(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELCLI_AUDIT", "maybe")
    with pytest.raises(UsageError):
        audit.note(work, "export")
