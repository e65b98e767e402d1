"""Purge: one person leaves every table, and stays out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.cli import main
from telcli.errors import MissingInputError, UsageError
from telcli.pipeline.purge import purge
from telcli.pipeline.workdir import Workdir
from tests.test_walk import called

CARD = "11010519491231002X"
PEOPLE = f"""客户编号,客户名称,证件号码,手机号码,性别
C0001,王一,{CARD},13812345678,男
C0002,李二,110105194912310011,13912345678,女
C0003,张三,,13912345678,女
"""
LINES = """用户编号,客户编号,手机号码,入网时间,付费类型
U01,C0001,13812345678,20200101,后付
U02,C0001,13812345679,20210101,后付
U03,C0002,13912345678,20200101,后付
U04,C0003,13912345670,20200101,后付
"""
BILLS = "".join(
    f"C000{person},2024-0{month},{person * 10}\n"
    for person in (1, 2, 3)
    for month in (1, 2, 3)
    if person == 1 or month > 1
)
PAYMENTS = "P1,C0001,2024-02-01 10:00:00,10\nP2,C0002,2024-02-02 10:00:00,20\n"


def sources(place: Path) -> list[Path]:
    files = {
        "customers.csv": PEOPLE,
        "subscriptions.csv": LINES,
        "bills.csv": "客户编号,账期,应收金额\n" + BILLS,
        "payments.csv": "payment_id,customer_id,paid_at,amount\n" + PAYMENTS,
    }
    place.mkdir(exist_ok=True)
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    return [place / name for name in files]


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ingested")
    assert called("ingest", *sources(place / "in"), "-w", place / "work")[0] == 0
    return place


@pytest.fixture
def work(ingested: Path, tmp_path: Path) -> Path:
    """A copy of what was ingested once."""
    shutil.copytree(ingested, tmp_path, dirs_exist_ok=True)
    return tmp_path / "work"


def rows(work: Path, table: str) -> pl.DataFrame:
    workdir = Workdir(work)
    manifest = workdir.manifest()
    return workdir.scan(manifest, table, manifest.months(table)).collect()


def tables(work: Path) -> dict[str, pl.DataFrame]:
    return {table: rows(work, table) for table in Workdir(work).manifest().tables}


def holds(work: Path, *words: str) -> list[str]:
    found = [name for name, frame in tables(work).items() if any(word in str(frame.to_dicts()) for word in words)]
    return found + [
        str(file)
        for file in work.rglob("*")
        if file.suffix in (".json", ".html") and any(word in file.read_text(encoding="utf-8") for word in words)
    ]


@pytest.mark.parametrize("asked", ["C0001", "13812345678", "+86 138-1234-5679", CARD, "110105491231002", "U02"])
def test_one_person_leaves_every_table(work: Path, asked: str) -> None:
    before = tables(work)
    done = purge(work, asked)
    assert done.customer_id == "C0001"
    after = tables(work)
    for name, frame in after.items():
        if "customer_id" in frame.columns:
            assert frame.equals(before[name].filter(pl.col("customer_id") != "C0001")), name
            assert done.removed.get(name, 0) == before[name].height - frame.height
    assert done.removed["subscriptions"] == 2
    assert done.removed["bills"] == 3
    assert not holds(work, "C0001", "U01", "U02", CARD, "13812345678")
    assert len(Workdir(work).manifest().suppressed) >= 4
    assert {notice.code for notice in done.notices} == {"purge-sources"}


def test_a_month_of_nobody_else_goes_with_its_file(work: Path) -> None:
    assert "2024-01-01" in Workdir(work).manifest().months("bills")
    purge(work, "C0001")
    assert "2024-01-01" not in Workdir(work).manifest().months("bills")
    assert not (work / "bills" / "month=2024-01-01").exists()


def without_whom(place: Path, files: list[Path]) -> list[Path]:
    """The same extracts, of which nobody has heard of C0001."""
    place.mkdir()
    for file in files:
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        (place / file.name).write_text("".join(line for line in lines if "C0001" not in line), encoding="utf-8")
    return sorted(place.iterdir())


def bytes_of(work: Path) -> dict[str, bytes]:
    return {str(file.relative_to(work)): file.read_bytes() for file in work.rglob("*") if file.is_file()}


COUNTED = ("source_quality/part-0.parquet", "manifest.json", "audit.jsonl")
"""What tells of the extracts as they were delivered, and that somebody was purged."""


def test_every_table_is_to_the_byte_what_it_would_have_been_without_the_person(work: Path, tmp_path: Path) -> None:
    never = tmp_path / "never"
    assert called("ingest", *without_whom(tmp_path / "others", sources(tmp_path / "in")), "-w", never)[0] == 0
    purge(work, "C0001")
    assert called("customer-months", "-w", work)[0] == 0
    ours, theirs = bytes_of(work), bytes_of(never)
    assert ours.keys() ^ theirs.keys() == {"audit.jsonl"}
    assert {name for name in theirs if ours[name] != theirs[name]} == set(COUNTED) - {"audit.jsonl"}
    assert "customer_months/month=2024-02-01/part-0.parquet" in theirs
    tables = [Workdir(place).manifest().tables for place in (work, never)]
    assert {table for table in tables[1] if tables[0][table] != tables[1][table]} == {"source_quality"}
    counts = [rows(place, "source_quality").select("source", "table", "column") for place in (work, never)]
    assert counts[0].equals(counts[1])


def test_lines_that_were_refused_last_go_too(work: Path, tmp_path: Path) -> None:
    odd = tmp_path / "bills.csv"
    odd.write_text("客户编号,账期,应收金额\nC0002,2024-04,5\nC0001,2024-04,6\nC0001,2024-04,x\n", encoding="utf-8")
    assert called("ingest", odd, "-w", work)[0] == 4
    assert "bills.csv" in (work / "rejects.csv").read_text(encoding="utf-8-sig")
    purge(work, "C0001")
    assert not (work / "rejects.csv").exists()


@pytest.mark.parametrize("asked", ["C9999", "13800000001", "nobody", ""])
def test_an_unknown_person_changes_nothing(work: Path, asked: str) -> None:
    before = (work / "manifest.json").read_bytes()
    with pytest.raises(MissingInputError) as caught:
        purge(work, asked)
    assert caught.value.exit_code == 3
    assert "13800000001" not in str(caught.value)
    assert (work / "manifest.json").read_bytes() == before


def test_a_number_of_several_persons_is_refused(work: Path) -> None:
    with pytest.raises(UsageError) as caught:
        purge(work, "13912345678")
    assert "C0002, C0003" in str(caught.value)
    assert "13912345678" not in str(caught.value)


def test_a_person_who_was_purged_stays_out(work: Path, tmp_path: Path) -> None:
    given = sources(tmp_path / "in")
    purge(work, "C0001")
    code, said = called("ingest", *given, "-w", work, "--force")
    assert code == 0
    left_out = [one["message"] for one in said["warnings"] if one["code"] == "purged-left-out"]
    assert sorted(left_out)[0].startswith("bills.csv: 3 rows of persons who were purged")
    assert len(left_out) == 4
    assert not holds(work, "C0001", "U01", CARD)
    told = said["metrics"]["ingest"]["sources"] if "ingest" in said["metrics"] else said["metrics"]["sources"]
    for source in told:
        assert (
            source["rows_read"]
            == source["rows_kept"] + source["rows_rejected"] + source["rows_duplicate"] + source["rows_unused"]
        )
    with pytest.raises(MissingInputError):
        purge(work, "C0001")


def test_the_same_person_under_another_number_stays_out(work: Path, tmp_path: Path) -> None:
    purge(work, "C0001")
    other = tmp_path / "other.csv"
    other.write_text(f"客户编号,证件号码,性别\nX77,{CARD.lower()},男\nX78,,女\n", encoding="utf-8")
    assert called("ingest", other, "-w", work)[0] == 0
    assert "X77" not in rows(work, "customers")["customer_id"].to_list()
    assert "X78" in rows(work, "customers")["customer_id"].to_list()


def test_results_are_stale_and_what_was_ingested_is_not(work: Path, tmp_path: Path) -> None:
    purge(work, "C0001")
    _, said = called("status", *sources(tmp_path / "in"), "-w", work)
    states = {one["stage"]: one["state"] for one in said["stages"]}
    assert (states["ingest"], states["customer-months"]) == ("up-to-date", "stale")
    assert called("ingest", *sources(tmp_path / "in"), "-w", work)[0] == 0
    assert not holds(work, "C0001")


def test_the_command_says_what_it_removed(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = called("purge", "--customer", "C0002", "-w", work)
    assert (code, said["metrics"]["customer_id"]) == (0, "C0002")
    assert said["metrics"]["removed"]["bills"] == 2
    assert main(["purge", "--customer", "C0001", "-w", str(work)]) == 0
    shown = capsys.readouterr()
    assert "Removed: C0001" in shown.out
    assert "raw extracts still hold this person" in shown.err
    assert main(["purge", "--customer", "C0001", "-w", str(work)]) == 3
    assert main(["purge", "--customer", "C0001", "-w", str(work / "none")]) == 3


def test_the_manifest_of_an_older_telcli_is_read(work: Path) -> None:
    place = work / "manifest.json"
    body: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    del body["suppressed"], body["key_id"], body["seal"]
    place.write_text(json.dumps({**body, "format": 1}), encoding="utf-8")
    assert Workdir(work).manifest().suppressed == ()
