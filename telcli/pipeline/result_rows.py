"""The rows of a small table that a stage has published, for whoever tells of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telcli.pipeline.run import StageRun

__all__ = ["result_rows"]


def result_rows(run: StageRun, table: str) -> list[dict[str, Any]]:
    """Rows of one table that a run gave, as they stand now; none where it gave none, or they are gone since.

    Raises
    ------
    DataError
        The file is not the one that was published.

    >>> from telcli.pipeline.run import StageRun
    >>> result_rows(StageRun("score-value", None, (), {}, (), True, 0, 0, 0), "value_tiers")
    []
    """
    from telcli.pipeline.workdir import Workdir

    if run.workdir is None or not any(output.table == table for output in run.outputs):
        return []
    month = run.as_of.isoformat() if run.as_of else ""
    _, _, frames = Workdir(run.workdir).hold_all(
        lambda manifest: {table: (month,)} if month in manifest.partitions(table) else {}
    )
    return frames[table].collect().to_dicts() if table in frames else []
