"""Files beside the tables that settings name: what a stage is given of them, and their hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from telcli import settings as knobs
from telcli.pipeline.allowed import allowed
from telcli.pipeline.control_totals import totals_of
from telcli.pipeline.holidays import holidays_of
from telcli.pipeline.known_causes import rows_of
from telcli.pipeline.left_alone import left_alone
from telcli.pipeline.provenance import file_sha256
from telcli.pipeline.tariffs import own_tariffs
from telcli.tables.file_names import file_hidden

__all__ = ["discreet", "named_files", "prints"]

_READERS: Mapping[str, tuple[str, str, Callable[[Path], Any]]] = {
    "allow": ("allowed", "list of --allow", allowed),
    "suppress": ("left_alone", "list of --suppress", left_alone),
    "known": ("known_causes", "list of --known", rows_of),
    "acknowledged": ("seen_alerts", "list of --acknowledged", rows_of),
    "holidays": ("holidays", "calendar of holidays", holidays_of),
    "control_totals": ("control_totals", "totals of --control", totals_of),
    "tariffs": ("tariffs", "table of --tariffs", own_tariffs),
}
"""Setting: what the stage is given it as, what its hash is called by, and its reader."""
_LENT = dict.fromkeys(("recommend-offers", "assess-credit"), ("plan-retention", "suppress"))
"""Stage: the section and the setting of another stage by which it goes too."""

_NO_FILE = {"holidays": ("china", "weekends")}
"""Setting: what it may say that is no file."""
_ALONE = {"holidays": ("monitor", "complaints", "assess-credit")}
"""Setting: the stages where it names a file; elsewhere it is days."""


def named_files(stage: str, settings: Any, workdir: Path) -> dict[str, Any]:
    """What is in each file that the settings name; of those that name none nothing.

    Raises
    ------
    MissingInputError
        There is no such file.
    DataError
        It cannot be read.
    """
    found = _places(stage, settings, workdir)
    return {_READERS[setting][0]: _READERS[setting][2](place) for setting, place in found}


def prints(stage: str, settings: Any, workdir: Path) -> dict[str, str]:
    """Hash of each file that the settings name, which results depend on; empty where it is not there."""
    found = _places(stage, settings, workdir)
    return {_READERS[setting][1]: file_sha256(place) if place.is_file() else "" for setting, place in found}


def discreet(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, in which files are named without numbers of persons; their hashes tell them apart.

    >>> discreet({"suppress": "13812345678.txt", "holdout": 0.1})
    {'suppress': '138******78.txt', 'holdout': 0.1}
    """
    named = {name: value for name, value in settings.items() if name in _READERS and isinstance(value, str)}
    return {**settings, **{name: file_hidden(value) for name, value in named.items()}}


def _places(stage: str, settings: Any, workdir: Path) -> Iterator[tuple[str, Path]]:
    for setting in _READERS:
        named = getattr(_of(stage, setting, settings, workdir), setting, "")
        if named and stage in _ALONE.get(setting, (stage,)) and named.strip() not in _NO_FILE.get(setting, ()):
            yield setting, Path(named).expanduser()


def _of(stage: str, setting: str, settings: Any, workdir: Path) -> Any:
    """The settings that the name stands in: the stage's own, or those of the stage that lends it."""
    section, lent = _LENT.get(stage, ("", ""))
    if lent != setting:
        return settings
    return knobs.settled(section, workdir)
