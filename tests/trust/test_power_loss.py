"""The disk stops after any operation of a commit, with less on it than was asked for: what is found is old or new."""

from pathlib import Path

import pytest

from tests.trust.bench import Bench
from tests.trust.cases import CASES
from tests.trust.power import Recorded, Step, replayed

SHARE = 4
"""Of the operations, each so many-th is tried here, and every one that names something; all by hand, see docs."""


@pytest.mark.slow
def test_whatever_the_disk_holds_is_old_or_new(bench: Bench) -> None:
    [case] = (one for one in CASES if one.name == "purge")
    tried, wrong = replayed(bench, case, SHARE)
    assert not wrong, wrong[:5]
    assert tried > 100


def commit(store: Path, steps: list[tuple[str, str, str]]) -> Recorded:
    """A run in short: an old manifest is there; what each step leaves of a file is its number."""
    before = store.parent / "before"
    before.mkdir()
    (before / "manifest").write_text("old")
    store.mkdir()
    for nth, (what, _, _) in enumerate(steps, start=1):
        if what in ("fsync", "rename"):
            (store / str(nth)).write_text("new")
    return Recorded(before, [Step(nth, *step) for nth, step in enumerate(steps, start=1)], store)


def left(run: Recorded, nth: int) -> set[str]:
    """What the manifest may say after a cut."""
    states = [state.get("manifest", b"absent") for state in run.states(nth)]
    return {body.read_text() if isinstance(body, Path) else body.decode() if body else "" for body in states}


SYNCED = [("create", "fresh", ""), ("write", "fresh", ""), ("fsync", "fresh", ""), ("rename", "fresh", "manifest")]


def test_the_model_finds_a_name_given_before_its_bytes_are_on_the_disk(tmp_path: Path) -> None:
    hasty = commit(tmp_path / "store", [step for step in SYNCED if step[0] != "fsync"])
    assert left(hasty, 3) == {"old", "new", "n", ""}


def test_a_name_given_after_the_sync_is_old_or_new_until_its_folder_is_synced(tmp_path: Path) -> None:
    sound = commit(tmp_path / "store", [*SYNCED, ("fsync", ".", "")])
    assert [left(sound, nth) for nth in (3, 4, 5)] == [{"old"}, {"old", "new"}, {"new"}]
