"""Files that a stage hands out to be filled in: what somebody wrote into one is not written over."""

from __future__ import annotations

from telcli.errors import UsageError
from telcli.pipeline.provenance import Record, file_sha256
from telcli.pipeline.stage import Stage
from telcli.pipeline.workdir import HANDED_OUT, Workdir

__all__ = ["unchanged"]


def unchanged(workdir: Workdir, stage: Stage, known: Record) -> None:
    """See that no file which the stage's last run of this month handed out was changed since.

    Raises
    ------
    UsageError
        One was.
    """
    for path in sorted(path for path in known.files if path.startswith(HANDED_OUT)):
        place = workdir.path / path
        if place.is_file() and file_sha256(place) != known.files[path]:
            raise UsageError(
                "sheet-filled",
                "{file} was filled in since {stage} wrote it, and another run would write over it. Nothing was done.",
                hint="Bring it in first: telcli import-outcomes {file} -w {workdir}. Or copy it, and add --force.",
                file=str(place),
                stage=stage.name,
                workdir=str(workdir.path),
            )
