"""A stage that recalls its own results: it is given the latest earlier snapshot, and is stale when that changes."""

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError
from telcli.pipeline import catalog
from telcli.pipeline.choice import choose, recalled
from telcli.pipeline.given import given_to
from telcli.pipeline.run import Request, run_stage, settle
from telcli.pipeline.stage import Stage
from telcli.pipeline.status import status
from telcli.pipeline.workdir import Workdir
from telcli.stages import Inputs, Outcome
from tests.cli import fakes

APRIL, MAY, JUNE = fakes.MONTHS
SEEN: list[tuple[date, date | None, tuple[str, ...]]] = []


def remembering(inputs: Inputs, settings: Any) -> Outcome:
    """Segments named after the month before, as far as there is one."""
    assert inputs.as_of is not None
    assert set(inputs.tables) <= {"customer_months", "customers", "subscriptions"}
    earlier = inputs.earlier
    SEEN.append((inputs.as_of, earlier and earlier.as_of, tuple(sorted(earlier.tables)) if earlier else ()))
    frame = fakes.segment(inputs, settings).tables["segments"]
    if earlier:
        before = earlier.tables["segments"].collect()
        assert before["as_of"].unique().to_list() == [earlier.as_of]
        frame = frame.with_columns(segment_name=pl.lit(before["segment_name"][0] + "+"))
    return Outcome({"segments": frame})


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    functions = {**fakes.FUNCTIONS, "segment": remembering}
    monkeypatch.setattr(Stage, "load", lambda self: functions[self.name])
    SEEN.clear()
    (tmp_path / "crm.csv").write_text("customer_id\n1\n", encoding="utf-8")
    for name in ("ingest", "customer-months"):
        run_stage(name, Request(tmp_path / "w", sources=(tmp_path / "crm.csv",) if name == "ingest" else ()))
    return tmp_path / "w"


def test_the_latest_earlier_snapshot_is_given(work: Path) -> None:
    for month in (APRIL, JUNE, MAY):
        run_stage("segment", Request(work, as_of=month))
    assert SEEN == [(APRIL, None, ()), (JUNE, APRIL, ("segments",)), (MAY, APRIL, ("segments",))]


def test_a_month_that_was_made_settles_by_what_it_recalled_then(work: Path) -> None:
    stage = dataclasses.replace(catalog.stage("segment"), settles=True)

    def origin(month: date) -> dict[str, tuple[str, ...]]:
        return recalled(stage, Workdir(work).manifest(), month)

    run_stage("segment", Request(work, as_of=MAY))
    run_stage("segment", Request(work, as_of=APRIL))  # an older month, looked at since
    assert origin(MAY) == {}
    assert origin(JUNE) == {"segments": ("2024-05-01",)}
    run_stage("segment", Request(work, as_of=MAY, force=True))  # not told to settle, and so by April
    assert origin(MAY) == {"segments": ("2024-04-01",)}
    assert catalog.stage("score-value").settles


def test_a_stage_is_stale_when_the_earlier_snapshot_changes(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for month in (MAY, JUNE):
        run_stage("segment", Request(work, as_of=month))
    assert run_stage("segment", Request(work, as_of=JUNE)).skipped
    run_stage("segment", Request(work, as_of=MAY, force=True))
    assert run_stage("segment", Request(work, as_of=JUNE)).skipped  # the same bytes are no change
    run_stage("segment", Request(work, as_of=APRIL))
    run_stage("segment", Request(work, as_of=MAY))
    (found,) = [state for state in status(Request(work, as_of=JUNE)).stages if state.stage == "segment"]
    assert (found.state, [(one.code, one.what) for one in found.reasons]) == ("stale", [("own", "segments")])
    assert not run_stage("segment", Request(work, as_of=JUNE)).skipped
    named = pl.read_parquet(work / f"segments/as_of={JUNE}/part-0.parquet")["segment_name"]
    assert named[0] == "all++"


def test_an_earlier_snapshot_that_was_changed_is_told_with_its_month(work: Path) -> None:
    run_stage("segment", Request(work, as_of=MAY))
    (work / f"segments/as_of={MAY}/part-0.parquet").write_bytes(b"no")
    with pytest.raises(DataError) as caught:
        run_stage("segment", Request(work, as_of=JUNE))
    assert caught.value.hint.format(**caught.value.values).endswith(
        "telcli segment -w " + str(work) + " --as-of 2024-05 --force"
    )
    run_stage("segment", Request(work, as_of=MAY, force=True))
    assert not run_stage("segment", Request(work, as_of=JUNE)).skipped


def test_a_stage_that_looks_back_is_given_every_month_of_the_year_before(work: Path) -> None:
    for month in (APRIL, MAY, JUNE):
        run_stage("segment", Request(work, as_of=month))
    stage = dataclasses.replace(catalog.stage("segment"), recalls=(), looks_back=("segments",))
    workdir, manifest = Workdir(work), Workdir(work).manifest()
    chosen = choose(stage, manifest, JUNE)
    assert chosen["segments"] == ("2024-04-01", "2024-05-01")
    assert "segments" not in choose(stage, manifest, APRIL)
    assert choose(stage, manifest, date(2025, 5, 1))["segments"] == ("2024-05-01", "2024-06-01")
    inputs = given_to(stage, workdir, manifest, chosen, JUNE, *settle("segment", Request(work)), Request(work))
    assert [past.as_of for past in inputs.past] == [MAY, APRIL]
    assert "segments" not in inputs.tables
    for past in inputs.past:
        assert past.tables["segments"].collect()["as_of"].unique().to_list() == [past.as_of]
        assert past.metrics == manifest.stages["segment"][past.as_of.isoformat()].metrics
    assert catalog.stage("predict-churn").looks_back == ("churn_scores",)
