"""`simulate` end to end: bytes, encodings, the directory it may write to, and the sample beside the code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from telcli.errors import UsageError
from telcli.pipeline import simulate as module
from telcli.pipeline.simulate import SimulateResult, simulate
from telcli.settings import SimulateSettings

SAMPLE = Path(__file__).parents[2] / "sample_data"
GB18030 = ("crm_subscriptions.csv", "tickets.csv", "billing_2023.txt", "billing_2024.txt")


def _bytes(directory: Path) -> dict[str, bytes]:
    files = (path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in sorted(files)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SimulateResult:
    return simulate(tmp_path_factory.mktemp("made") / "new", SimulateSettings(customers=6_000), seed=7)


def test_the_sample_is_what_the_command_of_its_readme_writes(tmp_path: Path) -> None:
    simulate(tmp_path, SimulateSettings(customers=2000, months=12, last_month="2024-06"), seed=0)
    sample = _bytes(SAMPLE)
    assert b"telcli simulate -o sample_data --customers 2000 --months 12 --as-of 2024-06 --seed 0" in sample.pop(
        "README.md"
    )
    assert _bytes(tmp_path) == sample
    assert sum(map(len, sample.values())) < 5_000_000


@pytest.mark.slow
def test_the_same_settings_give_the_same_bytes_over_an_earlier_run(made: SimulateResult, tmp_path: Path) -> None:
    before = _bytes(made.directory)
    simulate(tmp_path, SimulateSettings(customers=10, months=30), seed=1)
    assert (tmp_path / "billing_2022.txt").exists()
    with pytest.raises(UsageError, match="earlier simulation"):
        simulate(tmp_path, SimulateSettings(customers=6_000), seed=7)
    simulate(tmp_path, SimulateSettings(customers=6_000), seed=7, force=True)
    assert _bytes(tmp_path) == before


@pytest.mark.slow
def test_bytes_do_not_depend_on_threads(made: SimulateResult, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from telcli.pipeline.simulate import simulate;"
        "from telcli.settings import SimulateSettings as S; simulate(Path(sys.argv[1]), S(customers=6000), 7)"
    )
    environment = {"POLARS_MAX_THREADS": "1", "PYTHONPATH": str(SAMPLE.parent), "PYTHONHASHSEED": "5"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "one")], check=True, env=environment)
    assert _bytes(tmp_path / "one") == _bytes(made.directory)


def test_first_customers_are_the_same_whatever_the_size(made: SimulateResult, tmp_path: Path) -> None:
    simulate(tmp_path, SimulateSettings(customers=100), seed=7)
    for name, data in _bytes(tmp_path).items():
        if not name.endswith((".json", ".md")):
            assert (made.directory / name).read_bytes().startswith(data), name


def test_each_file_decodes_as_its_system_writes_it(made: SimulateResult) -> None:
    for name, data in _bytes(made.directory).items():
        text = data.decode("gb18030" if name in GB18030 else "utf-8", errors="strict")
        assert "\r" not in text
        assert text.endswith("\n")
    assert (made.directory / "crm_customers.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(UnicodeDecodeError):
        (made.directory / "tickets.csv").read_bytes().decode("utf-8")


def test_the_result_and_the_key_count_what_the_files_hold(made: SimulateResult) -> None:
    truth = json.loads((made.directory / "answer_key/truth.json").read_text(encoding="utf-8"))
    assert truth == made.planted
    extracts = {name: rows for name, rows in made.files.items() if not name.startswith("answer_key")}
    assert {name: found["rows"] for name, found in truth["files"].items()} == extracts
    assert made.rows == sum(extracts.values())
    for name, rows in made.files.items():
        assert (made.directory / name).read_bytes().count(b"\n") == rows + 1
    key = pl.read_csv(made.directory / "answer_key/planted.csv")
    assert made.customers == key.height == truth["planted"]["customers"] == 6_000
    assert key["leaves_in"].count() == truth["planted"]["leavers"]
    assert key["duplicate_of"].count() == truth["planted"]["registered_twice"]
    reasons = dict(key["reason"].drop_nulls().value_counts().iter_rows())
    assert reasons == {name: count for name, count in truth["planted"]["reason"].items() if count}
    segments = dict(key["planted_segment"].value_counts().iter_rows())
    assert segments == truth["planted"]["segment"]


def test_progress_counts_customers(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    simulate(tmp_path, SimulateSettings(customers=5_001, months=1), 0, lambda *step: told.append(step))
    assert [step[1:] for step in told] == [(0, 5_001), (5_000, 5_001), (5_001, 5_001)]


@pytest.mark.parametrize("name", ["notes.txt", "usage.csv", "answer_key/mine.csv"])
def test_a_directory_with_other_files_is_refused_and_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError) as refused:
        simulate(tmp_path, SimulateSettings(customers=1), 0)
    assert refused.value.code == "simulate-directory"
    assert _bytes(tmp_path) == {name: b"mine"}


def test_a_file_in_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        simulate(tmp_path / "out", SimulateSettings(customers=1), 0)


def test_a_readme_may_stand_beside_and_stays(tmp_path: Path) -> None:
    simulate(tmp_path, SimulateSettings(customers=1), 0)
    (tmp_path / "README.md").write_text("mine")
    simulate(tmp_path, SimulateSettings(customers=2), 0, force=True)
    assert (tmp_path / "README.md").read_text() == "mine"


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError) as refused:
        simulate(tmp_path / "file" / "below", SimulateSettings(customers=1), 0)
    assert refused.value.code == "simulate-unwritable"


def test_a_bad_last_month_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2024-13"):
        simulate(tmp_path / "new", SimulateSettings(last_month="2024-13"), 0)
    assert not (tmp_path / "new").exists()


def test_a_run_cut_short_leaves_the_earlier_files_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = SimulateSettings(customers=50, months=3)
    simulate(tmp_path, settings, 0)
    before = _bytes(tmp_path)

    def cut(what: str, done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(tmp_path, SimulateSettings(customers=6_000, months=3), 1, cut, force=True)
    assert _bytes(tmp_path) == before

    def killed(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(module, "_publish", killed)
    with pytest.raises(SystemExit):
        simulate(tmp_path, settings, 1, force=True)
    left = _bytes(tmp_path)
    assert {name: data for name, data in left.items() if not name.endswith(".part")} == before
    monkeypatch.undo()
    simulate(tmp_path, settings, 0, force=True)
    assert _bytes(tmp_path) == before


def test_a_second_system_is_added_and_goes_again(tmp_path: Path) -> None:
    first, second = ("service_customers.csv", "answer_key/same_customer.csv")
    simulate(tmp_path, SimulateSettings(customers=60, months=2, second_system="on"), seed=3)
    with_it = _bytes(tmp_path)
    assert "姓名" in with_it[first].decode("gb18030")
    assert b"same_customer.csv" in with_it["answer_key/README.txt"]
    assert json.loads(with_it["answer_key/truth.json"])["files"][first]["rows"] > 30
    simulate(tmp_path, SimulateSettings(customers=60, months=2), seed=3, force=True)
    without = _bytes(tmp_path)
    assert set(with_it) - set(without) == {first, second}
    same = {name for name in without if without[name] == with_it[name]}
    assert set(without) - same == {"answer_key/README.txt", "answer_key/truth.json"}
