"""The values of one section, for what needs no more of it than these."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from telcli.settings.resolving import config_file, read_config, resolve

__all__ = ["settled"]


def settled(section: str, workdir: Path | None, flags: Mapping[str, Any] | None = None) -> Any:
    """The settings of a section for a working directory: `flags`, else the environment, its telcli.toml, defaults.

    Raises
    ------
    UsageError
        telcli.toml or the environment asks for something impossible.

    >>> settled("general", None, {"currency": "EUR"}).currency
    'EUR'
    """
    file = config_file(workdir)
    return resolve(section, flags or {}, read_config(file), str(file or "telcli.toml")).values
