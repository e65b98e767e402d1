"""Which sources delivered for which months, as the ledger of loads tells. Reads the manifest alone: no data."""

from __future__ import annotations

import re

from telcli.pipeline.opened import FILE
from telcli.pipeline.request import Request
from telcli.pipeline.workdir import Workdir

__all__ = ["deliveries_of"]

_DATED = re.compile(r"(?:19|20)\d{2}[-_.]?\d{2}(?:[-_.]?\d{2})?")
"""A date in the name of a file, as ingest takes it."""


def deliveries_of(request: Request) -> dict[str, list[str]]:
    """By source, its name without dates, the months (ISO days) that it delivered for.

    Each load counts for the newest month of what it gave.
    Loads that a later one replaced are in the ledger no more, nor are their deliveries.

    Raises
    ------
    MissingInputError
        There is no such directory.
    """
    found: dict[str, set[str]] = {}
    for load in Workdir(request.workdir).manifest().loads:
        months = [month for gave in load.get("gave", {}).values() for month in gave if month]
        for source in load["sources"] if months else ():
            if not source.startswith(FILE):
                found.setdefault(_DATED.sub("*", source), set()).add(max(months))
    return {source: sorted(found[source]) for source in sorted(found)}
