"""``telcli verify``: every published file against its hash. Reads all bytes and writes none; needs no lock."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from telcli.errors import DataError
from telcli.io.scratch import PREFIX
from telcli.pipeline.audit import LOG, broken
from telcli.pipeline.lock import held_by
from telcli.pipeline.provenance import Manifest, Part, file_sha256, format_of
from telcli.pipeline.refusals import REFUSED
from telcli.pipeline.remade import UNKNOWN, Remade, remade
from telcli.pipeline.workdir import HANDED_OUT, LOCK, MANIFEST, STAGING, Workdir
from telcli.stages import Progress, silent

__all__ = ["Damage", "Verified", "damage_error", "verify"]

MISSING, SIZE, CONTENT, UNREADABLE, CHAIN = "missing", "size", "content", "unreadable", "chain"
_OWN = (MANIFEST, LOCK, LOG, REFUSED, "telcli.toml")
"""Files beside those of the manifest that belong here."""
_LEFT = (f"{MANIFEST}.new",)
_AT_ONCE = 2


@dataclass(frozen=True)
class Damage:
    """One file that is not as it was published, and what makes it again: see `telcli.pipeline.remade.Remade`.

    `why` is ``missing``, ``size``, ``content``, ``unreadable`` (the disk does not give it back), or ``chain`` (lines of
    the audit log are not as they were written).
    """

    file: str
    table: str
    stage: str
    why: str
    command: str
    how: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verified:
    """What was looked at, and what is wrong.

    `filled` are task sheets that people wrote into or took away, `leftovers` files of runs that were interrupted, which
    the next command that writes removes, `unknown` files that telcli did not write, `interrupted` says that the last
    commit is not carried out to the end, and `format` is that of the manifest.
    """

    workdir: Path
    files: int
    bytes: int
    damaged: tuple[Damage, ...]
    filled: tuple[str, ...]
    leftovers: tuple[str, ...]
    unknown: tuple[str, ...]
    interrupted: bool
    format: int

    @property
    def sound(self) -> bool:
        """Whether every file is as it was published."""
        return not self.damaged


def verify(directory: Path, progress: Progress = silent) -> Verified:
    """Compare every file that the manifest names with its hash, and tell of others that lie about.

    Files are read in pieces, so that memory does not grow with them. What another process commits meanwhile is taken as
    it stands in the end.

    Raises
    ------
    MissingInputError
        There is no such working directory.
    DataError
        The manifest itself is damaged, or of a newer telcli.
    """
    workdir = Workdir(directory)
    sound: set[tuple[str, str]] = set()
    for again in count():
        manifest = workdir.manifest()
        bad = dict(_bad(workdir, manifest, sound, progress))
        leftovers, unknown = _beside(workdir, manifest)
        if not (bad or unknown) or workdir.stands(manifest, again):
            break
    parts = _parts(manifest)
    filled = tuple(path for path in sorted(bad) if path.startswith(HANDED_OUT) and bad[path] != UNREADABLE)
    damaged = [_damage(manifest, directory, path, bad[path]) for path in sorted(bad) if path not in filled]
    if broken(directory / LOG):
        damaged.append(Damage(LOG, "", "", CHAIN, f"telcli audit -w {directory}", UNKNOWN))
    return Verified(
        workdir=directory,
        files=len(parts),
        bytes=sum(part.bytes for part in parts.values()),
        damaged=tuple(damaged),
        filled=filled,
        leftovers=leftovers,
        unknown=unknown,
        interrupted=bool(manifest.pending),
        format=format_of(directory / MANIFEST),
    )


def damage_error(found: Verified) -> DataError | None:
    """What is to be said where something is damaged; None where nothing is."""
    if found.sound:
        return None
    return DataError(
        "verify-damaged",
        "Damaged: {count} of the {files} files of {workdir}.",
        hint="Each is named above with what makes it again; nothing that is damaged is read meanwhile.",
        count=len(found.damaged),
        files=found.files,
        workdir=str(found.workdir),
    )


def _parts(manifest: Manifest) -> dict[str, Part]:
    """Every file that the manifest names, by path."""
    tables = {part.path: part for parts in manifest.tables.values() for part in parts.values()}
    return tables | dict(manifest.files)


def _bad(
    workdir: Workdir, manifest: Manifest, sound: set[tuple[str, str]], progress: Progress
) -> Iterator[tuple[str, str]]:
    """Files that are not as they were published, and why; those found sound are noted, so as to be read once."""
    parts = [part for path, part in sorted(_parts(manifest).items()) if (path, part.sha256) not in sound]
    done, whole = 0, sum(part.bytes for part in parts) >> 20
    with ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1)) as pool:
        for part, why in zip(parts, pool.map(lambda one: _why(workdir, manifest, one), parts), strict=True):
            done += part.bytes
            progress("MB checked", min(done >> 20, whole), whole)
            if why:
                yield part.path, why
            else:
                sound.add((part.path, part.sha256))


def _why(workdir: Workdir, manifest: Manifest, part: Part) -> str:
    place = workdir.locate(manifest, part)
    try:
        if not place.is_file():
            return MISSING
        if place.stat().st_size != part.bytes:
            return SIZE
        return "" if file_sha256(place) == part.sha256 else CONTENT
    except FileNotFoundError:
        return MISSING
    except OSError:
        return UNREADABLE


def _damage(manifest: Manifest, directory: Path, path: str, why: str) -> Damage:
    again: Remade = remade(manifest, directory, path)
    table = path.split("/", maxsplit=1)[0] if path not in manifest.files else ""
    return Damage(path, table, again.stage, why, again.command, again.how, again.sources)


def _beside(workdir: Workdir, manifest: Manifest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Files that the manifest does not name: what interrupted runs left, and what telcli did not write."""
    known: Mapping[str, object] = {**_parts(manifest), **dict.fromkeys(_OWN)}
    promised = {move.source or move.target for move in manifest.pending}  # moves and removals that are still to come
    found = sorted(path for path in _walked(workdir.path) if path not in known and path not in promised)
    left = [path for path in found if path.startswith((f"{STAGING}/", PREFIX)) or path in _LEFT]
    if left and held_by(workdir.path / LOCK) is not None:
        return (), tuple(path for path in found if path not in left)  # a run that goes on is not interrupted
    return tuple(left), tuple(path for path in found if path not in left)


def _walked(top: Path) -> Iterator[str]:
    """Paths of all files from a folder; links to folders are not followed."""
    for folder, _, names in os.walk(top):
        for name in names:
            yield Path(folder, name).relative_to(top).as_posix()
