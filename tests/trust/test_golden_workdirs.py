"""What a released version wrote opens in this one, and goes on: see tests/golden/workdirs/make.py."""

import json
from pathlib import Path

import pytest

import telcli
from telcli.cli import main
from telcli.pipeline.catalog import STAGES
from telcli.pipeline.provenance import FORMAT, Manifest
from telcli.pipeline.workdir import Workdir
from tests.coarser import coarser_churn_models
from tests.golden.workdirs.opened import VERSIONS, unpacked

pytestmark = pytest.mark.parametrize("version", VERSIONS)
MONTH, NEXT = "2024-07", "2024-08"


@pytest.fixture
def work(version: str, tmp_path: Path) -> Path:
    return unpacked(version, tmp_path / "golden") / "work"


def test_it_holds_something_of_every_stage(version: str, work: Path) -> None:
    manifest = Workdir(work).manifest()
    made = {stage.name for stage in STAGES if any(table in manifest.tables for table in stage.gives)}
    assert made == {stage.name for stage in STAGES if stage.name in manifest.stages}
    assert len(made) >= 17
    assert manifest.suppressed
    assert manifest.key_id
    assert {path.split("/")[0] for path in manifest.files} == {"models", "reports", "tasks"}


def test_its_state_and_every_table_open(version: str, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {file: file.read_bytes() for file in work.rglob("*") if file.is_file()}
    assert main(["status", "-w", str(work), "--format", "json"]) == 0
    states = {one["stage"]: one["state"] for one in json.loads(capsys.readouterr().out)["stages"]}
    assert "damaged" not in states.values()
    manifest = Manifest.read(work / "manifest.json")
    for table, parts in manifest.tables.items():
        newest = max(name[:10] for name in parts)
        rows = telcli.read(work, table).height
        held = sum(part.rows for name, part in parts.items() if name[:10] == newest or "as_of=" not in part.path)
        assert rows == held, table
    assert main(["show", "churn_scores", "-w", str(work), "--limit", "2"]) == 0
    now = {file: file.read_bytes() for file in work.rglob("*") if file.is_file() and file.name != "audit.jsonl"}
    assert now == before


@pytest.mark.slow
def test_the_month_after_is_ingested_and_stages_go_on(version: str, work: Path) -> None:
    held = telcli.read(work, "customers").height
    assert main(["ingest", str(work.parent / "next"), "-w", str(work), "-q"]) == 0
    assert Workdir(work).manifest().months("bills")[-1] == f"{NEXT}-01"
    assert telcli.read(work, "customers").height >= held
    assert "C000007" not in telcli.read(work, "customers")["customer_id"].to_list(), "who was purged stays out"
    model = str(work / f"models/as_of={MONTH}-01/churn.skops")
    with coarser_churn_models():
        for words in (["score-value"], ["predict-churn", "--model", model], ["plan-retention"], ["report"]):
            assert main([*words, "-w", str(work), "--as-of", NEXT, "-q"]) == 0, words
    assert (work / f"reports/{NEXT}.html").is_file()
    assert json.loads((work / "manifest.json").read_text(encoding="utf-8"))["format"] == FORMAT
