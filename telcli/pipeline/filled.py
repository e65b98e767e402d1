"""Files that a stage hands out to be filled in: what somebody wrote into one is not written over."""

from __future__ import annotations

from telcli.errors import UsageError
from telcli.pipeline.provenance import Manifest, Record, file_sha256
from telcli.pipeline.stage import Stage
from telcli.pipeline.workdir import HANDED_OUT, Workdir

__all__ = ["not_closed", "unchanged"]


def not_closed(stage: Stage, manifest: Manifest, as_of: str) -> None:
    """See that nothing came yet of what the stage's last run of this month set going.

    Raises
    ------
    UsageError
        A table that closes the month holds it.
    """
    for table in stage.closed_by:
        if as_of in manifest.partitions(table):
            raise UsageError(
                "outcomes-came",
                "{stage} of {month} is not run again: {table} holds what came of it, and another run could change who "
                "is held out. Nothing was done.",
                hint="Plan the next month, or add --force to run it all the same.",
                stage=stage.name,
                month=as_of[:7],
                table=table,
            )


def unchanged(workdir: Workdir, stage: Stage, known: Record) -> None:
    """See that nothing was written into a file which the stage's last run of this month handed out.

    One that was opened and saved, or handed out in another language, holds nothing that would be lost.

    Raises
    ------
    UsageError
        Something was.
    """
    from telcli.io.task_pruner import blank

    for path in sorted(path for path in known.files if path.startswith(HANDED_OUT)):
        place = workdir.path / path
        if place.is_file() and file_sha256(place) != known.files[path] and not blank(place):
            raise UsageError(
                "sheet-filled",
                "{file} was filled in since {stage} wrote it, and another run would write over it. Nothing was done.",
                hint="Bring it in first: telcli import-outcomes {file} -w {workdir}. Or copy it, and add --force.",
                file=str(place),
                stage=stage.name,
                workdir=str(workdir.path),
            )
