"""Engines beside the embedded one, which `telcli.stages.engine` holds, and the choice among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telcli.errors import UsageError
from telcli.pipeline.engines.sight import Opened, Sight
from telcli.stages.engine import EMBEDDED, Engine

__all__ = ["Opened", "engine_for"]


def engine_for(stage: str, settings: Any, flags: Mapping[str, Any], opened: Opened) -> Engine:
    """The engine that the settings name; of a stage whose settings name none, the embedded one.

    `flags` are the settings given on the command line: a cluster named there and not used is a mistake.

    Raises
    ------
    UsageError, MissingInputError
        The settings do not name a cluster, or what it needs is not there.
    """
    if getattr(settings, "engine", "embedded") != "spark":
        if flags.get("master"):
            raise UsageError(
                "master-unused",
                "A Spark cluster is named, {master}, but customers are worked on in this process.",
                hint="Add: --engine spark",
                master=flags["master"],
            )
        return EMBEDDED
    from telcli.pipeline.engines.spark import Spark
    from telcli.pipeline.engines.spark_session import require

    require(settings.master, stage)
    return Spark(settings.master, Sight(opened, settings.workdir_uri))
