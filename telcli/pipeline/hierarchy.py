"""The operator's own hierarchy of indicators, from telcli.toml or the workbook it names, and one written to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from telcli import settings as knobs
from telcli.errors import UsageError
from telcli.io.scratch import sweep
from telcli.pipeline.storing import storing
from telcli.pipeline.whole_file import whole_file

__all__ = ["own_hierarchy", "write_hierarchy"]

_SECTION = "score-value"


def own_hierarchy(section: Mapping[str, Any], workbook: str, config: Path | None) -> dict[str, Any]:
    """What the operator names, as `telcli.tables.hierarchy` describes it; empty where that is nothing.

    Raises
    ------
    UsageError
        Both a workbook and tables of telcli.toml are given, or the tables hold no hierarchy.
    MissingInputError, DataError
        The workbook is not there, or holds none.
    """
    told = {name: section[name] for name in knobs.HIERARCHY if section.get(name)}
    if not told and not workbook:
        return {}
    if not workbook:
        from telcli.tables.hierarchy import from_config

        return from_config(told, str(config or "telcli.toml"))
    if told:
        raise UsageError(
            "hierarchy-twice",
            "[score-value] names the workbook {workbook}, and {names} beside it.",
            hint="Leave one of them out of telcli.toml.",
            workbook=workbook,
            names=", ".join(told),
        )
    from telcli.io.hierarchy_book import read_hierarchy

    return read_hierarchy((config.parent if config else Path()) / workbook)


def write_hierarchy(place: Path, workdir: Path, lang: str, *, force: bool) -> None:
    """Write the hierarchy in force, the operator's or the default, as a workbook to fill in.

    Raises
    ------
    UsageError
        The file exists and `force` is False, or is not called .xlsx.
    """
    from telcli.io.hierarchy_writer import write_hierarchy as write
    from telcli.tables.hierarchy import default, merged

    if place.suffix.lower() != ".xlsx":
        raise UsageError("hierarchy-suffix", "{file} must be called .xlsx.", file=str(place))
    sweep(place.parent)
    if place.exists() and not force:
        raise UsageError(
            "hierarchy-exists",
            "{file} exists already and was left as it is.",
            hint="Add --force to replace it, or name another.",
            file=str(place),
        )
    config = knobs.config_file(workdir)
    parsed = knobs.read_config(config)
    values = knobs.resolve(_SECTION, {}, parsed, str(config or "telcli.toml")).values
    own = own_hierarchy(parsed.get(_SECTION, {}), values.hierarchy, config)
    with storing(place):
        place.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(place) as part:
        write(part, merged(own or default()), lang)
