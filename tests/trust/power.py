"""A power cut after any of the operations of a run, by a pessimistic model of a disk.

What a file holds is lost, whole or its second half, unless it was synced after it was written. A name given, moved or
removed is on the disk or not, whichever comes first, unless its folder was synced afterwards. A move is one step: its
two names change together, as on every file system with a journal.
"""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.pipeline.provenance import Manifest
from telcli.pipeline.workdir import Workdir
from tests.trust.under import ALL, COUNT

if TYPE_CHECKING:
    from tests.trust.bench import Bench
    from tests.trust.cases import Case

__all__ = ["Recorded", "Step", "replayed"]

_DRAWN = 6
"""Choices drawn at random of what of the last names is on the disk, beside all, none, and each alone kept or lost."""


@dataclass
class Body:
    """What a file holds: a copy of it, None where none was taken, and whether it was synced as it is now."""

    held: Path | None = None
    synced: bool = True


@dataclass(frozen=True)
class Step:
    """One operation: its number, what it was, of which path, and where to; paths from the working directory."""

    nth: int
    what: str
    path: str
    target: str


@dataclass(frozen=True)
class _Change:
    """A name that was given, moved or removed; `body` is the file, None of a folder. `sure` from then on."""

    step: Step
    body: Body | None
    sure: int


@dataclass
class Recorded:
    """A run: the directory before it, and its steps, with copies of files as they were synced, moved or removed."""

    before: Path
    steps: list[Step]
    store: Path

    def states(self, nth: int, seed: int = 0) -> Iterator[dict[str, Path | bytes | None]]:
        """Every directory that a power cut after the `nth` operation may leave: files by path; folders are None."""
        changes, bodies = self._until(nth)
        doubtful = [at for at, one in enumerate(changes) if one.sure > nth]
        loose = [body for body in bodies if not body.synced]
        chance = random.Random(seed + nth)  # noqa: S311
        choices = [set(doubtful), set(), *({one} for one in doubtful), *(set(doubtful) - {one} for one in doubtful)]
        choices += [
            {one for one in doubtful if chance.random() < 0.5} for _ in range(_DRAWN if len(doubtful) > 2 else 0)
        ]
        seen = set()
        for chosen in choices:
            done = [one for at, one in enumerate(changes) if one.sure <= nth or at in chosen]
            for loss in ("whole", "half", "empty") if loose else ("whole",):
                state = self._laid(done, loss)
                key = tuple(sorted((name, str(body)) for name, body in state.items()))
                if key not in seen:
                    seen.add(key)
                    yield state

    def _until(self, nth: int) -> tuple[list[_Change], list[Body]]:
        """The changes of names up to an operation, each with the one from which on it is sure, and all files met."""
        names: dict[str, Body] = {}
        bodies, changes = [], []
        for step in self.steps[:nth]:
            if step.what == "create":
                names[step.path] = body = Body(synced=False)
                bodies.append(body)
            body = names.get(step.path) if step.what != "mkdir" else None
            if step.what in ("write", "truncate") and body:
                body.synced = False
            if (self.store / str(step.nth)).exists() and body:
                body.held = self.store / str(step.nth)
                body.synced = body.synced or step.what == "fsync"
            if step.what in ("create", "rename", "unlink", "mkdir", "rmdir"):
                body = body or (self._first(step.path) if step.what == "rename" else None)
                changes.append(_Change(step, body, self._sure(step)))
            if step.what == "rename" and body:
                names[step.target] = body
                names.pop(step.path, None)
        return changes, bodies

    def _first(self, path: str) -> Body:
        return Body(self.before / path)

    def _sure(self, step: Step) -> int:
        """The operation that has a change of names on the disk: the next sync of its folder."""
        folder = str(Path(step.target or step.path).parent)
        return next((one.nth for one in self.steps[step.nth :] if one.what == "fsync" and one.path == folder), 1 << 30)

    def _laid(self, changes: list[_Change], loss: str) -> dict[str, Path | bytes | None]:
        tree: dict[str, Body | None] = {"": None}
        for place in sorted(self.before.rglob("*")):
            tree[place.relative_to(self.before).as_posix()] = None if place.is_dir() else Body(place)
        for one in changes:
            step = one.step
            if step.what in ("create", "mkdir"):
                tree[step.path] = one.body
            elif step.what in ("unlink", "rmdir"):
                tree.pop(step.path, None)
            else:
                tree.pop(step.path, None)
                tree[step.target] = one.body
        found: dict[str, Path | bytes | None] = {}
        for name in sorted(tree, key=lambda name: name.count("/") if name else -1):
            parent = str(Path(name).parent)
            if not name or parent == "." or (parent in found and found[parent] is None):
                body = tree[name]
                found[name] = _left(body, loss) if body else None
        return found


def _left(body: Body, loss: str) -> Path | bytes:
    """What is left of a file."""
    if body.held is None:
        return b""
    if body.synced or loss == "whole":
        return body.held
    whole = body.held.read_bytes()
    return whole[: len(whole) // 2] if loss == "half" else b""


def _recorded(before: Path, journal: Path, store: Path, work: Path) -> Recorded:
    """The run that a journal tells of; what happened outside the working directory is left out."""
    steps = []
    for line in journal.read_text(encoding="utf-8").splitlines():
        nth, what, path, target = line.split("\t")
        steps.append(Step(int(nth), what, _below(path, work), _below(target, work)))
    return Recorded(before, steps, store)


def _below(path: str, work: Path) -> str:
    return Path(path).relative_to(work).as_posix() if path else ""


def _materialise(state: dict[str, Path | bytes | None], place: Path) -> None:
    """Make the directory of a state; files are links to the copies, which nobody writes into."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name, body in state.items():
        if body is None:
            (place / name).mkdir(exist_ok=True)
        elif isinstance(body, bytes):
            (place / name).write_bytes(body)
        else:
            (place / name).hardlink_to(body)


def replayed(bench: Bench, case: Case, share: int) -> tuple[int, list[str]]:
    """How many states a power cut may leave of a case, and what is wrong with them.

    It is cut after every rename and removal, and of the other operations after each `share`-th.
    """
    trial = bench.trial(case, ALL)
    case.laid(bench.base, trial.place)
    work, before = trial.place / "work", bench.folder / f"before-{case.name}"
    shutil.copytree(work, before) if work.exists() else before.mkdir()
    journal, store = bench.folder / "journal", bench.folder / f"store-{case.name}"
    store.mkdir()
    fault = bench.fault(trial, COUNT, kinds=ALL, journal=journal)
    assert bench.run(trial, replace(fault, roots=(str(work),), store=str(store))).code == case.code
    run = _recorded(before, journal, store, work)
    held, tried, wrong = [manifest for manifest, _ in trial.held], 0, []
    for nth in range(len(run.steps) + 1):
        if nth % share and run.steps[nth - 1].what not in ("rename", "unlink"):
            continue
        for state in run.states(nth):
            tried += 1
            _materialise(state, bench.folder / "cut")
            wrong += [f"{case.name} after {nth}: {one}" for one in _faults(bench.folder / "cut", held)]
    return tried, wrong


def _faults(work: Path, held: list[Manifest]) -> list[str]:
    """What is wrong with a directory as it was found, and once the next run has put it in order."""
    for _ in range(2):
        workdir = Workdir(work)
        manifest = workdir.manifest()
        if replace(manifest, pending=()) not in held:
            return ["neither old nor new"]
        parts = [*manifest.files.values(), *(part for parts in manifest.tables.values() for part in parts.values())]
        for part in parts:
            place = workdir.locate(manifest, part)
            if not place.exists() or hashlib.sha256(place.read_bytes()).hexdigest() != part.sha256:
                return [f"{part.path} is not what the manifest says"]
        with workdir.writing(0):
            pass
    return ["leftovers"] if (work / ".staging").exists() or (work / "manifest.json.new").exists() else []
