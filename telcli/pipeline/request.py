"""What the analyst asked of a stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.stages import Progress, silent

if TYPE_CHECKING:
    from telcli.pipeline.sources import Source
    from telcli.pipeline.stage import Render

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """What the analyst asked for, whatever the stage.

    Parameters
    ----------
    flags : settings given on the command line, by name; None means not given.
    choices : words of the command line that are no settings and change the result (mapping, language of a page).
    render : makes the pages of a report stage.
    """

    workdir: Path
    as_of: date | None = None
    flags: Mapping[str, Any] = field(default_factory=dict)
    wait: float = 0.0
    force: bool = False
    sources: tuple[Source, ...] = ()
    choices: Mapping[str, Any] = field(default_factory=dict)
    progress: Progress = silent
    render: Render | None = None
