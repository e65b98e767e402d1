"""The state of a working directory: what is there, what is stale and why, and what to run next."""

import dataclasses
import json
from pathlib import Path

import pytest

from telcli.errors import DataError, MissingInputError
from telcli.pipeline.catalog import stage
from telcli.pipeline.dropped import Dropped, given
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.status import LoadState, Reason, StageState, Status, stale_of, status
from telcli.pipeline.walk import INTAKE, walk
from tests.cli import fakes
from tests.cli.fakes import MONTHS, faked
from tests.resealed import reseal

__all__ = ["faked"]


@pytest.fixture
def place(faked: Path) -> Path:
    walk(Request(faked / "work", sources=(faked / "crm.csv",)), lambda run: None, INTAKE)
    run_stage("segment", Request(faked / "work"))
    return faked / "work"


def states(found: Status) -> dict[str, str]:
    return {state.stage: state.state for state in found.stages}


def reasons(found: Status, stage: str) -> tuple[Reason, ...]:
    return next(state.reasons for state in found.stages if state.stage == stage)


def test_a_directory_that_is_not_there(faked: Path) -> None:
    with pytest.raises(MissingInputError):
        status(Request(faked / "nowhere"))


def test_an_empty_directory_starts_with_ingest(tmp_path: Path) -> None:
    found = status(Request(tmp_path))
    assert (found.tables, found.next, found.as_of) == ((), "ingest", None)
    assert states(found)["ingest"] == "not-run"
    assert reasons(found, "customer-months") == (Reason("missing", "customers"),)


def test_what_the_command_line_gave_once_is_not_lost_without_a_word(place: Path) -> None:
    assert stale_of(Request(place), ("segment",)) == ()
    asked = run_stage("segment", Request(place, flags={"n_segments": 3, "refit": None}))
    assert [notice.code for notice in asked.notices] == []
    found = status(Request(place))
    assert reasons(found, "segment") == (Reason("setting", "n_segments"),)
    told = next(state.dropped for state in found.stages if state.stage == "segment")
    assert told == (Dropped("segment", "n_segments", "3", "0"),)
    assert stale_of(Request(place), ("segment", "score-value")) == ("segment",), "score-value never ran"
    runs = walk(Request(place), lambda run: None, ("segment",))
    assert [notice.code for notice in runs[0].notices] == ["setting-dropped"]
    assert "[segment] in telcli.toml: n_segments = 3" in runs[0].notices[0].message
    assert run_stage("segment", Request(place)).notices == (), "told once"
    assert all(state.dropped == () for state in status(Request(place)).stages)


def test_a_month_before_it_that_was_made_later_alarms_nobody(place: Path) -> None:
    run_stage("segment", Request(place, as_of=MONTHS[0]))
    assert reasons(status(Request(place)), "segment") == (Reason("own", "segments"),)
    assert stale_of(Request(place), ("segment",)) == ()
    assert stale_of(Request(place, flags={"seed": 7}), ("segment",)) == ("segment",)


def test_several_settings_of_the_command_line_are_one_warning(place: Path) -> None:
    run_stage("segment", Request(place, flags={"n_segments": 3, "seed": 4}))
    (notice,) = run_stage("segment", Request(place)).notices
    assert notice.code == "settings-dropped"
    assert "[segment] n_segments = 3 (0)" in notice.message and "[general] seed = 4 (0)" in notice.message


def test_columns_that_are_set_aside_no_more_are_named(place: Path) -> None:
    aside = {"false_positive_cost": "x_C_FP", "false_negative_cost": "12", "exclude": "colour"}
    run_stage("predict-churn", Request(place, flags=aside))
    first, second = run_stage("predict-churn", Request(place)).notices
    assert (first.code, second.code) == ("settings-dropped", "columns-released")
    assert second.message.endswith(": colour, x_C_FP.")


def test_a_column_written_otherwise_is_not_another_setting(place: Path) -> None:
    run_stage("predict-churn", Request(place, flags={"exclude": "x_colour"}))
    assert run_stage("predict-churn", Request(place, flags={"exclude": "colour"})).notices == ()


def test_where_a_result_was_made_is_not_among_what_was_given(place: Path) -> None:
    record = next(iter(Manifest.read(place / "manifest.json").stages["customer-months"].values()))
    asked = {"engine": "spark", "master": "local[2]", "n_segments": 3, "seed": 3}
    assert given("customer-months", asked, record.basis) == ("seed",)


def test_what_is_kept_in_the_file_is_not_dropped(place: Path) -> None:
    run_stage("segment", Request(place, flags={"n_segments": 3}))
    (place.parent / "telcli.toml").write_text("[segment]\nn_segments = 3\n", encoding="utf-8")
    assert reasons(status(Request(place)), "segment") == ()
    assert run_stage("segment", Request(place)).skipped


def test_what_stands_and_what_comes_next(place: Path) -> None:
    found = status(Request(place))
    tables = {table.table: table for table in found.tables}
    assert tables["bills"].rows == 9
    assert tables["bills"].months == tuple(month.isoformat() for month in MONTHS)
    assert (tables["bills"].open, tables["bills"].closed) == (MONTHS[-1].isoformat(), 2)
    assert tables["customers"].months == ()
    assert [tables[name].open for name in ("customers", "customer_months", "segments")] == [None] * 3
    assert found.loads == (LoadState(None, ("crm.csv",)),)
    assert tables["segments"].bytes > 0
    assert states(found)["segment"] == "up-to-date"
    assert (found.as_of, found.next, found.interrupted) == (MONTHS[-1], "score-value", False)
    assert status(Request(place, as_of=MONTHS[0])).next == "segment", "another month has its own state"


def test_a_table_that_the_last_run_did_not_know_makes_its_stage_run_again(place: Path) -> None:
    kept = (place / "manifest.json").read_text(encoding="utf-8")
    (record,) = Manifest.read(place / "manifest.json").stages["segment"].values()
    assert set(record.gave) < set(record.declared), "tables that there was nothing for are known to be absent"
    assert run_stage("segment", Request(place)).skipped
    for older, wanted in (
        ([name for name in record.declared if name not in ("segment_reach", "segments")], ("segment_reach",)),
        (None, tuple(name for name in stage("segment").gives if name not in record.gave)),
    ):
        body = json.loads(kept)
        (own,) = body["stages"]["segment"].values()
        own["declared"] = older
        if older is None:
            del own["declared"]  # a record of before it was kept
        reseal(place / "manifest.json", body)
        assert reasons(status(Request(place)), "segment") == tuple(Reason("output", name) for name in wanted)
        assert not run_stage("segment", Request(place)).skipped
        assert states(status(Request(place)))["segment"] == "up-to-date"
        assert (place / "manifest.json").read_text(encoding="utf-8") == kept


def test_a_changed_setting_seed_or_source_is_named(place: Path, faked: Path) -> None:
    found = status(Request(place, flags={"seed": 7}))
    assert reasons(found, "segment") == (Reason("seed"),)
    assert states(found)["ingest"] == "up-to-date", "what draws nothing has no seed"
    (faked / "telcli.toml").write_text("[segment]\nn_segments = 4\n", encoding="utf-8")
    assert reasons(status(Request(place)), "segment") == (Reason("setting", "n_segments"),)
    (faked / "telcli.toml").unlink()
    sources = (faked / "crm.csv",)
    assert states(status(Request(place, sources=sources)))["ingest"] == "up-to-date"
    sources[0].write_text("customer_id\n2\n", encoding="utf-8")
    found = status(Request(place, sources=sources))
    assert reasons(found, "ingest") == (Reason("input", "crm.csv"),)
    assert reasons(found, "segment") == (Reason("upstream", "ingest"), Reason("upstream", "customer-months"))
    assert found.next == "ingest"
    other = faked / "other.csv"
    other.write_text("customer_id\n2\n", encoding="utf-8")
    assert set(reasons(status(Request(place, sources=(other,))), "ingest")) == {
        Reason("new", "other.csv"), Reason("gone", "crm.csv"),
    }  # fmt: skip


def test_a_rerun_upstream_makes_stale_what_was_built_on_it(
    place: Path, faked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fakes, "IDS", ["000123"])
    (faked / "crm.csv").write_text("customer_id\n2\n", encoding="utf-8")
    walk(Request(place, sources=(faked / "crm.csv",), choices={"restate": True}), lambda run: None, INTAKE)
    found = status(Request(place))
    assert states(found)["customer-months"] == "up-to-date"
    assert states(found)["segment"] == "stale"
    assert reasons(found, "segment") == (Reason("input", "customer_months"), Reason("input", "customers"))
    assert found.next == "segment"


def test_a_lost_file_is_told(place: Path) -> None:
    (place / "segments/as_of=2024-06-01/part-0.parquet").unlink()
    found = status(Request(place))
    assert states(found)["segment"] == "damaged"
    assert reasons(found, "segment") == (Reason("lost", "segments/as_of=2024-06-01/part-0.parquet"),)


def test_another_version_made_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import telcli

    monkeypatch.setattr(telcli, "__version__", "9.9.9")
    assert Reason("version") in reasons(status(Request(place)), "segment")


def test_a_newer_working_directory_is_refused(place: Path) -> None:
    body = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    (place / "manifest.json").write_text(json.dumps({**body, "format": 99}), encoding="utf-8")
    with pytest.raises(DataError):
        status(Request(place))


def test_status_changes_nothing(place: Path) -> None:
    before = {file: file.read_bytes() for file in place.rglob("*") if file.is_file()}
    status(Request(place))
    assert {file: file.read_bytes() for file in place.rglob("*") if file.is_file()} == before
    assert dataclasses.is_dataclass(StageState)
