"""`telcli gc` lets go what the settings do not keep, and nothing that a later run or anybody needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from telcli.cli import main
from telcli.pipeline import gc as collecting
from telcli.pipeline.catalog import STAGES, stage
from telcli.pipeline.choice import choose
from telcli.pipeline.gc import after_run, gc
from telcli.pipeline.gc_plan import Plan, planned
from telcli.pipeline.ledger import done_before
from telcli.pipeline.provenance import Basis, Manifest, Part, Record, digest, file_sha256
from telcli.pipeline.verify import verify
from telcli.pipeline.workdir import Workdir
from telcli.settings import CustomerMonthsSettings, GcSettings
from telcli.tables import PARTITIONS
from tests.pipeline.test_window import held as subjects
from tests.pipeline.test_window import months

MANY = 96


def held(count: int = MANY, most: int = 60) -> Manifest:
    """A directory in which every stage ran in every month, each by what it would read."""
    manifest = subjects(count, most)
    every = months(count)
    files = {}
    for month in every:
        for path in (
            f"models/as_of={month}/churn.skops",
            f"tasks/as_of={month}/tasks.xlsx",
            f"reports/{month[:7]}.html",
        ):
            files[path] = Part(path, f"{month}{path[0]}", 0, 10)
    records = {}
    for one in (one for one in STAGES if one.snapshot):
        found: dict[str, Record] = {}
        for month in manifest.partitions("customer_months"):
            so_far = replace(manifest, stages={**manifest.stages, one.name: found})
            found[month] = _record(one.name, so_far, month)
        records[one.name] = found
    loads = [
        {"sources": {f"{month}.csv": month}, "month": month, "basis": f"b{month}", "whole": False} for month in every
    ]
    loads = [{**load, "gave": {"bills": [load["month"]]}, "record": {"notices": ["x" * 500]}} for load in loads]
    return replace(manifest, files=files, stages={**manifest.stages, **records}, loads=tuple(loads))


def _record(name: str, manifest: Manifest, month: str) -> Record:
    chosen = choose(stage(name), manifest, date.fromisoformat(month))
    parts = [manifest.tables[table][one] for table, names in chosen.items() for one in names]
    gave = {table: (month,) for table in stage(name).gives if PARTITIONS.get(table) == "as_of"}
    files = {f"models/as_of={month}/churn.skops": f"{month}m"} if name == "predict-churn" else {}
    files = {f"reports/{month[:7]}.html": f"{month}r"} if name == "report" else files
    return Record(
        Basis("1", {}, 0, month, {one.path: one.sha256 for one in parts}, {}), month, gave, files, 0, 0, 0, 0, {}, ()
    )


ALL = held()
EARLIEST = ALL.partitions("customer_months")[0]
KEEP = GcSettings(keep_months=36, keep_facts=40, keep_reports=24, keep_models=24, keep_tasks=24)


def let_go(manifest: Manifest = ALL, settings: GcSettings = KEEP, filled: str = "none") -> Plan:
    """What goes of a directory, where the sheets of a month are filled in."""
    return planned(manifest, settings, (), lambda part: filled in part.path)


def test_by_default_all_is_kept() -> None:
    plan = let_go(settings=GcSettings())
    assert plan.manifest == ALL
    assert not plan.gone and not plan.records and not plan.loads


@pytest.mark.parametrize("name", [one.name for one in STAGES if one.snapshot])
def test_the_next_month_reads_what_it_would_have_read(name: str) -> None:
    """And so does a month that is made again, of those whose own look back is kept."""
    found, after = stage(name), let_go().manifest
    for month in (months(MANY)[-1], months(MANY)[-20]):
        day = date.fromisoformat(month)
        assert choose(found, after, day) == choose(found, ALL, day), month


def test_customer_months_reads_what_it_would_have_read() -> None:
    found = stage("customer-months")
    assert choose(found, let_go().manifest, None, CustomerMonthsSettings()) == choose(
        found, ALL, None, CustomerMonthsSettings()
    )


@pytest.mark.parametrize("name", [one.name for one in STAGES if one.snapshot])
def test_what_stays_depends_on_what_is_there(name: str) -> None:
    """So a stage that was up to date still is: its record names just what it would read now."""
    after = let_go().manifest
    month = months(MANY)[-1]
    chosen = choose(stage(name), after, date.fromisoformat(month))
    parts = [after.tables[table][one] for table, names in chosen.items() for one in names]
    assert after.stages[name][month].basis.inputs == {one.path: one.sha256 for one in parts}


def test_the_manifest_stays_as_large_however_many_months_come() -> None:
    sizes = [len(let_go(held(count)).manifest.to_json()) for count in (84, 108)]
    assert sizes[1] < 1.02 * sizes[0]


def test_months_that_stages_look_back_on_stay_whatever_the_setting() -> None:
    plan = let_go()
    first = min(plan.manifest.partitions("bills"))
    assert first == min(plan.manifest.partitions("customer_months")) < months(MANY)[-40]
    assert plan.needed == first
    assert "segments" in plan.manifest.tables
    assert min(plan.manifest.partitions("segments")) == first, "campaigns and monitor look over all of them"
    assert min(plan.manifest.partitions("value_scores")) == months(MANY)[-36]


def test_a_young_directory_loses_no_facts() -> None:
    plan = let_go(held(50))
    assert "facts" not in plan.gone
    assert plan.needed


def test_the_latest_model_and_snapshot_stay_though_they_are_old() -> None:
    """A stage that was last run years ago is what the next run of it goes by."""
    old = EARLIEST
    records = {**ALL.stages, "predict-churn": {old: ALL.stages["predict-churn"][old]}}
    tables = {**ALL.tables, "churn_scores": {old: ALL.tables["churn_scores"][old]}}
    after = let_go(replace(ALL, stages=records, tables=tables)).manifest
    assert after.partitions("churn_scores") == (old,)
    assert list(after.stages["predict-churn"]) == [old]
    assert f"models/as_of={old}/churn.skops" in after.files


def test_what_people_wrote_stays() -> None:
    old = months(MANY)[3]
    plan = let_go(filled=old)
    assert f"tasks/as_of={old}/tasks.xlsx" in plan.manifest.files
    assert plan.filled == (f"tasks/as_of={old}/tasks.xlsx",)
    for table in ("retention_experience", "fraud_named"):
        assert plan.manifest.tables[table] == ALL.tables[table]


def test_loads_of_long_ago_are_one_line_and_still_known() -> None:
    basis = Basis("1", {}, 0, "", {"2000-01.csv": "x"}, {})
    first = {**ALL.loads[0], "basis": digest(vars(basis))}
    last = replace(ALL.stages["customer-months"][""], metrics={"sources": [1]})
    manifest = replace(ALL, loads=(first, *ALL.loads[1:]), stages={**ALL.stages, "ingest": {"": last}})
    after = let_go(manifest).manifest
    assert len(after.loads) == 37
    again = let_go(after).manifest
    assert again == after
    told = done_before(after, basis)
    assert told is not None
    assert [one["code"] for one in told.notices] == ["load-long-done"]


def published(work: Path) -> dict[str, str]:
    """Every table's files by their hash."""
    return {str(place.relative_to(work)): file_sha256(place) for place in work.rglob("*.parquet")}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Extracts of a few customers and eight months."""
    place = tmp_path_factory.mktemp("raw") / "in"
    assert main(["simulate", "-o", str(place), "--customers", "60", "--months", "8", "--seed", "3", "-q"]) == 0
    return place


@pytest.fixture(scope="module")
def ingested(raw: Path) -> Path:
    """A working directory whose history is as long as it may be, with months before it."""
    work = raw.parent / "work"
    work.mkdir()
    keep = "[gc]\nkeep_facts = 4\nkeep_reports = 1\n"
    (work / "telcli.toml").write_text(f"[customer-months]\nmax_months = 5\n{keep}", encoding="utf-8")
    assert main(["ingest", str(raw), "-w", str(work), "-q"]) == 0
    return work


@pytest.fixture
def work(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, gone into."""
    shutil.copytree(ingested, tmp_path / "work")
    monkeypatch.chdir(tmp_path)
    return Path("work")


RUN = ("complaints", "assess-credit", "score-value", "monitor", "report")


@pytest.mark.slow
def test_after_it_everything_is_as_up_to_date_and_gives_the_same_bytes(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in RUN:
        assert main([name, "-q"]) == 0
    before = published(work)
    states = stage_states(capsys)
    assert main(["gc", "--dry-run", "--format", "json"]) == 0
    would = json.loads(capsys.readouterr().out)["metrics"]
    assert published(work) == before
    assert main(["gc", "--format", "json"]) == 0
    went = json.loads(capsys.readouterr().out)["metrics"]
    assert went == {**would, "dry_run": False}
    gone = {path for path in before if not (work / path).exists()}
    assert went["removed"]["facts"]["files"] == len(gone) > 0
    assert all("month=" in path and not path.startswith("customer_months") for path in gone)
    assert stage_states(capsys) == states
    for name in ("customer-months", *RUN):
        assert main([name, "--force", "-q"]) == 0
    assert published(work) == {path: sha for path, sha in before.items() if path not in gone}


def stage_states(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """What `status` says of each stage."""
    capsys.readouterr()
    assert main(["status", "--format", "json"]) == 0
    return {one["stage"]: one["state"] for one in json.loads(capsys.readouterr().out)["stages"]}


@pytest.mark.slow
def test_months_that_went_do_not_come_back(work: Path, raw: Path) -> None:
    assert main(["gc", "-q"]) == 0
    gone = Manifest.read(work / "manifest.json").let_go
    after = published(work)
    for more in ((), ("--restate",)):
        assert main(["ingest", str(raw), "--force", "-q", *more]) == 0
        for table, since in gone.items():
            assert min(Manifest.read(work / "manifest.json").partitions(table)) >= since
        assert {path for path in published(work) if "month=" in path} == {path for path in after if "month=" in path}


DETAIL = "[customer-months]\nmax_months = 8\n[gc]\nkeep_detail = 3\n"


@pytest.mark.slow
def test_calls_and_texts_go_and_stay_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(collecting, "LEAST", 3)
    Path("work").mkdir()
    Path("work/telcli.toml").write_text(DETAIL, encoding="utf-8")
    days = [f"2024-0{month}-0{day} 10:00:00" for month in range(1, 7) for day in (3, 5)]
    Path("customers.csv").write_text("customer_id,joined_on\nC1,2023-01-01\nC2,2023-01-01\n", encoding="utf-8")
    bills = [f"C{number},2024-0{month}-01,10.0" for number in (1, 2) for month in range(1, 7)]
    Path("bills.csv").write_text("\n".join(["customer_id,month,amount", *bills]), encoding="utf-8")
    said = [f"T{at},C{at % 2 + 1},{day},complaint,no signal in room {at}" for at, day in enumerate(days)]
    Path("contacts.csv").write_text("\n".join(["contact_id,customer_id,opened_at,kind,text", *said]), encoding="utf-8")
    rung = [f"C{at % 2 + 1},{day},13800000000,out,voice,60" for at, day in enumerate(days)]
    header = "customer_id,started_at,counterpart,direction,kind,duration_s"
    Path("calls.csv").write_text("\n".join([header, *rung]), encoding="utf-8")
    ingest = ("ingest", "customers.csv", "bills.csv", "contacts.csv", "calls.csv", "-q")
    assert main([*ingest]) == 0
    states, months_made = stage_states(capsys), published(Path("work/customer_months"))
    assert main(["gc", "-q"]) == 0
    told = pl.read_parquet("work/contacts/*/*.parquet").sort("opened_at")
    kept = pl.col("opened_at").dt.month() > 3
    assert told.select((pl.col("text").is_not_null() == kept).all()).item()
    assert Manifest.read(Path("work/manifest.json")).months("calls") == ("2024-04-01", "2024-05-01", "2024-06-01")
    assert stage_states(capsys) == states
    assert main(["gc", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"]["texts"] == 0
    for more in ("--restate", "--force"):
        assert main([*ingest, more]) == 0
        again = pl.read_parquet("work/contacts/*/*.parquet").sort("opened_at")
        assert again.equals(told)
        assert len(Manifest.read(Path("work/manifest.json")).months("calls")) == 3
        if more != "--force":  # which makes them anew, of what there is
            assert published(Path("work/customer_months")) == months_made, "months of calls stand without the calls"
    Path("work/telcli.toml").write_text(DETAIL.replace("keep_detail = 3", "keep_detail = 0"), encoding="utf-8")
    assert main(["gc", "-q"]) == 0
    assert Manifest.read(Path("work/manifest.json")).let_go["contacts.text"] == "2024-04-01", "they stay out"


def test_without_contacts_and_with_nothing_to_let_go_nothing_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(collecting, "LEAST", 3)
    Path("bills.csv").write_text("customer_id,month,amount\nC1,2024-05-01,10\nC1,2024-06-01,10\n", encoding="utf-8")
    assert main(["ingest", "bills.csv", "-q"]) == 0
    before = Path("work/manifest.json").read_bytes()
    for kept in (0, 3):
        Path("work/telcli.toml").write_text(f"[gc]\nkeep_detail = {kept}\n", encoding="utf-8")
        assert main(["gc", "-q"]) == 0
        assert Path("work/manifest.json").read_bytes() == before


@pytest.mark.slow
def test_one_that_is_cut_off_after_its_commit_is_finished_by_the_next_run(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, done = published(work), Workdir._settle

    def cut_off(self: Workdir, manifest: Manifest) -> Manifest:
        if manifest.pending:
            raise OSError(5, "gone")
        return done(self, manifest)

    with monkeypatch.context() as broken:
        broken.setattr(Workdir, "_settle", cut_off)
        assert main(["gc", "-q"]) == 2
    assert published(work) == before, "what was let go is still there"
    assert verify(work).unknown == ()
    promised = {move.target for move in Manifest.read(work / "manifest.json").pending}
    assert promised and all(path in before for path in promised)
    assert main(["customer-months", "-q"]) == 0
    assert published(work) == {path: sha for path, sha in before.items() if path not in promised}


def test_one_that_is_cut_off_before_its_commit_changed_nothing(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, manifest = published(work), (work / "manifest.json").read_bytes()

    def full(self: Workdir, *given: object) -> Manifest:
        raise OSError(28, "full")

    with monkeypatch.context() as broken:
        broken.setattr(Workdir, "_write_manifest", full)
        assert main(["gc", "-q"]) == 2
    assert (published(work), (work / "manifest.json").read_bytes()) == (before, manifest)


def test_leftovers_go_and_what_telcli_did_not_write_stays(work: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, others = work / f".bills.csv.{ended.pid}.part", work / f".bills.csv.{os.getpid()}.part"
    for place in (left, others, work / "notes.part", work / ".mine.part", work / "bills" / "mine.parquet"):
        place.write_text("x", encoding="utf-8")
    done = gc(work)
    assert done.removed["leftovers"] == (1, 1)
    assert not left.exists()
    assert others.exists() and (work / "notes.part").exists() and (work / "bills" / "mine.parquet").exists()


def test_run_ends_with_it_where_settings_say_so(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert after_run(work) is None
    monkeypatch.setenv("TELCLI_GC_AFTER_RUN", "on")
    done = after_run(work)
    assert done is not None
    assert done.removed_files > 0 and not done.dry_run


def test_too_few_months_are_refused(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / "telcli.toml").write_text("[gc]\nkeep_months = 6\n", encoding="utf-8")
    assert main(["gc"]) == 2
    assert "13" in capsys.readouterr().err
