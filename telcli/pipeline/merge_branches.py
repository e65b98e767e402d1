"""The working directories that are to be merged: opened as of one instant each, and whether they go together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import telcli
from telcli.errors import DataError, MissingInputError, Notice, UsageError
from telcli.pipeline.catalog import stage
from telcli.pipeline.merge_keys import lifted, one_key, tokens_of
from telcli.pipeline.provenance import Manifest, digest
from telcli.pipeline.workdir import MANIFEST, Workdir

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Branch", "differences", "opened", "scanned"]

_FEWEST = 2
_ALIKE = ("time_zone", "currency")
"""Settings of ingest without which rows of two branches do not go into one table."""


@dataclass(frozen=True)
class Branch:
    """One directory: what it is called, and what it held when it was opened."""

    name: str
    workdir: Workdir
    manifest: Manifest

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of ingest that it holds."""
        return tuple(table for table in stage("ingest").gives if table in self.manifest.tables)

    @property
    def settings(self) -> Mapping[str, Any]:
        """Those that its last ingest went by."""
        record = self.manifest.stages.get("ingest", {}).get("")
        return record.basis.settings if record else {}

    @property
    def version(self) -> str:
        """The telcli that ran its last ingest."""
        record = self.manifest.stages.get("ingest", {}).get("")
        return record.basis.version if record else ""

    @property
    def month(self) -> str:
        """The latest month of its facts; empty where it has none."""
        months = [name for table in self.tables for name in self.manifest.months(table) if name]
        return max(months, default="")

    def digest(self) -> str:
        """What its subject tables come to, whatever its other tables hold."""
        return digest(
            {table: {name: part.sha256 for name, part in self.manifest.tables[table].items()} for table in self.tables}
        )

    def scan(self, table: str) -> pl.LazyFrame:
        """The rows of a table, its files compared with their hashes."""
        return self.workdir.scan(self.manifest, table, self.manifest.partitions(table))

    def still(self) -> None:
        """Refuse to go on where the directory has changed since it was opened.

        Raises
        ------
        DataError
            It has.
        """
        if self.workdir.manifest().tables != self.manifest.tables:
            raise DataError(
                "merge-changed",
                "{workdir} was changed by another telcli while it was read; nothing was merged.",
                hint="Run the same command again once that one has ended.",
                workdir=str(self.workdir.path),
            )


def opened(directories: Sequence[Path], names: Mapping[str, str], target: Path) -> list[Branch]:
    """The branches in the order of their names; `names` are those they are given, by path or folder.

    Raises
    ------
    UsageError
        There are fewer than two, one stands twice or is the target, two are called alike, or a name is of none of them.
    MissingInputError
        One is no working directory, or holds no customers.
    """
    places = [place.resolve() for place in directories]
    if len(places) < _FEWEST:
        raise UsageError(
            "merge-few",
            "telcli merge takes two working directories or more.",
            hint="Name them all: telcli merge A B -w C",
        )
    for at, place in enumerate(places):
        if place in places[:at] or place == target.resolve():
            raise UsageError(
                "merge-twice",
                "{workdir} stands twice: each directory is merged once, into another one.",
                hint="Name each once, and a directory of its own with -w.",
                workdir=str(directories[at]),
            )
    told = {key: [place for place, given in zip(places, directories, strict=True) if _is(key, given)] for key in names}
    unknown = sorted(key for key, meant in told.items() if not meant)
    if unknown:
        raise UsageError(
            "merge-as-unknown",
            "--as names {name}, which is none of the directories.",
            hint="Write it as DIRECTORY=NAME, of: {known}",
            name=", ".join(unknown),
            known=", ".join(map(str, directories)),
        )
    by_length = sorted(told, key=lambda key: (len(Path(key).parts), key))
    name_of = {place: names[key] for key in by_length for place in told[key]}
    found = [_opened(given, name_of.get(place, place.name)) for given, place in zip(directories, places, strict=True)]
    called = [one.name for one in found]
    alike = sorted({name for name in called if called.count(name) > 1 or not name or "/" in name})
    if alike:
        raise UsageError(
            "merge-alike",
            "Two directories are called {name}, which is what their branch is to be called.",
            hint="Give one another name, by its path as given: --as {place}=NAME",
            name=", ".join(alike),
            place=str(next(given for given, one in zip(directories, found, strict=True) if one.name in alike)),
        )
    return sorted(found, key=lambda one: one.name)


def _is(key: str, given: Path) -> bool:
    """Whether a directory is meant: by its path as given, by another path to it, or by its name alone."""
    return Path(key) == given or Path(key).resolve() == given.resolve() or key.rstrip("/") == given.resolve().name


def _opened(place: Path, name: str) -> Branch:
    if not (place / MANIFEST).is_file():
        raise MissingInputError(
            "merge-no-workdir",
            "{workdir} is no working directory of telcli: there is no {file} in it.",
            hint="Name directories that telcli ingest wrote.",
            workdir=str(place),
            file=MANIFEST,
        )
    branch = Branch(name, Workdir(place), Workdir(place).manifest())
    if "customers" not in branch.tables:
        raise MissingInputError(
            "merge-empty",
            "{workdir} holds no customers, so that there is nothing to merge.",
            hint="Make them first: telcli ingest SOURCES... -w {workdir}",
            workdir=str(place),
        )
    return branch


def differences(branches: Sequence[Branch]) -> list[Notice]:
    """Tell in what branches differ, once it is sure that they go together.

    Raises
    ------
    DataError
        They do not: pseudonyms of different keys, amounts in different currencies, times in different zones.
    """
    one_key({one.name: one.manifest.key_id for one in branches})
    for setting in _ALIKE:
        values = {one.name: str(one.settings.get(setting)) for one in branches if setting in one.settings}
        if len(set(values.values())) > 1:
            raise DataError(
                "merge-setting",
                "The branches were ingested under a different {setting} ({values}): one table must not mix the two.",
                hint="Ingest the extracts of one of them again under the setting of the others.",
                setting=setting,
                values=", ".join(f"{name} {value}" for name, value in values.items()),
            )
    return [*_months(branches), *_versions(branches), *_settings(branches), *_purged(branches)]


def scanned(
    branches: Sequence[Branch], key: Callable[[], bytes], whole: str, *, apart: bool
) -> dict[str, dict[str, pl.LazyFrame]]:
    """Branch -> its tables under the keys `whole`, without persons whom any of the branches purged.

    With ids of each branch `apart` such a person is known by the certificate alone. The key is asked only where one of
    the branches does not know of all, or was not turned to all keys.
    """
    from telcli.stages.purge import without_listed

    tokens = {one.name: tokens_of(one.manifest, key, whole) for one in branches}
    listed = frozenset().union(*tokens.values())
    found = {}
    for one in branches:
        tables = lifted({table: one.scan(table) for table in one.tables}, one.manifest.key_id, key, whole)
        known = listed == tokens[one.name]
        found[one.name] = tables if known else without_listed(tables, listed, key, ids=not apart)
    return found


def _months(branches: Sequence[Branch]) -> list[Notice]:
    last = {one.name: one.month[:7] for one in branches}
    if len(set(last.values())) < _FEWEST:
        return []
    return [
        Notice(
            "merge-months",
            "The branches end at different months ({months}): the last ones are not whole.",
            {"months": ", ".join(f"{name} {month or '-'}" for name, month in last.items())},
        )
    ]


def _versions(branches: Sequence[Branch]) -> list[Notice]:
    of = {one.name: one.version for one in branches if one.version not in ("", telcli.__version__)}
    if not of:
        return []
    return [
        Notice(
            "merge-versions",
            "Other versions of telcli ingested {names}; their rows are checked again by the rules of {version}.",
            {"names": ", ".join(f"{name} ({version})" for name, version in of.items()), "version": telcli.__version__},
        )
    ]


def _settings(branches: Sequence[Branch]) -> list[Notice]:
    known = sorted({name for one in branches for name in one.settings})
    unlike = [name for name in known if len({repr(one.settings.get(name)) for one in branches}) > 1]
    if not unlike:
        return []
    return [
        Notice(
            "merge-settings",
            "The branches were ingested under different settings: {names}. Their rows stay as they are.",
            {"names": ", ".join(unlike)},
        )
    ]


def _purged(branches: Sequence[Branch]) -> list[Notice]:
    tokens = [set(one.manifest.suppressed) for one in branches]
    if all(one == tokens[0] for one in tokens):
        return []
    return [
        Notice(
            "merge-purged",
            "Persons were purged in some of the branches alone: their rows are left out of the others too.",
        )
    ]
