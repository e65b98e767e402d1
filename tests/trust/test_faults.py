"""The system refuses, or writes half of what it was given: a sentence, and everything as it was."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from telcli.cli import main
from telcli.errors import TelcliError, UsageError
from telcli.io.scratch import scratch
from telcli.pipeline import workdir as room
from telcli.pipeline.provenance import Manifest, Part
from telcli.pipeline.secret import Secret
from telcli.pipeline.storing import storing
from telcli.pipeline.whole_file import whole_file
from telcli.pipeline.workdir import Workdir
from tests.trust.bench import Bench, Trial, digest
from tests.trust.cases import CASES
from tests.trust.under import ALL, BROKEN, DISK_FULL, EVER, FORBIDDEN, ONCE, QUOTA, READ_ONLY, SHORT

READING = (
    *(("small-work", words) for words in (["status"], ["show", "customers"], ["customer", "C000001"])),
    ("lean-segment", ["cube", "customers"]),
)


def trial_of(bench: Bench, name: str) -> Trial:
    [case] = (one for one in CASES if one.name == name)
    return bench.trial(case, ALL)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["export-xlsx", "campaigns", "ingest-restated"])
def test_a_full_disk_is_a_sentence_and_changes_nothing(bench: Bench, name: str) -> None:
    trial, wrong = trial_of(bench, name), []
    for part, error in enumerate((DISK_FULL, QUOTA, DISK_FULL)):
        wrong += bench.refused(trial, EVER, 1 + part * trial.done.done // 3, error)[1]
    wrong += bench.faults_after(trial)
    assert not wrong, wrong[:5]


@pytest.mark.slow
def test_a_broken_disk_is_a_sentence_and_the_next_run_goes_on(bench: Bench) -> None:
    trial, wrong = trial_of(bench, "campaigns"), []
    for nth in range(1, trial.done.done + 1, 1 + trial.done.done // 3):
        wrong += bench.refused(trial, ONCE, nth, BROKEN)[1]
    wrong += bench.faults_after(trial)
    assert not wrong, wrong[:5]


@pytest.mark.slow
def test_what_may_not_be_written_is_read_all_the_same(bench: Bench) -> None:
    trial = trial_of(bench, "campaigns")
    for error in (READ_ONLY, FORBIDDEN):
        ran, wrong = bench.refused(trial, EVER, 1, error)
        assert not wrong
        assert ran.code == 2 and "cannot be written" in ran.said
    for work, words in READING:
        fault = replace(bench.fault(trial, EVER, 1, ALL, error=READ_ONLY), roots=(str(bench.base),))
        ran = bench.under.run([*words, "-w", str(bench.base / work)], fault, home=trial.place)
        assert ran.code == 0, ran.said


@pytest.mark.slow
def test_a_write_that_takes_half_is_taken_up_where_it_ended(bench: Bench) -> None:
    for name, some in (("campaigns", 2), ("export-xlsx", 2), ("init", 1)):
        trial = trial_of(bench, name)
        writes = [nth for nth, (what, _) in enumerate(trial.did, 1) if what == "write"]
        for nth in writes[:: -(-len(writes) // some)]:
            trial.case.laid(bench.base, trial.place)
            ran = bench.run(trial, bench.fault(trial, SHORT, nth, ALL))
            assert ran.code == 0, ran.said
            assert digest(trial.place) == trial.after, (name, nth)


@pytest.mark.slow
def test_a_clock_that_leaps_and_files_of_the_future_change_nothing(bench: Bench) -> None:
    assert not bench.leaps(trial_of(bench, "campaigns"))


def test_a_file_for_others_is_whole_or_as_it_was_and_what_a_killed_process_left_goes(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    place.write_text("older")
    place.chmod(0o600)
    with pytest.raises(KeyError), whole_file(place) as part:
        part.write_text("half")
        raise KeyError
    assert place.read_text() == "older"
    (tmp_path / ".telcli-killed").mkdir()
    (tmp_path / ".telcli-killed" / "a.csv").write_text("half")
    with whole_file(place) as part:
        part.write_text("newer")
    assert place.read_text() == "newer" and place.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_a_link_stays_one_to_the_new_file(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("older")
    (tmp_path / "link.toml").symlink_to("real.toml")
    with whole_file(tmp_path / "link.toml") as part:
        part.write_text("newer")
    assert (tmp_path / "link.toml").is_symlink() and (tmp_path / "real.toml").read_text() == "newer"


def test_a_folder_in_use_is_no_leftover(tmp_path: Path) -> None:
    with scratch(tmp_path) as one, scratch(tmp_path) as other:
        assert one.is_dir() and other.is_dir()
    assert not list(tmp_path.iterdir())


def test_a_key_is_never_half_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELCLI_KEY")
    file = tmp_path / "keys" / "pseudonyms.key"

    def full(self: Path, *words: object, **more: object) -> int:
        raise OSError(DISK_FULL, "")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(TelcliError):
            Secret(file, tmp_path / "work")()
    assert not file.exists()
    assert len(Secret(file, tmp_path / "work")()) == 32


def test_a_simulation_that_was_killed_at_its_first_file_is_simply_run_again(tmp_path: Path) -> None:
    (tmp_path / "answer_key").mkdir()
    (tmp_path / "answer_key" / "README.txt.part").write_text("half")
    words = ["simulate", "-o", str(tmp_path), "--customers", "5", "--months", "1", "--as-of", "2024-06", "-q"]
    assert main(words) == 0
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("refused", [["--seed", "-1"], ["-o", "file/telcli.toml"]])
def test_a_refused_init_makes_no_key(refused: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELCLI_KEY")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("no folder")
    assert main(["init", *refused, "-q"]) == 2
    assert [one.name for one in tmp_path.rglob("*")] == ["file"]
    assert main(["init", "-q"]) == 0
    assert (tmp_path / "home" / "telcli" / "pseudonyms.key").is_file()


def test_a_full_disk_is_told_in_the_same_words_whichever_library_met_it() -> None:
    met = pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device (os error 28)")
    for error in (met, OSError("No space left on device (os error 28): /a"), OSError(DISK_FULL, "")):
        with pytest.raises(UsageError) as told, storing(Path("work")):
            raise error
        assert told.value.code == "disk-full"
    with pytest.raises(pl.exceptions.ComputeError), storing(Path("work")):
        raise pl.exceptions.ComputeError("another")


def test_what_was_published_is_not_said_to_be_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new manifest has its name, and only then the disk fails."""
    workdir = Workdir(tmp_path)
    sync = room.sync

    def failing(place: Path) -> None:
        if place == tmp_path and '"key_id": "new"' in (tmp_path / "manifest.json").read_text():
            raise OSError(BROKEN, "")
        sync(place)

    with workdir.writing(0) as manifest:
        workdir.commit(manifest, Manifest(key_id="old"), {})
    monkeypatch.setattr(room, "sync", failing)
    with pytest.raises(UsageError, match="published"), workdir.writing(0) as manifest:
        workdir.commit(manifest, Manifest(key_id="new"), {})
    assert workdir.manifest().key_id == "new"


def test_a_new_folder_is_on_the_disk_before_a_file_is_moved_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the file is gone from the one place, and the folder of the other not there, after a power cut."""
    did: list[tuple[str, Path]] = []
    sync, replace_, mkdir = room.sync, Path.replace, Path.mkdir

    def made(place: Path, *words: object, **more: object) -> None:
        did.extend([("mkdir", place)] if not place.exists() else [])
        mkdir(place, *words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(room, "sync", lambda place: (did.append(("sync", place)), sync(place)))
    monkeypatch.setattr(Path, "replace", lambda place, to: (did.append(("move", to.parent)), replace_(place, to))[1])
    monkeypatch.setattr(Path, "mkdir", made)
    workdir, target = Workdir(tmp_path), "segments/as_of=2024-06-01/part-0.parquet"
    with workdir.writing(0) as manifest:
        staged = workdir.staging() / "0.parquet"
        staged.write_bytes(b"x")
        workdir.commit(manifest, Manifest(files={target: Part(target, "", 0, 1)}), {target: staged})
    folder = (tmp_path / target).parent
    moved = did.index(("move", folder))
    for new in (folder, folder.parent):
        assert did.index(("mkdir", new)) < moved
        assert ("sync", new.parent) in did[did.index(("mkdir", new)) : moved]


def test_a_manifest_that_did_not_come_to_be_goes_with_the_next_run(tmp_path: Path) -> None:
    (tmp_path / "manifest.json.new").write_text("{")
    with Workdir(tmp_path).writing(0):
        pass
    assert not (tmp_path / "manifest.json.new").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 96 kilobytes, where this system lets one be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=96k", "none", str(place)]
    if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by root alone, and not in every container")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.slow
def test_a_small_disk_in_earnest(small_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No injection: polars, pyarrow and Python all meet the same full disk."""
    extract, work = small_disk.parent / "customers.csv", small_disk / "work"
    rows = "".join(f"C{number:06},{number * 7919 % 100_003},{1950 + number % 50}\n" for number in range(9000))
    extract.write_text("customer_id,branch,birth_year\n" + rows)
    words = ["ingest", str(extract), "-w", str(work), "-q"]
    assert main(words) == 2
    assert "There is no room left" in capsys.readouterr().err
    assert sorted(one.name for one in work.iterdir()) == [".lock"]
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    assert main(words) == 0
    with (small_disk / "rest").open("wb") as rest, pytest.raises(OSError, match="No space"):
        while True:
            rest.write(bytes(1 << 20))
            rest.flush()
    place = small_disk / "a.csv"
    assert main(["export", "customers", "-o", str(place), "-w", str(work), "-q"]) == 2
    assert "There is no room left" in capsys.readouterr().err
    assert sorted(one.name for one in small_disk.iterdir()) == ["rest", "work"]
