"""Purge, in what was handed out to be filled in: one person's rows leave, those of others stay with what is in them."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from telcli.pipeline.provenance import Manifest, Part, file_sha256
from telcli.pipeline.workdir import HANDED_OUT, Workdir

__all__ = ["Sheets", "sheets_without", "told"]

_MONTH = re.compile(r"as_of=(\d{4}-\d\d-\d\d)/")
_FIRST = date(1980, 1, 1)


@dataclass(frozen=True)
class Sheets:
    """Workbooks that changed, with where the new ones are staged, and those that go whole.

    The hash of one that people had changed stays the one it was handed out with: so it still counts as filled in.
    """

    parts: Mapping[str, Part]
    staged: Mapping[str, Path]
    gone: tuple[str, ...]


def sheets_without(
    workdir: Workdir, manifest: Manifest, names: Sequence[str], tasks: Collection[str], staging: Path
) -> Sheets:
    """The workbooks handed out without a person of these names, who had these tasks."""
    from telcli.io.task_pruner import without

    word = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(name) for name in sorted(names)) + r")(?!\w)")
    sought = re.compile(b"|".join(re.escape(text.encode()) for text in sorted({*names, *tasks})))
    parts: dict[str, Part] = {}
    staged: dict[str, Path] = {}
    gone = []
    for path, part in sorted(manifest.files.items()):
        place = workdir.locate(manifest, part)
        if not path.startswith(HANDED_OUT) or not place.is_file() or not sought.search(told(place)):
            continue
        month = _MONTH.search(path)
        left = without(place, tasks, word, date.fromisoformat(month[1]) if month else _FIRST)
        if left is None:
            gone.append(path)
        elif left != place.read_bytes():
            staged[path] = staging / f"sheet-{len(staged)}.xlsx"
            staged[path].write_bytes(left)
            fresh = dataclasses.replace(part, sha256=file_sha256(staged[path]), bytes=len(left))
            parts[path] = fresh if file_sha256(place) == part.sha256 else part
    return Sheets(parts, staged, tuple(gone))


def told(place: Path) -> bytes:
    """What a page or a workbook says."""
    if not zipfile.is_zipfile(place):
        return place.read_bytes()
    with zipfile.ZipFile(place) as book:
        return b"\n".join(book.read(part) for part in book.namelist())
