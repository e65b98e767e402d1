"""Many processes on one working directory: writers in some order, readers of one commit, no lock beyond a life."""

import errno
import fcntl
import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import polars as pl
import pytest

from telcli.cli import main
from telcli.errors import BusyError, DataError, UsageError
from telcli.pipeline import lock, lock_place
from telcli.pipeline.lock_holder import Holder, own_holder
from telcli.pipeline.migrate import migrate
from telcli.pipeline.provenance import FORMAT, Manifest, Part, file_sha256, format_of
from telcli.pipeline.workdir import Workdir
from tests.golden.workdirs.opened import VERSIONS, unpacked

TABLES, MONTH, PAGE = ("segments", "segment_profiles"), "2024-06-01", "reports/2024-06.html"
TURNS = 3

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.trust.test_concurrency"])


def held(workdir: Workdir, manifest: Manifest) -> list[str]:
    """What stands in the first table."""
    if TABLES[0] not in manifest.tables:
        return []
    return workdir.scan(manifest, TABLES[0], (MONTH,)).collect()["value"].to_list()


def published(place: Path, word: str) -> None:
    """Add a word to what is held, in two tables and a page, at one instant."""
    workdir = Workdir(place)
    with workdir.writing(120) as manifest:
        words = [*held(workdir, manifest), word]
        staging = workdir.staging()
        staged, tables = {}, {}
        for table in TABLES:
            path = f"{table}/as_of={MONTH}/part-0.parquet"
            staged[path] = staging / f"{table}.parquet"
            pl.DataFrame({"value": words}).write_parquet(staged[path])
            tables[table] = {MONTH: _part(path, staged[path], len(words))}
        staged[PAGE] = staging / "page.html"
        staged[PAGE].write_text(" ".join(words), encoding="utf-8")
        workdir.commit(manifest, Manifest(tables, {PAGE: _part(PAGE, staged[PAGE], 0)}), staged)


def _part(path: str, place: Path, rows: int) -> Part:
    return Part(path, file_sha256(place), rows, place.stat().st_size)


def write(place: Path, name: str) -> None:
    for turn in range(TURNS):
        published(place, f"{name}-{turn}")


def read(place: Path, looks: int) -> None:
    """Read again and again: tables and the page are of one commit, and none is older than one before."""
    before: list[str] = []
    for _ in range(looks):
        manifest, _, frames = Workdir(place).hold_all(lambda manifest: dict.fromkeys(TABLES, (MONTH,)))
        first, second = (frames[table].collect()["value"].to_list() for table in TABLES)
        page = hashlib.sha256(" ".join(first).encode()).hexdigest()
        if first != second or first[: len(before)] != before or manifest.files[PAGE].sha256 != page:
            raise SystemExit(3)
        before = first
        time.sleep(0.01)


def started(function: Callable[..., None], *given: object) -> BaseProcess:
    process = PROCESSES.Process(target=function, args=given)
    process.start()
    return process


@pytest.mark.parametrize("many", [2, pytest.param(10, marks=pytest.mark.slow)])
def test_as_many_writers_and_readers_at_once(many: int, tmp_path: Path) -> None:
    published(tmp_path, "begun")
    writers = [started(write, tmp_path, f"w{number}") for number in range(many)]
    readers = [started(read, tmp_path, 40) for _ in range(many)]
    for process in (*writers, *readers):
        process.join(300)
    assert [process.exitcode for process in writers] == [0] * many
    assert [process.exitcode for process in readers] == [0] * many
    workdir = Workdir(tmp_path)
    words = held(workdir, workdir.manifest())
    assert sorted(words[1:]) == sorted(f"w{number}-{turn}" for number in range(many) for turn in range(TURNS))
    for number in range(many):
        own = [word for word in words if word.startswith(f"w{number}-")]
        assert own == sorted(own), "each writer's commits are in its order, so that some serial order made this"


def hold(place: Path, ready: "multiprocessing.synchronize.Event") -> None:
    sys.argv = ["telcli", "segment", "-w", "a person's name"]
    with Workdir(place).writing(0):
        ready.set()
        time.sleep(600)


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[tuple[Path, BaseProcess]]:
    ready = PROCESSES.Event()
    process = started(hold, tmp_path / "work", ready)
    assert ready.wait(60)
    yield tmp_path / "work", process
    process.kill()
    process.join()


def test_a_second_writer_is_told_who_holds_it_in_two_languages(
    busy: tuple[Path, BaseProcess], capsys: pytest.CaptureFixture[str]
) -> None:
    place, process = busy
    Workdir(place)
    for lang, said in (("en", "is in use by telcli segment (process"), ("zh", "正被 telcli segment 使用")):
        begun = time.monotonic()
        assert main(["migrate", "-w", str(place), "--lang", lang, "--dry-run"]) == 0, "readers need no lock"
        assert main(["purge", "--customer", "x", "-w", str(place), "--lang", lang]) == 6
        assert time.monotonic() - begun < 20
        told = capsys.readouterr().err
        assert said in told
        assert str(process.pid) in told
        assert os.uname().nodename in told
        assert "person" not in told


def test_the_lock_of_a_killed_writer_is_free_at_once(busy: tuple[Path, BaseProcess]) -> None:
    place, process = busy
    process.kill()
    process.join()
    assert (place / ".lock").read_text(encoding="utf-8"), "what it left tells of a process that is no more"
    assert lock.held_by(place / ".lock") is None
    with Workdir(place).writing(0):
        assert lock.held_by(place / ".lock") == own_holder() or lock.held_by(place / ".lock") is not None


@pytest.mark.parametrize(
    "left",
    ["", "12345", "{", '{"pid": -1}', Holder(os.getpid(), os.uname().nodename, "telcli run", "then", "1").to_text()],
    ids=["nothing", "number", "half", "no-process", "number-taken-again"],
)
def test_what_a_dead_process_left_in_the_lock_file_confuses_nobody(left: str, tmp_path: Path) -> None:
    place = tmp_path / ".lock"
    place.write_text(left, encoding="utf-8")
    with Workdir(tmp_path).writing(0):
        pass
    place.write_text(left, encoding="utf-8")
    with place.open("r+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BusyError) as told, Workdir(tmp_path).writing(0):
            pass
    assert told.value.code == "workdir-busy-unnamed"
    with Workdir(tmp_path).writing(0):
        pass


FORKS = """
import os, subprocess, sys, time
from pathlib import Path
from telcli.pipeline.workdir import Workdir
from multiprocessing import get_context

with Workdir(Path(sys.argv[1])).writing(0):
    if sys.argv[2] == "fork":
        child = os.fork()
        if not child:
            time.sleep(600)
            os._exit(0)
    elif sys.argv[2] == "program":
        child = subprocess.Popen(["sleep", "600"], close_fds=False).pid
    else:
        from joblib.externals.loky import get_reusable_executor
        child = get_reusable_executor(max_workers=1).submit(os.getpid).result()
    print(child, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("kind", ["fork", "program", pytest.param("loky", marks=pytest.mark.slow)])
def test_children_do_not_keep_the_lock_of_a_killed_parent(kind: str, tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", FORKS, str(tmp_path / "work"), kind], stdout=subprocess.PIPE)
    assert parent.stdout
    child = int(parent.stdout.readline())
    try:
        with pytest.raises(BusyError), Workdir(tmp_path / "work").writing(0):
            pass
        parent.kill()
        parent.wait()
        with Workdir(tmp_path / "work").writing(5):
            os.kill(child, 0)  # it lives on
    finally:
        with ExitStack() as gone:
            gone.callback(parent.stdout.close)
            os.kill(child, signal.SIGKILL)


SSHFS = "36 35 0:3 / / rw - ext4 /dev/sda rw\n40 36 0:44 / {place} rw,nosuid - fuse.sshfs host:/data rw,user_id=0\n"


def test_a_disk_whose_locks_others_do_not_see_is_refused_until_one_machine_is_said_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "a place" / "work"
    place.mkdir(parents=True)
    mounts = tmp_path / "mountinfo"
    mounts.write_text(SSHFS.format(place=str(place.parent.resolve()).replace(" ", r"\040")), encoding="utf-8")
    monkeypatch.setattr(lock_place, "_MOUNTS", mounts)
    with pytest.raises(UsageError, match=r"fuse\.sshfs") as told, Workdir(place).writing(0):
        pass
    assert told.value.code == "lock-doubtful"
    assert 'lock = "one-machine"' in told.value.hint
    assert Workdir(place).manifest() == Manifest(), "it is read all the same"
    (place / "telcli.toml").write_text('[general]\nlock = "one-machine"\n', encoding="utf-8")
    with Workdir(place).writing(0):
        pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_locks_is_said_in_a_sentence(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, original = tmp_path / "work", fcntl.flock
    place.mkdir()
    inside = {"inode": -1}

    def flock(handle: int, how: int) -> None:
        if os.fstat(handle).st_ino == (place / ".lock").stat().st_ino:
            inside["inode"] = os.fstat(handle).st_ino
            raise OSError(number, os.strerror(number))
        original(handle, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(UsageError) as told, Workdir(place).writing(0):
        pass
    assert told.value.code == "lock-none"
    assert inside["inode"] > 0
    (place / "telcli.toml").write_text('[general]\nlock = "one-machine"\n', encoding="utf-8")
    with Workdir(place).writing(0), pytest.raises(BusyError), Workdir(place).writing(0):
        pass
    lock_place.elsewhere(place / ".lock").unlink()


def test_a_file_that_a_commit_moves_meanwhile_is_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path, "word")
    workdir, original, looks = Workdir(tmp_path), Workdir.locate, []

    def late(self: Workdir, manifest: Manifest, part: Part) -> Path:
        looks.append(part.path)
        return tmp_path / ".staging" / "gone" if len(looks) == 1 else original(self, manifest, part)

    pending = Manifest.read(tmp_path / "manifest.json")
    moving = json.loads(pending.to_json()) | {"pending": [{"source": ".staging/gone", "target": PAGE}]}
    from tests.resealed import reseal

    reseal(tmp_path / "manifest.json", moving)
    monkeypatch.setattr(Workdir, "locate", late)
    _, _, frame = workdir.hold("segments", lambda manifest: manifest.months("segments"))
    assert frame.collect()["value"].to_list() == ["word"]
    assert len(looks) == 2


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory of format 1."""
    return unpacked(VERSIONS[0], tmp_path_factory.mktemp("older") / "golden") / "work"


def _small(older: Path, place: Path) -> Path:
    place.mkdir()
    shutil.copyfile(older / "manifest.json", place / "manifest.json")
    return place


def test_a_migration_that_is_cut_short_leaves_the_old_format_or_the_new(older: Path, tmp_path: Path) -> None:
    from tests.pipeline.test_workdir import Killed, cut_at

    before, step, formats = Manifest.read(older / "manifest.json"), 0, []
    while True:
        step += 1
        place = _small(older, tmp_path / str(step))
        with pytest.MonkeyPatch.context() as patch:
            made = cut_at(patch, step)
            with suppress(Killed):
                migrate(place)
            finished = made() < step
        assert Manifest.read(place / "manifest.json") == before
        formats.append(format_of(place / "manifest.json"))
        migrate(place)
        assert (Manifest.read(place / "manifest.json"), format_of(place / "manifest.json")) == (before, FORMAT)
        if finished:
            break
    assert formats[0] == 1
    assert formats == sorted(formats)
    assert formats[-1] == FORMAT


def test_a_dry_run_writes_nothing_and_a_newer_directory_is_refused(older: Path, tmp_path: Path) -> None:
    place = _small(older, tmp_path / "work")
    before = (place / "manifest.json").read_bytes()
    assert migrate(place, dry_run=True).changed
    assert [file.name for file in place.iterdir()] == ["manifest.json"]
    assert (place / "manifest.json").read_bytes() == before
    assert migrate(place).changed
    assert not migrate(place).changed
    newer = json.loads(before) | {"format": FORMAT + 1}
    (place / "manifest.json").write_text(json.dumps(newer), encoding="utf-8")
    with pytest.raises(DataError, match=f"format {FORMAT + 1}"):
        migrate(place)
