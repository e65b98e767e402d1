"""What a shell may offer at the end of a line: names that telcli knows, and those of the working directory.

Nothing is told where something is wrong: the command itself says it, once the line is run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telcli.pipeline.workdir import Workdir

__all__ = ["columns", "dimensions", "fail_if", "kinds_of_change", "metric_names", "months", "pivots", "table_names"]

Offered = list[tuple[str, str]]


def table_names(incomplete: str) -> Offered:
    """Complete a table's name; light, so that completion stays quick."""
    from telcli.tables import NAMES

    return [(name, "") for name in NAMES if name.startswith(incomplete)]


def metric_names(incomplete: str) -> Offered:
    """Complete a metric's name, or the last of several, with what it means."""
    from telcli.tables.metric_dictionary import metrics

    before, last = _last_of(incomplete)
    return [(before + name, one.en) for name, one in metrics().items() if name.startswith(last)]


def months(ctx: Any, incomplete: str) -> Offered:
    """Complete a month by those that the working directory has, the latest first."""
    from telcli.errors import TelcliError

    try:
        held = _held(ctx).manifest().months("customer_months")
    except (OSError, TelcliError):
        return []
    found = sorted({name[:7] for name in held if name}, reverse=True)
    return [(month, "") for month in found if month.startswith(incomplete)]


def columns(ctx: Any, incomplete: str) -> Offered:
    """Complete the last of several columns of the table that the line names, its own x_ columns too."""
    before, last = _last_of(incomplete)
    if ctx.info_name == "diff":
        from telcli.cli._kinds import COLUMNS

        return [(before + name, "") for name in COLUMNS if name.startswith(last)]
    return [(before + name, about) for name, about in _columns_of(ctx) if name.startswith(last)]


def _columns_of(ctx: Any) -> Offered:
    """The columns that the line's table is meant to have, with their meanings, then those it has beside."""
    from telcli.cli._words import language
    from telcli.tables import NAMES, contract

    # an option that still waits for its value leaves arguments before it unread
    table = ctx.params.get("table") or next((word for word in ctx.args if word in NAMES), "")
    if table not in NAMES:
        return []
    known = {one.name: one.zh if language() == "zh" else one.meaning for one in contract(table).columns()}
    known |= {name: "" for name in _held_columns(ctx, table) if name not in known}
    return list(known.items())


def _held_columns(ctx: Any, table: str) -> list[str]:
    """The columns that the latest part of a table has; none where it is not there as it was published."""
    from telcli.errors import TelcliError

    try:
        held = _held(ctx)
        manifest = held.manifest()
        names = manifest.partitions(table)[-1:]
        return held.scan(manifest, table, names).collect_schema().names() if names else []
    except (OSError, TelcliError):
        return []


def dimensions(incomplete: str) -> Offered:
    """Complete the last of several dimensions."""
    from telcli.features.cube_rows import DIMENSIONS

    return _several(incomplete, [name for names in DIMENSIONS.values() for name in names])


def pivots(incomplete: str) -> Offered:
    """Complete what may be laid side by side: the month too."""
    return [item for item in [("month", ""), *dimensions("")] if item[0].startswith(incomplete)]


def kinds_of_change(incomplete: str) -> Offered:
    """Complete the last of several kinds of change."""
    from telcli.cli._kinds import KINDS

    return _several(incomplete, KINDS)


def fail_if(ctx: Any, incomplete: str) -> Offered:
    """Complete the metric of a condition by those numbers that the command has."""
    about = _schema()["$defs"]["metrics"].get(ctx.info_name, {}).get("properties", {})
    found = [(name, one.get("description", "")) for name, one in about.items() if _is_number(one)]
    return [(name, text) for name, text in found if name.startswith(incomplete)]


@cache
def _schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("telcli.cli").joinpath("json_schema.json").read_text("utf-8"))
    return found


def _is_number(about: dict[str, Any]) -> bool:
    return bool({"integer", "number"} & set(about.get("type", ())))


def _several(incomplete: str, known: Iterable[str]) -> Offered:
    before, last = _last_of(incomplete)
    return [(before + name, "") for name in known if name.startswith(last) and name not in before.split(",")]


def _last_of(incomplete: str) -> Sequence[str]:
    """What stands before the last name of several, with its comma, and the beginning of that one.

    >>> _last_of("branch,ris"), _last_of("br")
    (('branch,', 'ris'), ('', 'br'))
    """
    head, comma, last = incomplete.rpartition(",")
    return head + comma, last


def _held(ctx: Any) -> Workdir:
    """The working directory that the line names."""
    from telcli.pipeline.workdir import Workdir

    return Workdir(Path(ctx.params.get("workdir") or os.environ.get("TELCLI_WORKDIR") or "work"))
