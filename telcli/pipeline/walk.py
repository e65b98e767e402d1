"""The whole chain in order."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from telcli.errors import DataError, MissingInputError, TelcliError
from telcli.pipeline.catalog import STAGES
from telcli.pipeline.run import Request, StageRun, run_stage

__all__ = ["INTAKE", "SPARED", "WALK", "walk"]

WALK = tuple(found.name for found in STAGES if not found.aside)

INTAKE = ("ingest", "customer-months")
"""What `telcli ingest` runs: the subjects, and at once the view that every later stage reads."""

SPARED = ("segment", "score-value", "predict-churn")
"""Stages that the report can do without: a table may have no label, or no revenue."""


def walk(
    request: Request,
    told: Callable[[StageRun], None],
    stages: tuple[str, ...] = WALK,
    failed: Callable[[str, TelcliError], None] | None = None,
) -> list[StageRun]:
    """Run stages in walk order, each skipped when it is up to date; `told` hears of each as it ends.

    Only the report renders pages, and only ingest has a mapping, so each choice goes to its own stage. With `failed`,
    the data's refusal of a stage that the report can do without goes there, and the walk goes on.
    """
    runs = []
    for name in stages:
        try:
            run = run_stage(
                name,
                dataclasses.replace(
                    request,
                    sources=request.sources if name == "ingest" else (),
                    choices=request.choices if name in ("ingest", "report") else {},
                    render=request.render if name == "report" else None,
                ),
            )
        except (DataError, MissingInputError) as error:
            # no later stage can work on a month that is not there
            if failed is None or name not in SPARED or error.code == "month-absent":
                raise
            failed(name, error)
        else:
            told(run)
            runs.append(run)
    return runs
