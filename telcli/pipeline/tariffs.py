"""The files that recommend-offers reads beside tables: that of tariffs, and the list of plan-retention."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from telcli import settings as knobs
from telcli.errors import DataError, MissingInputError
from telcli.pipeline.provenance import file_sha256

__all__ = ["own_tariffs", "tariffs_print", "with_list"]


def own_tariffs(settings: Any) -> dict[str, Any] | None:
    """The rows of the file that the settings name, whatever its kind.

    ``file`` (its name), ``columns``, ``cells`` and ``lines`` (of the file, of each row); None where they name none.

    Raises
    ------
    MissingInputError
        There is no such file.
    DataError
        It cannot be read, or holds several tables.
    """
    place = _place(settings)
    if place is None:
        return None
    if not place.is_file():
        raise MissingInputError(
            "tariffs-missing",
            "{file}, the table of tariffs, does not exist.",
            hint="Name it with --tariffs FILE, or in [recommend-offers] tariffs; docs/offers.md lists its columns.",
            file=str(place),
        )
    from telcli.pipeline.opening import open_file

    with TemporaryDirectory() as scratch:
        found, _ = open_file(place.name, place, Path(scratch))
        if len(found) != 1:
            raise DataError(
                "tariffs-several",
                "{file} holds {count} tables; tariffs are read from one.",
                hint="Save the table of plans as a file of its own.",
                file=place.name,
                count=len(found),
            )
        rows = found[0].frame.collect()
    columns = [name for name in rows.columns if not name.startswith("_")]
    cells = [list(row) for row in rows.select(columns).iter_rows()]
    return {"file": place.name, "columns": columns, "cells": cells, "lines": rows["_line"].to_list()}


def tariffs_print(settings: Any) -> dict[str, str]:
    """Hash of the file, which results depend on; empty where it is not there."""
    place = _place(settings)
    return {} if place is None else {"table of --tariffs": file_sha256(place) if place.is_file() else ""}


def with_list(stage: str, settings: Any, workdir: Path) -> Any:
    """The settings that name who is not to be contacted: for recommend-offers those of plan-retention, else its own."""
    if stage != "recommend-offers":
        return settings
    config = knobs.config_file(workdir)
    return knobs.resolve("plan-retention", {}, knobs.read_config(config), str(config or "telcli.toml")).values


def _place(settings: Any) -> Path | None:
    named = getattr(settings, "tariffs", "")
    return Path(named).expanduser() if named else None
