"""What a file system can put in the place of a file: a sentence with a code, soon, and with little memory."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from telcli.api.intake import read_mapping
from telcli.cli import main
from telcli.errors import DataError
from telcli.io import model_file, task_book
from telcli.pipeline.audit import broken
from telcli.pipeline.lock_holder import read_holder
from telcli.pipeline.provenance import Manifest, file_sha256
from telcli.pipeline.secret import Secret
from telcli.pipeline.sources import files_of, open_sources
from telcli.settings import config_file, read_config
from telcli.tables.file_names import legible
from tests.trust import doors, seeds
from tests.trust.watch import watched

HOLE = 6 << 30
"""Bytes of a file of which none was written."""


def pipe(place: Path) -> None:
    os.mkfifo(place)


def a_socket(place: Path) -> None:
    with contextlib.chdir(place.parent), socket.socket(socket.AF_UNIX) as made:  # a path of it must be short
        made.bind(place.name)


def folder(place: Path) -> None:
    place.mkdir()


def loop(place: Path) -> None:
    place.symlink_to(place.name)


def dangling(place: Path) -> None:
    place.symlink_to("nowhere")


def endless(place: Path) -> None:
    place.symlink_to("/dev/zero")


def full(place: Path) -> None:
    place.symlink_to("/dev/full")


def hole(place: Path) -> None:
    place.touch(0o600)
    os.truncate(place, HOLE)


def denied(place: Path) -> None:
    place.write_text("x")
    place.chmod(0)


KINDS = (pipe, a_socket, folder, loop, dangling, endless, full, hole, denied)
Place = tuple[str, Callable[[Path, Path], Any]]


def of_model(place: Path, beside: Path) -> Any:
    archive, about = seeds.model()
    for name, data in (("churn.skops", archive), ("churn.json", json.dumps(about).encode())):
        if name != place.name:
            (place.parent / name).write_bytes(data)
    return model_file.read(place.with_name("churn"))


def of_key(place: Path, beside: Path) -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("TELCLI_KEY", raising=False)
        return Secret(place, beside)()


def of_settings(place: Path, beside: Path) -> Any:
    return read_config(config_file(place.parent))


def of_tasks(place: Path, beside: Path) -> Any:
    found = task_book.read("a.xlsx", place, beside)
    for notice in found.notices:
        raise DataError(notice.code, notice.template, **notice.values)


SOURCES = ("csv", "xlsx", "gz")
PLACES: dict[str, Place] = {
    **{f"source {end}": (f"a.{end}", lambda place, beside: open_sources([place], beside)) for end in SOURCES},
    "key": ("key", of_key),
    "settings": ("telcli.toml", of_settings),
    "mapping": ("map.toml", lambda place, beside: read_mapping(place)),
    "manifest": ("manifest.json", lambda place, beside: Manifest.read(place)),
    "model": ("churn.skops", of_model),
    "of a model": ("churn.json", of_model),
    "task sheet": ("a.xlsx", of_tasks),
    **{f"list {name}": (f"{name}.csv", lambda place, beside, name=name: doors.list_of(name, place)()) for name in
       ("allow", "suppress", "known", "holidays", "control", "tariffs", "organisation")},
    **{f"toml {name}": (f"{name}.toml", lambda place, beside, name=name: doors.list_of(name, place)()) for name in
       ("holidays", "control")},
}  # fmt: skip


@pytest.fixture
def soon() -> Iterator[None]:
    """What waits without end is stopped, and fails."""

    def stop(number: int, frame: object) -> None:
        raise TimeoutError("it waits without end")

    was = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, was)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that another account can look into, where this one may be root, whom nothing is denied."""
    place = Path(tempfile.mkdtemp(prefix="telcli-odd-"))
    place.chmod(0o777)
    yield place
    shutil.rmtree(place)


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything: another account for so long."""
    was = os.geteuid()
    if was:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("name", PLACES)
def test_what_is_no_file(name: str, open_to_all: Path) -> None:
    called, read = PLACES[name]
    for make in KINDS:
        case = open_to_all / make.__name__
        case.mkdir()
        case.chmod(0o777)
        (case / "in").mkdir()
        (case / "in").chmod(0o777)
        place = case / "in" / called
        make(place)

        def run(place: Path = place, beside: Path = case / "scratch") -> None:
            read(place, beside)

        with as_nobody() if make is denied else contextlib.nullcontext():
            found = watched(run, case)
        assert not found.faults, make.__name__
        assert found.code in (2, 3, 4), (make.__name__, found.said)
        assert place.name in found.said or called in found.said, (make.__name__, found.said)


@pytest.mark.usefixtures("soon")
def test_what_is_no_file_beside_a_working_directory(tmp_path: Path) -> None:
    """Of what may be in the place of the log and of the lock, nothing is waited for either."""
    for make in (pipe, a_socket, endless, loop, dangling):
        make(tmp_path / make.__name__)
        assert read_holder(tmp_path / make.__name__) is None
        assert broken(tmp_path / make.__name__) == ()
    for make in (pipe, a_socket, endless):
        with pytest.raises(DataError) as caught:
            file_sha256(tmp_path / make.__name__)
        assert caught.value.code == "file-special"
    os.truncate(_touched(tmp_path / "log"), 3 << 20)
    assert {one.why for one in broken(tmp_path / "log")} <= {"unreadable"}


def _touched(place: Path) -> Path:
    place.touch()
    return place


NAMES = {
    b"\xd5\xcb\xb5\xa5.csv": "账单.csv", b"a\nb.csv": "a�b.csv", b"a\x1b[2Jb.csv": "a�[2Jb.csv",
    b"x" * 251 + b".csv": "x" * 251 + ".csv", b"\xff.csv": "�.csv", "e\u202evsc.csv".encode(): "e�vsc.csv",
    "账单\u3000六月.csv".encode(): "账单\u3000六月.csv",
}  # fmt: skip


def test_names_of_any_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are read, and told of so that no terminal obeys them and all that is written is UTF-8."""
    source = tmp_path / "in"
    source.mkdir()
    for name in NAMES:
        (source / os.fsdecode(name)).write_text(seeds.CSV, encoding="utf-8")
    assert sorted(files_of([source])[0]) == sorted(NAMES.values())
    for name in list(NAMES)[3:] + list(NAMES)[1:2]:
        (source / os.fsdecode(name)).unlink()
    assert main(["ingest", str(source), "-w", str(tmp_path / "w"), "--as-of", "2024-06"]) == 0
    assert main(["status", "-w", str(tmp_path / "w")]) == 0
    said = capsys.readouterr()
    assert "账单.csv" in said.out + said.err
    assert "\x1b[2J" not in said.out + said.err
    assert "账单.csv" in json.dumps(json.loads((tmp_path / "w" / "manifest.json").read_bytes()), ensure_ascii=False)


def test_names_that_would_be_told_alike_stay_apart(tmp_path: Path) -> None:
    for name in ("a\x01.csv", "a\x02.csv"):
        (tmp_path / name).write_text(seeds.CSV, encoding="utf-8")
    assert len(files_of([tmp_path])[0]) == 2
    assert legible("a\x01.csv") == "a�.csv"


def test_words_of_a_command_line_that_are_no_utf8(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(doors.workdir(), tmp_path / "w")
    odd = os.fsdecode(b"a\xff")
    loop(tmp_path / "loop.csv")
    export = ["export", "customers", "-o", str(tmp_path / "loop.csv")]
    where = ["show", "customers", "--where", odd]
    for words in (["customer", odd], ["purge", "--customer", odd], where, ["show", odd], export):
        code = main([*words, "-w", str(tmp_path / "w"), "--format", "json"])
        assert code in (2, 3, 4), words
        assert json.loads(capsys.readouterr().out)["error"]["exit_code"] == code
    (tmp_path / "w").rename(tmp_path / odd)
    assert main(["status", "-w", str(tmp_path / odd)]) == 2


def test_extracts_of_every_kind_under_a_name_in_gb18030(tmp_path: Path) -> None:
    place = tmp_path / os.fsdecode("账".encode("gb18030"))
    place.mkdir()
    for kind in ("csv", "xlsx", "parquet", "db", "zst"):
        file = place / os.fsdecode(f"单.{kind}".encode("gb18030"))
        file.write_bytes(seeds.seed(kind))
        found, _ = open_sources([file], tmp_path / "scratch" / kind)
        assert {one.name.partition("#")[0] for one in found} == {f"单.{kind}"}
        assert all(one.frame.collect().height for one in found if "odd" not in one.name)


def changing(place: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[], None]) -> None:
    """Have a file changed once its kind was told, as it is about to be read."""
    from telcli.io import kinds

    told = kinds.kind_of

    def then(path: Path) -> str:
        kind = told(path)
        if path == place:
            change()
        return kind

    monkeypatch.setattr(kinds, "kind_of", then)


@pytest.mark.parametrize("end", ["csv", "xlsx", "json", "parquet", "db", "html", "zip", "gz"])
@pytest.mark.parametrize("how", ["removed", "cut", "grown"])
def test_a_file_that_changes_while_it_is_read(
    end: str, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tmp_path / "case"
    case.mkdir()
    place = case / f"a.{end}"
    place.write_bytes(seeds.seed(end))

    def change() -> None:
        if how == "removed":
            place.unlink(missing_ok=True)
        elif how == "cut":
            os.truncate(place, place.stat().st_size // 2)
        else:
            with place.open("ab") as more:
                more.write(b"\xff\0\xff" * 1000)

    changing(place, monkeypatch, change)

    def run() -> None:
        for one in open_sources([place], case / "scratch")[0]:
            one.frame.collect()

    found = watched(run, case)
    assert not found.faults
    assert found.code in (0, 2, 3, 4)
    assert found.code or how != "removed"


def database(place: Path, *statements: str) -> Path:
    with contextlib.closing(sqlite3.connect(place)) as made:
        for statement in statements:
            made.execute(statement)
        made.commit()
    return place


ENDLESS = "WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a) SELECT"
DATABASES = {
    "endless view": ["CREATE TABLE t (id, x)", "INSERT INTO t VALUES (1, 2)", f"CREATE VIEW v AS {ENDLESS} x FROM a"],
    "endless table": [f"CREATE VIEW v AS {ENDLESS} x AS id, x AS y FROM a"],
    "view of itself": ["CREATE VIEW v AS SELECT * FROM w", "CREATE VIEW w AS SELECT * FROM v"],
    "trigger": [
        "CREATE TABLE t (id, x)", "INSERT INTO t VALUES (1, 2)",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END",
    ],
    "large blob": ["CREATE TABLE t (id, x)", "INSERT INTO t VALUES (1, zeroblob(900000000))"],
    "many large": ["CREATE TABLE t (id, x)", *["INSERT INTO t VALUES (1, zeroblob(90000000))"] * 3],
    "made column": ["CREATE TABLE t (id, x AS (zeroblob(900000000)))", *["INSERT INTO t VALUES (1)"] * 9],
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", DATABASES)
def test_databases_that_do_more_than_hold_tables(name: str, tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    place = database(case / "a.db", *DATABASES[name])
    before = place.stat().st_mtime_ns

    view = any("VIEW v" in one for one in DATABASES[name])

    def run() -> None:
        for one in open_sources([f"sqlite:///{place}#v" if view else place], case / "scratch")[0]:
            one.frame.collect()

    found = watched(run, case)
    assert not found.faults
    assert found.code in ((0,) if name == "trigger" else (3, 4)), found.said
    assert place.stat().st_mtime_ns == before


def test_a_log_beside_a_database_is_read_and_left_alone(tmp_path: Path) -> None:
    """What was committed into a WAL is read; neither file is changed."""
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE t (id TEXT, x TEXT)")
        writer.executemany("INSERT INTO t VALUES (?, ?)", [("a", "1"), ("b", "2")])
        writer.commit()
        before = {end: (tmp_path / f"a.db{end}").read_bytes() for end in ("", "-wal")}
        extracts, _ = open_sources([tmp_path / "a.db"], tmp_path / "scratch")
        assert extracts[0].frame.collect().height == 2
        assert before == {end: (tmp_path / f"a.db{end}").read_bytes() for end in ("", "-wal")}
