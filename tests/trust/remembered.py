"""What a stage computed is remembered in a file: so a thousand runs that differ in where they die compute once.

Loading, checking, staging, publishing and recording stay as they are. Used where a run is cut at each of its operations
on files in turn; runs that are ended at random instants compute as ever.
"""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["remember"]


def remember(folder: Path) -> None:
    """Have every stage of this process look there first, by its name; ingest computes, as it reads while it stages."""
    from telcli.pipeline import publish as publishing
    from telcli.pipeline.stage import Stage

    load, publish = Stage.load, publishing.publish

    def loaded(stage: Stage) -> Callable[..., Any]:
        return load(stage) if stage.name == "ingest" else lambda inputs, settings: _outcome(stage, inputs, settings)

    def _outcome(stage: Stage, inputs: Any, settings: Any) -> Any:
        return _once(folder / f"{stage.name}.outcome", lambda: _settled(load(stage)(inputs, settings)))

    def published(
        stage: Stage, workdir: Any, manifest: Any, outcome: Any, settings: Any, basis: Any, render: Any, *more: Any
    ) -> Any:
        drawn = render and (lambda frame: _once(folder / f"{stage.name}.pages", lambda: dict(render(frame))))
        return publish(stage, workdir, manifest, outcome, settings, basis, drawn, *more)

    Stage.load = loaded  # type: ignore[method-assign,assignment]
    publishing.publish = published


def _settled(outcome: Any) -> Any:
    tables = {name: frame.collect().lazy() for name, frame in outcome.tables.items()}
    return dataclasses.replace(outcome, tables=tables)


def _once(place: Path, make: Callable[[], Any]) -> Any:
    if not place.exists():
        place.write_bytes(pickle.dumps(make()))
    return pickle.loads(place.read_bytes())  # noqa: S301 - written by this test
