"""A command run into a fault, and what is wrong with what it leaves: nothing, it is to be hoped."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telcli.pipeline.provenance import Manifest, Part
from telcli.pipeline.run import Request
from telcli.pipeline.status import Status, status
from telcli.pipeline.verify import verify
from telcli.pipeline.workdir import Workdir
from tests.trust.cases import Case
from tests.trust.under import ALL, COUNT, DISK_FULL, KILL, METADATA, QUOTA, Fault, Ran, Under

__all__ = ["Bench", "Trial", "digest"]

_ASIDE = (".lock", "audit.jsonl")
"""What no two runs have alike: who holds the lock, and the log of who took what out when."""


def _told(file: Path) -> str:
    """The hash of a file, and of a key who may read it."""
    mode = f" {file.stat().st_mode & 0o777:o}" if file.suffix == ".key" else ""
    return hashlib.sha256(file.read_bytes()).hexdigest() + mode


def _commits(journal: Path) -> list[int]:
    """Which of the operations in a journal put a new manifest in place."""
    lines = [line.split("\t") for line in journal.read_text(encoding="utf-8").splitlines()]
    return [int(nth) for nth, what, _, target in lines if what == "rename" and target.endswith("/manifest.json")]


def digest(place: Path) -> dict[str, str]:
    """Every file by its path below, with the hash of its bytes, and every folder; locks aside."""
    found = {}
    for at in sorted(place.rglob("*")):
        name = at.relative_to(place).as_posix()
        if at.name not in _ASIDE:
            found[name] = _told(at) if at.is_file() else "folder"
    return found


@dataclass
class Trial:
    """One case, laid out in a folder: what is there before and after an undisturbed run, and how much that does."""

    case: Case
    place: Path
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    done: Ran = field(default_factory=lambda: Ran(0, "", 0))
    held: list[tuple[Manifest, Status | None]] = field(default_factory=list)


@dataclass
class Bench:
    """Where cases are tried: a base of data, a folder to lay them out in, and the server."""

    base: Path
    folder: Path
    under: Under
    tally: Counter[str] = field(default_factory=Counter)
    opened: set[str] = field(default_factory=set)

    def run(self, trial: Trial, fault: Fault | None, *, anew: bool = False, again: bool = False) -> Ran:
        """The command of a trial, or what comes after it was cut short."""
        case, place = trial.case, trial.place
        words = case.typed(self.base, place, case.then if again else ())
        keyed = {} if case.keyed else {"TELCLI_KEY": ""}
        memory = None if anew else self._memory(case)
        env = {"TMPDIR": str(place / "tmp"), "XDG_CONFIG_HOME": str(place / "home"), **keyed}
        return self.under.run(words, fault, home=place, remembered=memory, **env)

    def _memory(self, case: Case) -> Path:
        place = self.base / "memory" / case.name
        place.mkdir(parents=True, exist_ok=True)
        return place

    def trial(self, case: Case, kinds: int = METADATA) -> Trial:
        """Run a case undisturbed, twice, as what it computes is known the second time; then up to each of its commits.

        A command of several stages commits each: what stands after one of them is whole too.
        """
        trial, journal = Trial(case, self.folder / "case"), self.folder / "journal"
        for _ in range(2):
            case.laid(self.base, trial.place)
            trial.before, trial.held = digest(trial.place), [self._seen(trial)]
            trial.done = self.run(trial, self.fault(trial, COUNT, kinds=kinds, journal=journal))
            if trial.done.code != case.code:
                raise RuntimeError(f"{case.name} ends with {trial.done.code}: {trial.done.said[-600:]}")
        trial.after = digest(trial.place)
        last = self._seen(trial)
        for nth in _commits(journal):
            case.laid(self.base, trial.place)
            self.run(trial, self.fault(trial, KILL, nth + 1, kinds))
            trial.held.append(self._seen(trial))
        trial.held.append(last)
        if any(name.startswith("tmp/") for name in trial.after):
            raise RuntimeError(f"{case.name} leaves files in the temporary folder")
        return trial

    def fault(
        self, trial: Trial, way: int, nth: int = 0, kinds: int = METADATA, journal: Path | None = None, **more: Any
    ) -> Fault:
        """A fault in everything below the folder of the case."""
        return Fault((str(trial.place),), way, nth, kinds=kinds, journal=str(journal or ""), **more)

    def _seen(self, trial: Trial) -> tuple[Manifest, Status | None]:
        """The manifest but for moves to come, and the status; every table opens, and is what the manifest says."""
        work = trial.place / "work"
        if not work.is_dir():
            return Manifest(), None
        workdir = Workdir(work)
        manifest = workdir.manifest()
        for table in manifest.tables:
            for part in manifest.tables[table].values():
                self._sound(workdir.locate(manifest, part), part)
        for part in manifest.files.values():
            self._sound(workdir.locate(manifest, part), part)
        told = dataclasses.replace(status(Request(work)), interrupted=False) if manifest.tables else None
        return dataclasses.replace(manifest, pending=()), told

    def _sound(self, place: Path, part: Part) -> None:
        """A file is what the manifest says; a table opens, which is tried once for the same bytes."""
        import polars as pl

        found = hashlib.sha256(place.read_bytes()).hexdigest()
        assert found == part.sha256, part.path
        if found not in self.opened and place.suffix == ".parquet":
            assert pl.read_parquet(place, glob=False).height == part.rows, part.path
        self.opened.add(found)

    def faults_of(self, trial: Trial) -> Iterator[str]:
        """What is wrong with what a cut run left: nothing, it is to be hoped."""
        try:
            found = self._seen(trial)
        except Exception as error:
            yield f"does not open: {error!r}"
        else:
            if found[0] not in [held for held, _ in trial.held]:
                yield "neither old nor new"
            elif found not in trial.held:
                yield f"status says something else: {found[1]}"
            elif found[1]:
                told = verify(trial.place / "work")
                yield from (f"verify says: {one}" for one in (*told.damaged, *told.unknown))
        yield from self._outside(trial)

    def faults_after(self, trial: Trial) -> Iterator[str]:
        """What is wrong after the next run."""
        again = self.run(trial, None, again=True)
        if again.code != trial.case.code:
            yield f"the next run ends with {again.code}: {again.said.strip()[-300:]}"
        now = digest(trial.place)
        for name in sorted({*now, *trial.after}):
            if now.get(name) != trial.after.get(name):
                how = (
                    "other bytes" if name in now and name in trial.after else "left over" if name in now else "missing"
                )
                yield f"after the next run: {how}: {name}"

    def _outside(self, trial: Trial) -> Iterator[str]:
        """Files for others are whole, or as before."""
        now = digest(trial.place)
        for name, found in now.items():
            ours = name.startswith(("out/", "home/")) and "/." not in name and not name.endswith(".part")
            if ours and found not in (trial.before.get(name), trial.after.get(name)):
                yield f"half a file: {name}"

    def refused(self, trial: Trial, way: int, nth: int, error: int) -> tuple[Ran, list[str]]:
        """Run a case while the system refuses: what it says, and what is wrong with that and with what it leaves."""
        trial.case.laid(self.base, trial.place)
        ran = self.run(trial, self.fault(trial, way, nth, ALL, error=error))
        self.tally["refused"] += ran.code == 2
        wrong = list(self.faults_of(trial))
        if ran.code not in (2, trial.case.code):
            wrong.append(f"code {ran.code}: {ran.said.strip()[-200:]}")
        now = digest(trial.place)
        if ran.code == 2 and "published" not in ran.said:
            if self._seen(trial)[0] == trial.held[0][0]:  # else a stage before the one that was refused is through
                changed = {name for name in {*now, *trial.before} if now.get(name) != trial.before.get(name)}
                wrong += [f"changed: {name}" for name in sorted(changed)]
            if error in (DISK_FULL, QUOTA) and "There is no room left" not in ran.said:
                wrong.append(f"says: {ran.said.strip()[-200:]}")
        return ran, [f"{trial.case.name} at {nth}, {os.strerror(error)}: {one}" for one in wrong]

    def cut(self, trial: Trial, faults: Sequence[Fault], *, anew: bool = False) -> list[str]:
        """Lay a case out, run it into faults one after the other; look at what is left each time, and after all."""
        trial.case.laid(self.base, trial.place)
        wrong = []
        for fault in faults:
            ran = self.run(trial, fault, anew=anew)
            self.tally["runs"] += 1
            self.tally["killed"] += ran.killed
            if not ran.killed and ran.code != trial.case.code:
                wrong.append(f"ended with {ran.code}: {ran.said.strip()[-300:]}")
            wrong += self.faults_of(trial)
        return [*wrong, *self.faults_after(trial)]
