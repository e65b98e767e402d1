"""``telcli gc``: what the settings no longer keep leaves the working directory, at one instant."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telcli import settings as knobs
from telcli.errors import Notice, UsageError
from telcli.pipeline.audit import note
from telcli.pipeline.gc_plan import Plan, month_of, planned
from telcli.pipeline.gc_texts import without_texts, written
from telcli.pipeline.provenance import Manifest, Part, file_sha256
from telcli.pipeline.storing import storing
from telcli.pipeline.workdir import MANIFEST, Workdir
from telcli.settings.keeping_months import LEAST, GcSettings

__all__ = ["Collected", "after_run", "gc"]

_PART = re.compile(r"\..+\.(\d+)\.part")
"""What earlier versions called a file that was being written, by the process that wrote it."""


@dataclass(frozen=True)
class Collected:
    """What went, or with `dry_run` would go: files and bytes by kind, records of runs, loads told in one line, and
    months of contacts whose texts went.

    Bytes kept are those of the tables, models, pages and sheets that stay.
    """

    dry_run: bool
    removed: Mapping[str, tuple[int, int]]
    records: int
    loads: int
    texts: int
    kept_bytes: int
    notices: tuple[Notice, ...]

    @property
    def removed_files(self) -> int:
        """Files that went."""
        return sum(files for files, _ in self.removed.values())

    @property
    def removed_bytes(self) -> int:
        """Their bytes."""
        return sum(size for _, size in self.removed.values())


def gc(directory: Path, *, dry_run: bool = False, wait: float = 0.0) -> Collected:
    """Let go what the section [gc] of the settings does not keep, and what interrupted runs left.

    What a later run looks back on stays, and so does what people filled in and nobody imported.

    Raises
    ------
    MissingInputError
        There is no such working directory.
    UsageError
        The settings keep fewer months than stages look back on.
    """
    workdir = Workdir(directory)
    manifest = workdir.manifest()  # one that does not exist is told before it would be made
    settings = knobs.settled("gc", directory)
    _enough(settings)
    if dry_run:
        return _told(directory, _planned(workdir, manifest, settings), _leftovers(directory), dry_run=True)
    with workdir.writing(wait) as manifest:
        plan, left = _planned(workdir, manifest, settings), _leftovers(directory)
        done = _told(directory, plan, left, dry_run=False)
        warned = note(directory, "gc", files=done.removed_files) if done.removed_files else ()
        with storing(directory):
            new, staged = without_texts(workdir, plan.manifest, plan.texts, plan.texts_since)
        if new != manifest:
            workdir.commit(manifest, new, staged)
        for place in left:
            place.unlink(missing_ok=True)
    return dataclasses.replace(done, notices=(*done.notices, *warned))


def after_run(directory: Path, wait: float = 0.0) -> Collected | None:
    """`gc`, where the settings ask for it at the end of `telcli run`; None where they do not."""
    return gc(directory, wait=wait) if knobs.settled("gc", directory).after_run == "on" else None


def _enough(settings: GcSettings) -> None:
    for name in ("keep_months", "keep_detail"):
        if 0 < getattr(settings, name) < LEAST:
            raise UsageError(
                "gc-too-few",
                "[gc] {name} = {months} is less than the {least} months that stages look back on.",
                hint="Set it to {least} or more, or to 0, which keeps all.",
                name=name,
                months=getattr(settings, name),
                least=LEAST,
            )


def _planned(workdir: Workdir, manifest: Manifest, settings: GcSettings) -> Plan:
    read = _imported(manifest)

    def unread(part: Part) -> bool:
        place = workdir.locate(manifest, part)
        if not place.is_file():
            return False
        found = file_sha256(place)
        if found == part.sha256 or found in read:
            return False
        from telcli.io.task_pruner import blank

        return not blank(place)

    plan = planned(manifest, settings, frozenset(_held(workdir, manifest)), unread)
    if plan.texts_since:
        plan = dataclasses.replace(plan, texts=written(workdir, plan.manifest, plan.texts_since))
    since = min((month_of(part.path) for part in plan.gone.get("tasks", ())), default="")
    return dataclasses.replace(plan, manifest=_forgetting(plan.manifest, since)) if since else plan


def _imported(manifest: Manifest) -> Mapping[str, str]:
    """Sheets that were read, by their hash."""
    record = manifest.stages.get("import-outcomes", {}).get("")
    return record.marks if record else {}


def _forgetting(manifest: Manifest, since: str) -> Manifest:
    """The manifest in which sheets that were read are known no more once no sheet of their month is there."""
    record = manifest.stages.get("import-outcomes", {}).get("")
    if record is None:
        return manifest
    there = {month_of(path) for path in manifest.files if path.startswith("tasks/")}
    marks = {
        sha: name for sha, name in record.marks.items() if month_of(name) in {"", *there} or month_of(name) < since
    }
    stages = {**manifest.stages, "import-outcomes": {"": dataclasses.replace(record, marks=marks)}}
    return dataclasses.replace(manifest, stages=stages)


def _held(workdir: Workdir, manifest: Manifest) -> Iterator[str]:
    """Files of models that settings name, or that the last run of a stage was told to score with."""
    named = [knobs.settled("predict-churn", workdir.path).model]
    for records in manifest.stages.values():
        if records:
            named.append(records[max(records)].basis.settings.get("model", ""))
    top = workdir.path.resolve()
    for name in filter(None, named):
        place = Path(str(name)).expanduser().resolve()
        if place.is_relative_to(top):
            under = str(place.relative_to(top)).removesuffix(".skops").removesuffix(".json")
            yield from (path for path in manifest.files if path.startswith(under))


def _leftovers(directory: Path) -> list[Path]:
    """Files that a run was writing when its process ended; hold the lock, or only look."""
    found = [directory / f"{MANIFEST}.new"] if (directory / f"{MANIFEST}.new").is_file() else []
    for place in sorted(directory.rglob(".*.part")):
        parted = _PART.fullmatch(place.name)
        if parted and place.is_file() and not place.is_symlink() and not _runs(int(parted[1])):
            found.append(place)
    return found


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _told(directory: Path, plan: Plan, left: list[Path], *, dry_run: bool) -> Collected:
    removed = {kind: (len(parts), sum(part.bytes for part in parts)) for kind, parts in plan.gone.items()}
    if left:
        removed["leftovers"] = (len(left), sum(place.stat().st_size for place in left))
    parts = [part for parts in plan.manifest.tables.values() for part in parts.values()]
    kept = sum(part.bytes for part in (*parts, *plan.manifest.files.values()))
    return Collected(
        dry_run, removed, plan.records, plan.loads, len(plan.texts), kept, tuple(_notices(directory, plan))
    )


def _notices(directory: Path, plan: Plan) -> Iterator[Notice]:
    values: dict[str, Any]
    if plan.needed:
        values = {"month": plan.needed[:7]}
        yield Notice(
            "gc-facts-needed",
            "Facts from {month} on stay, though keep_facts asks for fewer months: customer_months is made of them. To "
            "keep fewer, set max_months of [customer-months] to fewer too, and run it.",
            values,
        )
    if plan.filled:
        values = {"count": len(plan.filled), "file": str(directory / plan.filled[0])}
        yield Notice(
            "gc-sheets-filled",
            "Task sheets that were filled in and not imported stay: {count}, such as {file}. To bring them in: telcli "
            "import-outcomes",
            values,
        )
