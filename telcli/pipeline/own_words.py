"""What a stage's result depends on in telcli.toml beside its own section."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from telcli import settings as knobs

__all__ = ["own_words"]

_SHARED = {"segment": ("score-value", ("margin_rate", "cost_per_contact"))}
"""Settings that a stage takes from the section of another, which would otherwise stand in two places."""


def own_words(stage: str, workdir: Path) -> dict[str, Any]:
    """The operator's own words and the settings of other stages that this one goes by; empty for most stages.

    ``dictionary`` for ingest, where it says anything.
    """
    config = knobs.config_file(workdir)
    if stage == "ingest":
        own = knobs.read_config(config).get(knobs.DICTIONARY)
        return {knobs.DICTIONARY: own} if _says_anything(own) else {}
    if stage in _SHARED:
        section, names = _SHARED[stage]
        values = knobs.resolve(section, {}, knobs.read_config(config), str(config or "telcli.toml")).values
        return {name: getattr(values, name) for name in names}
    return {}


def _says_anything(own: Any) -> bool:
    """Whether there is more in it than names of sections."""
    return any(map(_says_anything, own.values())) if isinstance(own, Mapping) else own is not None
