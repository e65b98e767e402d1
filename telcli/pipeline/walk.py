"""The whole chain in order."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from telcli.pipeline.catalog import STAGES
from telcli.pipeline.run import Request, StageRun, run_stage

__all__ = ["INTAKE", "WALK", "walk"]

WALK = tuple(found.name for found in STAGES)

INTAKE = ("ingest", "customer-months")
"""What `telcli ingest` runs: the subjects, and at once the view that every later stage reads."""


def walk(
    request: Request,
    told: Callable[[StageRun], None],
    stages: tuple[str, ...] = WALK,
) -> list[StageRun]:
    """Run stages in walk order, each skipped when it is up to date; `told` hears of each as it ends.

    Only the report renders pages, and only ingest has a mapping, so each choice goes to its own stage.
    """
    runs = []
    for name in stages:
        run = run_stage(
            name,
            dataclasses.replace(
                request,
                sources=request.sources if name == "ingest" else (),
                choices=request.choices if name in ("ingest", "report") else {},
                render=request.render if name == "report" else None,
            ),
        )
        told(run)
        runs.append(run)
    return runs
