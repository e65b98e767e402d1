"""A commit is wholly old or wholly new, wherever it is cut short; one writer at a time."""

import json
import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from telcli.errors import BusyError, DataError, ExitCode, MissingInputError, UsageError
from telcli.pipeline import workdir as room
from telcli.pipeline.provenance import Manifest, Part, file_sha256
from telcli.pipeline.workdir import Workdir
from tests.resealed import reseal

TABLES = ("segments", "segment_profiles")


class Killed(BaseException):
    """Stands for the end of the process."""


def published(place: Path, text: str, months: tuple[str, ...]) -> None:
    """Commit both tables with `text` as their only value, for each month."""
    workdir = Workdir(place)
    with workdir.writing(0) as manifest:
        staging = workdir.staging()
        staged, tables = {}, {}
        for table in TABLES:
            tables[table] = {}
            for month in months:
                path = f"{table}/as_of={month}/part-0.parquet"
                staged[path] = staging / f"{table}-{month}.parquet"
                pl.DataFrame({"value": [text]}).write_parquet(staged[path])
                size = staged[path].stat().st_size
                tables[table][month] = Part(path, file_sha256(staged[path]), 1, size)
        workdir.commit(manifest, Manifest(tables), staged)


def seen(place: Path) -> dict[str, list[str]]:
    """What a reader finds, following the manifest."""
    workdir = Workdir(place)
    manifest = workdir.manifest()
    return {
        table: workdir.scan(manifest, table, manifest.months(table)).collect()["value"].to_list() for table in TABLES
    }


def cut_at(monkeypatch: pytest.MonkeyPatch, step: int) -> Callable[[], int]:
    """Make the `step`-th call that changes the disk end the process instead; returns how many were made."""
    made = 0

    def counted(original: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            nonlocal made
            made += 1
            if made == step:
                raise Killed
            return original(*args, **kwargs)

        return call

    for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink"), (Path, "rmdir"), (room.shutil, "rmtree")):
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))
    return lambda: made


OLD, NEW = ("2024-04-01", "2024-05-01"), ("2024-05-01", "2024-06-01")
OLD_SEEN, NEW_SEEN = {t: ["old", "old"] for t in TABLES}, {t: ["new", "new"] for t in TABLES}


def test_every_cut_leaves_old_or_new_and_the_next_run_heals(tmp_path: Path) -> None:
    outcomes, step = [], 0
    while True:
        step += 1
        place = tmp_path / str(step)
        published(place, "old", OLD)
        with pytest.MonkeyPatch.context() as patch:
            made = cut_at(patch, step)
            try:
                published(place, "new", NEW)
                finished = True
            except Killed:
                finished = False
        found = seen(place)
        assert found in (OLD_SEEN, NEW_SEEN), f"mixed after step {step}"
        outcomes.append(found == NEW_SEEN)
        with Workdir(place).writing(0):
            pass
        assert seen(place) == found, "healing changed what was committed"
        months = NEW if found == NEW_SEEN else OLD
        files = sorted(str(f.relative_to(place)) for f in place.rglob("*.parquet"))
        assert files == sorted(f"{t}/as_of={m}/part-0.parquet" for t in TABLES for m in months)
        assert not (place / ".staging").exists()
        if finished:
            break
    assert made() < step, "the last round ran to its end"
    assert outcomes == sorted(outcomes), "once new, never old again"
    assert True in outcomes[:-1], "some cut came after the commit point"
    assert False in outcomes, "some cut came before it"


def test_equal_content_gives_equal_manifest_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        published(tmp_path / name, "same", NEW)
    assert (tmp_path / "a/manifest.json").read_bytes() == (tmp_path / "b/manifest.json").read_bytes()


def test_what_a_failed_run_had_on_its_way_in_goes_and_nobody_else_could_read_it(tmp_path: Path) -> None:
    modes = []

    def fail() -> None:
        with Workdir(tmp_path).writing(0):
            staging = Workdir(tmp_path).staging()
            modes.append(staging.stat().st_mode & 0o777)
            (staging / "raw.utf8").write_text("raw", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert modes == [0o700]
    assert not (tmp_path / ".staging").exists()


def test_a_changed_file_is_named_never_read(tmp_path: Path) -> None:
    published(tmp_path, "old", OLD)
    victim = tmp_path / "segments/as_of=2024-04-01/part-0.parquet"
    body = bytearray(victim.read_bytes())
    body[len(body) // 2] ^= 1
    victim.write_bytes(bytes(body))
    with pytest.raises(DataError, match="segments/as_of=2024-04-01") as caught:
        seen(tmp_path)
    assert "telcli segment" in caught.value.hint


def _hold(place: Path, ready: "multiprocessing.synchronize.Event", done: "multiprocessing.synchronize.Event") -> None:
    with Workdir(place).writing(0):
        ready.set()
        done.wait(30)


def test_a_second_writer_waits_or_fails_with_code_6(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(tmp_path, ready, done))
    other.start()
    assert ready.wait(60)
    with pytest.raises(BusyError, match=str(other.pid)) as caught, Workdir(tmp_path).writing(0.2):
        pass
    assert caught.value.exit_code == ExitCode.BUSY == 6
    done.set()
    with Workdir(tmp_path).writing(30):
        pass
    other.join()
    assert other.exitcode == 0


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(tmp_path, ready, done))
    other.start()
    assert ready.wait(60)
    other.kill()
    other.join()
    with Workdir(tmp_path).writing(0):
        pass


def test_a_newer_working_directory_is_refused_and_left_alone(tmp_path: Path) -> None:
    published(tmp_path, "old", OLD)
    body = json.loads((tmp_path / "manifest.json").read_text())
    body["format"] = 99
    (tmp_path / "manifest.json").write_text(json.dumps(body))
    before = {f: f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()}
    with pytest.raises(DataError, match="format 99"), Workdir(tmp_path).writing(0):
        pass
    after = {f: f.read_bytes() for f in tmp_path.rglob("*") if f.is_file() and f.name != ".lock"}
    assert after == {f: body for f, body in before.items() if f.name != ".lock"}


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"format": 1}', '{"format": 1, "tables": 3}'])
def test_a_damaged_manifest_is_a_sentence(tmp_path: Path, body: str) -> None:
    (tmp_path / "manifest.json").write_text(body)
    with pytest.raises(DataError, match=r"manifest\.json is damaged"):
        Workdir(tmp_path).manifest()


def test_a_manifest_may_not_reach_outside(tmp_path: Path) -> None:
    published(tmp_path / "work", "old", OLD)
    precious = tmp_path / "precious"
    precious.write_text("mine")
    manifest = tmp_path / "work/manifest.json"
    body = json.loads(manifest.read_text())
    body["pending"] = [{"source": "", "target": "../precious"}]
    reseal(manifest, body)
    with pytest.raises(DataError, match="outside the working directory"), Workdir(tmp_path / "work").writing(0):
        pass
    assert precious.read_text() == "mine"


def test_missing_and_unwritable_directories(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="no working directory"):
        Workdir(tmp_path / "none").manifest()
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"), Workdir(tmp_path / "file").writing(0):
        pass


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published(tmp_path, "old", OLD)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(UsageError, match="no room left"):
            published(tmp_path, "new", NEW)
    assert seen(tmp_path) == OLD_SEEN


def test_trouble_after_the_commit_point_is_not_called_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path, "old", OLD)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(room, "_drop_empty", full)
        with pytest.raises(UsageError, match="results are published"):
            published(tmp_path, "new", NEW)
    assert seen(tmp_path) == NEW_SEEN
    with Workdir(tmp_path).writing(0):
        pass
    assert seen(tmp_path) == NEW_SEEN
    assert not (tmp_path / ".staging").exists()


def test_every_folder_on_the_way_to_a_new_file_is_made_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    original = room.sync
    monkeypatch.setattr(room, "sync", lambda place: (synced.append(place), original(place))[1])
    published(tmp_path / "work", "old", OLD)
    work = tmp_path / "work"
    wanted = {tmp_path, work, *(work / t for t in TABLES), *(work / t / f"as_of={m}" for t in TABLES for m in OLD)}
    assert wanted <= set(synced)


def test_a_reader_keeps_what_it_opened_while_a_commit_goes_by(tmp_path: Path) -> None:
    published(tmp_path, "old", OLD)
    _, months, frame = Workdir(tmp_path).hold("segments", lambda manifest: manifest.months("segments"))
    published(tmp_path, "new", NEW)
    assert tuple(months) == OLD
    assert frame.collect()["value"].to_list() == ["old", "old"]


def test_a_commit_between_manifest_and_files_is_read_again(tmp_path: Path) -> None:
    published(tmp_path, "old", OLD)
    rounds = []

    def choose(manifest: Manifest) -> tuple[str, ...]:
        rounds.append(manifest.months("segments"))
        if len(rounds) == 1:
            published(tmp_path, "new", NEW)
        return rounds[-1]

    _, months, frame = Workdir(tmp_path).hold("segments", choose)
    assert (len(rounds), tuple(months)) == (2, NEW)
    assert frame.collect()["value"].to_list() == ["new", "new"]


def test_a_reader_never_shows_a_changed_file_of_the_same_size(tmp_path: Path) -> None:
    published(tmp_path, "old", OLD)
    victim = tmp_path / "segments/as_of=2024-04-01/part-0.parquet"
    victim.write_bytes(victim.read_bytes().replace(b"old", b"odd"))
    with pytest.raises(DataError, match="was changed"):
        Workdir(tmp_path).hold("segments", lambda manifest: manifest.months("segments"))
