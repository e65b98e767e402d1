"""A command run into a fault, and what is wrong with what it leaves: nothing, it is to be hoped."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telcli.io.scratch import PREFIX
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
_YEAR, _PAST, _FUTURE = 365 * 86_400, 0, 4_000_000_000
_SCRATCH = re.compile(rf"{re.escape(PREFIX)}[^/]+")


def _told(file: Path) -> str:
    """The hash of a file, and of a key who may read it."""
    mode = f" {file.stat().st_mode & 0o777:o}" if file.suffix == ".key" else ""
    return hashlib.sha256(file.read_bytes()).hexdigest() + mode


def _commits(did: Sequence[tuple[str, str]]) -> list[int]:
    """Which operations put a new manifest in place; of one commit alone none, as old and new are all there is."""
    found = [nth for nth, (what, to) in enumerate(did, 1) if what == "rename" and to.endswith("/manifest.json")]
    return found if len(found) > 2 else []


def digest(place: Path) -> dict[str, str]:
    """Every file by its path below, with the hash of its bytes, and every folder; locks aside."""
    found = {}
    for at in sorted(place.rglob("*")):
        name = at.relative_to(place).as_posix()
        if at.name not in _ASIDE:
            found[name] = _told(at) if at.is_file() else "folder"
    return found


def _outside(trial: Trial, now: dict[str, str]) -> Iterator[str]:
    """Files for others are whole, or as before."""
    for name, found in now.items():
        ours = name.startswith(("out/", "home/")) and "/." not in name and not name.endswith(".part")
        if ours and found not in (trial.before.get(name), trial.after.get(name)):
            yield f"half a file: {name}"


def _other(trial: Trial) -> Iterator[str]:
    """Files that are not as an undisturbed run leaves them."""
    now = digest(trial.place)
    for name in sorted({*now, *trial.after}):
        if now.get(name) != trial.after.get(name):
            how = "other bytes" if name in now and name in trial.after else "left over" if name in now else "missing"
            yield f"after the next run: {how}: {name}"


@dataclass
class Trial:
    """One case, laid out in a folder: what is there before and after an undisturbed run, and how much that does.

    `held` are the manifests that may be found, with what status says then; `did` the operations of the run, each with
    where it led; `known` what was wrong with what was left, by all that was. `lasts` are the seconds of a run that
    computes anew, and of one that does not, as it was of late on a machine that does other things too.
    """

    case: Case
    place: Path
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    done: Ran = field(default_factory=lambda: Ran(0, "", 0))
    lasts: dict[bool, float] = field(default_factory=dict)
    held: list[tuple[Manifest, Status | None]] = field(default_factory=list)
    did: list[tuple[str, str]] = field(default_factory=list)
    known: dict[frozenset[tuple[str, str]], list[str]] = field(default_factory=dict)


@dataclass
class Bench:
    """Where cases are tried: a base of data, a folder to lay them out in, and the server."""

    base: Path
    folder: Path
    under: Under
    tally: Counter[str] = field(default_factory=Counter)
    opened: set[str] = field(default_factory=set)
    known: dict[tuple[str, int], Trial] = field(default_factory=dict)

    def run(self, trial: Trial, fault: Fault | None, *, anew: bool = False, again: bool = False) -> Ran:
        """The command of a trial, or what comes after it was cut short."""
        case, place = trial.case, trial.place
        words = case.typed(self.base, place, case.then if again else ())
        if again and case.later and self._through(trial):
            words = case.typed(self.base, place, case.later)
        keyed = {} if case.keyed else {"TELCLI_KEY": ""}
        memory = None if anew else self._memory(case)
        env = {"TMPDIR": str(place / "tmp"), "XDG_CONFIG_HOME": str(place / "home"), **keyed}
        return self.under.run(words, fault, home=place, remembered=memory, **env)

    def _through(self, trial: Trial) -> bool:
        """Whether what a case does is published."""
        manifest = Workdir(trial.place / "work").manifest()
        return dataclasses.replace(manifest, pending=()) == trial.held[-1][0]

    def _memory(self, case: Case) -> Path:
        place = self.base / "memory" / case.name
        place.mkdir(parents=True, exist_ok=True)
        return place

    def trial(self, case: Case, kinds: int = METADATA) -> Trial:
        """What a case does undisturbed, which is looked at once."""
        if (case.name, kinds) not in self.known:
            self.known[case.name, kinds] = self._tried(case, kinds)
        return self.known[case.name, kinds]

    def _tried(self, case: Case, kinds: int) -> Trial:
        """Run a case undisturbed, twice, as what it computes is known the second time; then up to each of its commits.

        A command of several stages commits each: what stands after one of them is whole too.
        """
        trial, journal = Trial(case, self.folder / "case"), self.folder / "journal"
        for anew in (True, False):
            case.laid(self.base, trial.place)
            trial.before, trial.held = digest(trial.place), [self._seen(trial)]
            trial.done = self.run(trial, self.fault(trial, COUNT, kinds=kinds, journal=journal))
            trial.lasts[anew] = trial.done.seconds
            lines = journal.read_text(encoding="utf-8").splitlines()
            trial.did = [(what, target) for _, what, _, target in (line.split("\t") for line in lines)]
            if trial.done.code != case.code:
                raise RuntimeError(f"{case.name} ends with {trial.done.code}: {trial.done.said[-600:]}")
        trial.after = digest(trial.place)
        last = self._seen(trial)
        for nth in _commits(trial.did):
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

    def faults_of(self, trial: Trial) -> list[str]:
        """What is wrong with what a cut run left, nothing, it is to be hoped; of the same files it is the same."""
        left = digest(trial.place)
        key = frozenset((_SCRATCH.sub(PREFIX, name), found) for name, found in left.items())
        if key not in trial.known:
            trial.known[key] = [*self._inside(trial), *_outside(trial, left)]
        return trial.known[key]

    def _inside(self, trial: Trial) -> Iterator[str]:
        """What is wrong with the working directory."""
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

    def faults_after(self, trial: Trial) -> Iterator[str]:
        """What is wrong after the next run."""
        again = self.run(trial, None, again=True)
        if again.code != trial.case.code:
            yield f"the next run ends with {again.code}: {again.said.strip()[-300:]}"
        yield from _other(trial)

    def refused(self, trial: Trial, way: int, nth: int, error: int) -> tuple[Ran, list[str]]:
        """Run a case while the system refuses: what it says, and what is wrong with that and with what it leaves."""
        trial.case.laid(self.base, trial.place)
        ran = self.run(trial, self.fault(trial, way, nth, ALL, error=error))
        self.tally["refused"] += ran.code == 2
        wrong = [*self.faults_of(trial)]
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
        """Lay a case out, run it into faults one after the other; look at what is left each time, and after all.

        One that gets through is not run into more of them.
        """
        trial.case.laid(self.base, trial.place)
        wrong = []
        for nth, fault in enumerate(faults):
            ran = self.run(trial, fault, anew=anew, again=nth > 0)
            self.tally["runs"] += 1
            self.tally["killed"] += ran.killed
            if not ran.killed and ran.code != trial.case.code:
                wrong.append(f"ended with {ran.code}: {ran.said.strip()[-300:]}")
            wrong += self.faults_of(trial)
            if not ran.killed:
                trial.lasts[anew] += (ran.seconds - trial.lasts[anew]) / 3
                break
        return [*wrong, *self.faults_after(trial)]

    def leaps(self, trial: Trial) -> list[str]:
        """What is wrong where the clock leaps by a year within a run, and between one that was cut and the next.

        What is there has days of the far future first, and those of long ago afterwards.
        """
        wrong, middle = [], trial.done.done // 2
        for cut, days in ((0, _FUTURE), (middle, _FUTURE), (middle, _PAST)):
            trial.case.laid(self.base, trial.place)
            if cut:
                self.run(trial, self.fault(trial, KILL, cut, ALL, leap=_YEAR))
            for file in trial.place.rglob("*"):
                os.utime(file, (days, days))
            ran = self.run(trial, self.fault(trial, COUNT, leap=_YEAR), again=bool(cut))
            self.tally["leaps"] += 1
            if ran.code != trial.case.code:
                wrong.append(f"ended with {ran.code}: {ran.said.strip()[-300:]}")
            wrong += _other(trial)
        return [f"{trial.case.name}, the clock leaping: {one}" for one in wrong]
