"""A working directory that somebody else prepared: nothing outside it is written, moved, emptied or run."""

import ast
import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from telcli.cli import main
from telcli.errors import DataError, TelcliError, UsageError
from telcli.pipeline.provenance import Manifest, Move, Part, file_sha256
from telcli.pipeline.workdir import Workdir

ROOT = Path(__file__).parent.parent.parent
PATH = "segments/as_of=2024-06-01/part-0.parquet"


def published(place: Path, text: str) -> None:
    """Commit one table with `text` as its only value."""
    workdir = Workdir(place)
    with workdir.writing(0) as manifest:
        staged = workdir.staging() / "a.parquet"
        pl.DataFrame({"value": [text]}).write_parquet(staged)
        part = Part(PATH, file_sha256(staged), 1, staged.stat().st_size)
        workdir.commit(manifest, Manifest({"segments": {"2024-06-01": part}}), {PATH: staged})


def told(folder: Path) -> dict[str, bytes]:
    """What a folder holds."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def to_a_file(name: str) -> Callable[[Path, Path], None]:
    return lambda place, outside: (place / name).symlink_to(outside / "own.txt")


def to_a_folder(name: str) -> Callable[[Path, Path], None]:
    def lay(place: Path, outside: Path) -> None:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).symlink_to(outside, target_is_directory=True)

    return lay


LINKS = {
    "the lock": to_a_file(".lock"),
    "the next manifest": to_a_file("manifest.json.new"),
    "the staging folder": to_a_folder(".staging"),
    "a table": to_a_folder("segments"),
    "a month of a table": to_a_folder("segments/as_of=2024-06-01"),
}


@pytest.mark.parametrize("laid", LINKS)
def test_a_link_that_leads_out_is_not_followed(tmp_path: Path, laid: str) -> None:
    place, outside = tmp_path / "work", tmp_path / "outside"
    place.mkdir()
    outside.mkdir()
    (outside / "own.txt").write_text("mine", encoding="utf-8")
    (outside / "part-0.parquet").write_text("mine too", encoding="utf-8")
    before = told(outside)
    LINKS[laid](place, outside)
    try:
        published(place, "new")
    except TelcliError as error:
        assert isinstance(error, DataError | UsageError)
    assert told(outside) == before


@pytest.mark.parametrize("move", [Move(".staging/own.txt", "reports/a.html"), Move("", "segments/own.txt")], ids=str)
def test_a_promise_that_leads_out_by_a_link_takes_nothing_from_there(tmp_path: Path, move: Move) -> None:
    """A manifest may promise moves and removals, which whoever opens the directory next carries out."""
    place, outside = tmp_path / "work", tmp_path / "outside"
    place.mkdir()
    outside.mkdir()
    (outside / "own.txt").write_text("mine", encoding="utf-8")
    (place / "manifest.json").write_text(Manifest(pending=(move,)).to_json(), encoding="utf-8")
    for name in (".staging", "segments"):
        (place / name).symlink_to(outside, target_is_directory=True)
    with pytest.raises(DataError) as caught, Workdir(place).writing(0):
        pass
    assert caught.value.code == "workdir-linked"
    assert told(outside) == {"own.txt": b"mine"}


@pytest.mark.parametrize("path", ["../out.txt", "/tmp/out.txt", "a/../../out.txt"])  # noqa: S108
def test_a_manifest_whose_paths_lead_out_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="outside"):
        Move("", path)
    body = {"format": 1, "tables": {}, "files": {}, "stages": {}, "pending": [{"source": "", "target": path}]}
    (tmp_path / "manifest.json").write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(DataError, match="outside"):
        Workdir(tmp_path).manifest()


def test_the_directory_may_be_a_link_itself(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "work").symlink_to(tmp_path / "there", target_is_directory=True)
    published(tmp_path / "work", "new")
    assert (tmp_path / "there" / PATH).is_file()


def test_what_telcli_makes_is_nobody_elses(tmp_path: Path) -> None:
    """Whatever the umask, others get into no directory that telcli made; the group does, where the umask lets it."""
    for umask, mode in ((0o022, 0o750), (0o002, 0o750), (0o077, 0o700)):
        earlier = os.umask(umask)
        try:
            published(tmp_path / f"{umask:o}" / "work", "new")
        finally:
            os.umask(earlier)
        assert stat.S_IMODE((tmp_path / f"{umask:o}" / "work").stat().st_mode) == mode


STARTED = {("telcli/io/workbook_trial.py", "subprocess")}
"""Where a process is started: this very Python on a text of telcli's own, in which a strange workbook is tried."""


@pytest.mark.slow
def test_nothing_that_is_read_is_run() -> None:
    """No module has what runs what it reads: pickle, marshal, joblib's files, eval, YAML of any kind, a shell."""
    modules = {"pickle", "cloudpickle", "dill", "marshal", "shelve", "yaml", "code", "runpy", "subprocess"}
    calls = {"eval", "exec", "compile", "__import__", "system", "popen", "deserialize"}
    found = []
    for file in sorted((ROOT / "telcli").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        suspect = any(re.search(rf"\b{name}\b", text) for name in (*modules, *calls, "load"))
        for node in ast.walk(ast.parse(text)) if suspect else ():
            names = set()
            if isinstance(node, ast.Import):
                names = {alias.name.partition(".")[0] for alias in node.names} & modules
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = {node.module.partition(".")[0]} & modules
                names |= {"joblib.load" for alias in node.names if (node.module, alias.name) == ("joblib", "load")}
            elif isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                owner = node.func.value if isinstance(node.func, ast.Attribute) else None
                named = f"{owner.id}.{node.func.attr}" if isinstance(owner, ast.Name) else name
                names = {named} & (calls | {"os.system", "os.popen", "joblib.load", "np.load", "pl.deserialize"})
            found += [(str(file.relative_to(ROOT)), name) for name in names]
    assert set(found) <= STARTED


def test_no_setting_of_the_environment_names_code() -> None:
    """`TELCLI_*` are settings, checked as those of a file are: none is anything to run."""
    from telcli import settings

    kinds = {type(value) for section in settings.SECTIONS.values() for value in vars(section()).values()}
    assert kinds <= {str, int, float, bool, tuple, dict, type(None)}


@pytest.mark.parametrize("value", ["__import__('os').system('x')", "$(id)", "-1", "\x00", "9" * 400])
def test_a_setting_of_the_environment_is_refused_as_one_of_a_file(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "\x00" in value:
        with pytest.raises(ValueError, match="null"):
            monkeypatch.setenv("TELCLI_SEGMENT_MAX_SEGMENTS", value)
        return
    monkeypatch.setenv("TELCLI_SEGMENT_MAX_SEGMENTS", value)
    assert main(["config", "segment", "--format", "quiet"]) == 2
