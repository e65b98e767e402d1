"""A byte that is not as it was published is named by verify, and read by nobody."""

import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import telcli
from telcli.cli import main
from telcli.errors import DataError, TelcliError
from telcli.pipeline.catalog import STAGES
from telcli.pipeline.choice import choose
from telcli.pipeline.given import given_to
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.request import Request
from telcli.pipeline.run import settle, snapshot_month
from telcli.pipeline.verify import verify
from telcli.pipeline.workdir import Workdir
from tests.golden.workdirs.opened import VERSIONS, unpacked

MONTH = "2024-07"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newest golden directory, in the format and with the results of this version; tests leave it as it is."""
    work = unpacked(VERSIONS[-1], tmp_path_factory.mktemp("sound") / "golden") / "work"
    telcli.migrate(work)
    return work


@pytest.fixture
def work(sound: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    shutil.copytree(sound.parent / "next", tmp_path / "next")
    return shutil.copytree(sound, tmp_path / "work")


def flipped(place: Path, at: float = 0.5, bit: int = 0) -> bytes:
    """Change one bit of a file in its place; what it held before."""
    before = place.read_bytes()
    body = bytearray(before)
    body[min(int(at * len(body)), len(body) - 1)] ^= 1 << bit
    place.write_bytes(bytes(body))
    return before


def said(*words: object) -> tuple[int, dict[str, Any]]:
    out = StringIO()
    with redirect_stdout(out), redirect_stderr(StringIO()):
        code = main([*map(str, words), "--format", "json"])
    return code, json.loads(out.getvalue())


def test_what_is_sound_is_said_so_in_two_languages(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = Workdir(work).manifest()
    files = [part for parts in manifest.tables.values() for part in parts.values()] + list(manifest.files.values())
    code, found = said("verify", "-w", work)
    assert (code, found["metrics"]["damaged"], found["warnings"]) == (0, [], [])
    assert found["metrics"]["files"] == len(files)
    assert found["metrics"]["bytes"] == sum(part.bytes for part in files)
    assert main(["verify", "-w", str(work)]) == main(["verify", "-w", str(work), "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    assert "all are as they were published" in shown
    assert "全部与发布时一致" in shown


def test_each_damaged_file_is_named_with_what_makes_it_again(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    churn, bills = "churn_by/as_of=2024-07-01/part-0.parquet", "bills/month=2024-05-01/part-0.parquet"
    page, model = f"reports/{MONTH}.html", "models/as_of=2024-06-01/churn.skops"
    flipped(work / churn)
    flipped(work / bills)
    (work / model).unlink()
    (work / page).write_bytes(b"")
    code, found = said("verify", "-w", work)
    told = {one["file"]: one for one in found["metrics"]["damaged"]}
    assert code == 4 == found["error"]["exit_code"]
    assert {file: one["why"] for file, one in told.items()} == {
        churn: "content", bills: "content", model: "missing", page: "size"
    }  # fmt: skip
    assert told[churn]["command"] == f"telcli predict-churn -w {work} --as-of 2024-07 --force"
    assert told[model]["command"] == f"telcli predict-churn -w {work} --as-of 2024-06 --force"
    assert told[page]["command"] == f"telcli report -w {work} --as-of 2024-07 --force"
    assert (told[bills]["how"], told[bills]["stage"]) == ("extracts", "ingest")
    assert "bills.csv" in told[bills]["sources"]
    assert main(["verify", "-w", str(work)]) == 4
    shown = capsys.readouterr()
    assert all(file in shown.out for file in told)
    assert "telcli keeps no copy of extracts" in shown.out
    assert "Damaged: 4 of the" in shown.err


def test_what_people_and_interrupted_runs_left_is_no_damage(work: Path) -> None:
    sheets = sorted((work / "tasks").rglob("*.xlsx"))
    flipped(sheets[0])
    sheets[1].unlink()
    (work / ".staging").mkdir()
    (work / ".staging" / "raw.parquet").write_bytes(b"raw")
    (work / ".telcli-x").mkdir()
    (work / ".telcli-x" / "part").write_bytes(b"raw")
    (work / "notes.txt").write_text("mine", encoding="utf-8")
    found = verify(work)
    assert found.sound
    assert [Path(one).name for one in found.filled] == [sheets[0].name, sheets[1].name]
    assert (found.leftovers, found.unknown) == ((".staging/raw.parquet", ".telcli-x/part"), ("notes.txt",))
    with Workdir(work).writing(0):
        (work / ".staging").mkdir()
        (work / ".staging" / "raw.parquet").write_bytes(b"raw")
        assert verify(work).leftovers == (), "a run that goes on left nothing"
    assert verify(work).leftovers == ()


def test_a_table_is_made_again_by_the_command_that_is_named(work: Path) -> None:
    damaged = [work / f"{table}/as_of=2024-07-01/part-0.parquet" for table in ("campaign_status", "channel_results")]
    before = [flipped(place) for place in damaged]
    commands = {one.command for one in telcli.verify(work).damaged}
    assert len(commands) == 1
    assert main([*commands.pop().split()[1:], "-q"]) == 0
    assert [place.read_bytes() for place in damaged] == before
    assert telcli.verify(work).sound


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(at=st.floats(0, 1), bit=st.integers(0, 7))
def test_no_bit_of_the_manifest_changes_unseen(at: float, bit: int, sound: Path) -> None:
    place = sound / "manifest.json"
    before = flipped(place, at, bit)
    try:
        with pytest.raises(DataError) as told:
            Manifest.read(place)
        assert told.value.code == "manifest-damaged"
    finally:
        place.write_bytes(before)


def test_no_byte_of_the_first_and_last_lines_of_the_manifest_changes_unseen(tmp_path: Path) -> None:
    place = tmp_path / "manifest.json"
    text = Manifest().to_json().encode()
    for at in range(len(text)):
        for other in (text[at] ^ 1, text[at] ^ 0x20, 0x0A):
            if other != text[at]:
                place.write_bytes(text[:at] + bytes([other]) + text[at + 1 :])
                with pytest.raises(DataError, match="damaged"):
                    Manifest.read(place)


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_bit_of_any_file_is_named(data: st.DataObject, sound: Path) -> None:
    manifest = Manifest.read(sound / "manifest.json")
    path = data.draw(st.sampled_from(sorted(_parts(manifest))))
    before = flipped(sound / path, data.draw(st.floats(0, 1)), data.draw(st.integers(0, 7)))
    try:
        found = verify(sound)
        assert path in [one.file for one in found.damaged] or path in found.filled
    finally:
        (sound / path).write_bytes(before)


def _parts(manifest: Manifest) -> dict[str, str]:
    parts = {part.path: table for table, held in manifest.tables.items() for part in held.values()}
    return parts | dict.fromkeys(manifest.files, "")


@pytest.mark.slow
def test_every_table_with_a_changed_byte_is_refused_by_all_who_read_it(sound: Path) -> None:
    """Each table in turn: show and its twins, and the door of each stage that reads it, name the file."""
    manifest = Workdir(sound).manifest()
    doors = {stage.name: _chosen(stage, manifest) for stage in STAGES}
    opened = dict.fromkeys(doors, 0)
    for table, parts in manifest.tables.items():
        newest = parts[max(parts)]
        before = flipped(sound / newest.path)
        try:
            assert _refused(lambda table=table: telcli.scan(sound, table)) == newest.path
            for stage in STAGES:
                if max(parts) in doors[stage.name].get(table, ()):
                    assert _refused(lambda stage=stage: _opened(stage, sound, manifest)) == newest.path, stage.name
                    opened[stage.name] += 1
        finally:
            (sound / newest.path).write_bytes(before)
    assert all(count for name, count in opened.items() if name != "ingest"), opened


def _chosen(stage: Any, manifest: Manifest) -> dict[str, tuple[str, ...]]:
    return choose(stage, manifest, snapshot_month(stage, manifest, None))


def _opened(stage: Any, work: Path, manifest: Manifest) -> None:
    """What a stage is given, each part of it asked for."""
    request, as_of = Request(work), snapshot_month(stage, manifest, None)
    chosen = choose(stage, manifest, as_of)
    inputs = given_to(stage, Workdir(work), manifest, chosen, as_of, *settle(stage.name, request), request)
    for parts in inputs.parts.values():
        for part in parts.values():
            part()


def _refused(read: Callable[[], object]) -> str:
    """The file that a reader names when it refuses."""
    with pytest.raises(TelcliError) as told:
        read()
    assert told.value.code == "table-damaged"
    return str(told.value.values["file"])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("subscriptions", ["customer", "C000003"]),
        ("customer_months", ["cube", "revenue", "--by", "region"]),
        ("customer_months", ["diff"]),
        ("churn_scores", ["customer", "C000003"]),
        ("payments", ["purge", "--customer", "C000003"]),
        ("customers", ["purge", "--customer", "C000003"]),
        ("retention_knowledge", ["knowledge", "suggest", "customer", "C000003"]),
        ("segments", ["export", "segments", "-o", "out.csv"]),
        ("payments", ["ingest", "next"]),
    ],
    ids=lambda one: one if isinstance(one, str) else one[0],
)
def test_commands_refuse_a_table_with_a_changed_byte(
    table: str, words: list[str], work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(work.parent)
    parts = Workdir(work).manifest().tables[table]
    for part in parts.values():
        flipped(work / part.path)
    code, told = said(*words, "-w", work)
    assert (code, told["error"]["code"]) == (4, "table-damaged")
    assert f"{table}/" in told["error"]["message"]


def test_borrowed_models_and_pages_are_compared_too(work: Path) -> None:
    page = work / f"reports/{MONTH}.html"
    flipped(page)
    code, told = said("purge", "--customer", "C000003", "-w", work)
    assert (code, told["error"]["code"]) == (4, "table-damaged")
    assert f"reports/{MONTH}.html" in told["error"]["message"]


def test_results_on_the_screen_are_compared_too(work: Path) -> None:
    run = telcli.score_value(work, as_of=MONTH)
    assert run.skipped
    flipped(work / f"value_tiers/as_of={MONTH}-01/part-0.parquet")
    assert main(["score-value", "-w", str(work), "--as-of", MONTH]) == 4


def test_a_file_that_does_not_change_is_hashed_once(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from telcli.io import digest

    counted: list[object] = []
    original = digest.file_digest
    monkeypatch.setattr(digest, "file_digest", lambda *given: (counted.append(given), original(*given))[1])
    monkeypatch.setattr(digest, "_SETTLED", -(10**18))
    for _ in range(3):
        assert telcli.read(work, "segments").height
    assert len(counted) == 1
    flipped(work / f"segments/as_of={MONTH}-01/part-0.parquet")
    with pytest.raises(DataError, match="was changed"):
        telcli.read(work, "segments")


def test_hashing_takes_no_memory_to_speak_of(tmp_path: Path) -> None:
    """A file far larger than what may be added to the peak."""
    import resource

    from telcli.io.digest import sha256_of

    place = tmp_path / "large"
    with place.open("wb") as file:
        file.truncate(300 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sha256_of(place)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 << 10
