"""``telcli migrate``: a working directory of an earlier format becomes one of this format, at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from telcli.pipeline.provenance import FORMAT, format_of
from telcli.pipeline.workdir import MANIFEST, Workdir

__all__ = ["Migrated", "migrate"]


@dataclass(frozen=True)
class Migrated:
    """From which format to which; `changed` says whether anything was written."""

    workdir: Path
    was: int
    now: int
    changed: bool


def migrate(directory: Path, wait: float = 0.0, *, dry_run: bool = False) -> Migrated:
    """Write the manifest anew in the format of this version; tables and files stay as they are, byte for byte.

    With `dry_run` nothing is written, and `changed` says whether something would be.

    Raises
    ------
    MissingInputError
        There is no such working directory.
    DataError
        It is of a newer telcli, or its manifest is damaged.
    BusyError
        Another process writes into it.
    """
    workdir = Workdir(directory)
    workdir.manifest()  # one that is damaged, newer or not there is told before anything is made
    was = format_of(directory / MANIFEST)
    if dry_run or was == FORMAT:
        return Migrated(directory, was, FORMAT, was != FORMAT)
    with workdir.writing(wait) as manifest:
        workdir.commit(manifest, manifest, {})
    return Migrated(directory, was, FORMAT, changed=True)
