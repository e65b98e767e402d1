"""The rows of a small table that a stage has published, for whoever tells of the run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telcli.pipeline.run import StageRun

__all__ = ["result_rows"]


def result_rows(run: StageRun, table: str) -> list[dict[str, Any]]:
    """Rows of one table that a run gave; none where it gave none, or another process has replaced it since.

    >>> from telcli.pipeline.run import StageRun
    >>> result_rows(StageRun("score-value", None, (), {}, (), True, 0, 0, 0), "value_tiers")
    []
    """
    from telcli.io.parquet_files import scanned

    place = next((Path(output.path) for output in run.outputs if output.table == table), None)
    if place is None or not place.is_file():
        return []
    try:
        return scanned(place).collect().to_dicts()
    except FileNotFoundError:
        return []
