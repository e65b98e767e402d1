"""What made each table: manifest.json, the one page that says what the working directory holds.

It carries no clock time, so the same inputs, settings and seed give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telcli.errors import DataError
from telcli.io.given_file import given_bytes, refuse_special
from telcli.pipeline.input_ranges import Ranged, listed, packed
from telcli.pipeline.seal import sealed, unbroken

__all__ = [
    "FORMAT",
    "Basis",
    "Manifest",
    "Move",
    "Part",
    "Record",
    "digest",
    "file_sha256",
    "format_of",
    "jsonable",
    "recorded",
    "written",
]

FORMAT = 2
"""What this version writes. Of format 1, which had no seal, it reads all the same."""
MOST = 1 << 28
"""Bytes of a manifest that is read: one of 200 months with every stage has some millions."""
_UNSEALED = 1


def _inside(path: str) -> None:
    """Refuse a path that leaves the working directory: a manifest is input too."""
    if path.startswith("/") or ".." in path.split("/"):  # looked at for each part whenever the manifest is read
        raise ValueError(f"{path} is outside the working directory")


@dataclass(frozen=True)
class Part:
    """One published file: path from the working directory, content hash, rows (0 for pages and models), bytes."""

    path: str
    sha256: str
    rows: int
    bytes: int
    contract: str = ""

    def __post_init__(self) -> None:
        _inside(self.path)


@dataclass(frozen=True)
class Basis:
    """Everything a result depends on: equal bases give equal bytes, so equal bases need not be run again.

    `inputs` maps each file read to its hash; `choices` are words of the command line that are no settings.
    """

    version: str
    settings: Mapping[str, Any]
    seed: int
    as_of: str
    inputs: Mapping[str, str]
    choices: Mapping[str, Any]

    def differs(self, now: Basis) -> tuple[str, ...]:
        """Say in what another basis differs: ``version``, ``setting NAME``, ``input FILE``, ``choice NAME``, ..."""
        found = [name for name in ("version", "seed", "as_of") if getattr(self, name) != getattr(now, name)]
        for kind, mine, theirs in (
            ("setting", self.settings, now.settings),
            ("input", self.inputs, now.inputs),
            ("choice", self.choices, now.choices),
        ):
            found += [f"{kind} {name}" for name in sorted({*mine, *theirs}) if mine.get(name) != theirs.get(name)]
        return tuple(found)


@dataclass(frozen=True)
class Record:
    """One stage's last finished run for one as-of month ("" where a stage covers every month).

    `gave` names the partitions it published by table, `files` its models and pages with their hashes; `marks` is what
    it wrote down for its next run, `given` the settings that its command line gave. `declared` are the tables that the
    stage could publish then, those among them that it had no rows of too; empty in records of before they were kept.
    """

    basis: Basis
    as_of: str
    gave: Mapping[str, tuple[str, ...]]
    files: Mapping[str, str]
    rows_in: int
    rows_out: int
    rejected: int
    duplicates: int
    metrics: Mapping[str, Any]
    notices: tuple[Mapping[str, Any], ...]
    marks: Mapping[str, str] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()

    def unknown(self, tables: Iterable[str]) -> tuple[str, ...]:
        """Those of some tables that its stage could not publish yet when it ran: it has to run for them."""
        known = {*self.declared, *self.gave}
        return tuple(table for table in tables if table not in known)


@dataclass(frozen=True)
class Move:
    """A change of files that the commit has promised: `source` (empty: remove) becomes `target`."""

    source: str
    target: str

    def __post_init__(self) -> None:
        _inside(self.source)
        _inside(self.target)


@dataclass(frozen=True)
class Manifest:
    """Tables by name and partition, other files by path, records by stage and month, and moves not yet carried out.

    `key_id` names the key of the pseudonyms in the tables; empty where there are none. `suppressed` are hashes, under
    that key, of the identifiers of persons who were purged and stay out. `let_go` is by table the first month of facts
    that is held since `telcli gc` let earlier ones go: those stay out too. `loads` are the ingests that the subject
    tables come from, in order; see `telcli.pipeline.ledger`.
    """

    tables: Mapping[str, Mapping[str, Part]] = field(default_factory=dict)
    files: Mapping[str, Part] = field(default_factory=dict)
    stages: Mapping[str, Mapping[str, Record]] = field(default_factory=dict)
    pending: tuple[Move, ...] = ()
    key_id: str = ""
    suppressed: tuple[str, ...] = ()
    let_go: Mapping[str, str] = field(default_factory=dict)
    loads: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> str:
        """Serialise with sorted keys, so that equal manifests are equal bytes, and seal it."""
        return written({"format": FORMAT, **vars(self), **packed(self.stages)})

    @staticmethod
    def read(path: Path) -> Manifest:
        """Read manifest.json; a missing one is an empty working directory.

        Raises
        ------
        DataError
            The file is damaged, or was written by a newer telcli.
        """
        try:
            raw = given_bytes(path, MOST)
        except FileNotFoundError as error:
            if path.is_symlink():
                raise _damaged(path, error) from None
            return Manifest()
        try:
            body = json.loads(raw.decode("utf-8"))
            form = _form(body)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _damaged(path, error) from None
        _whole(path, raw, form)
        try:
            return _from_json(body)
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise _damaged(path, error) from None

    def partitions(self, table: str) -> tuple[str, ...]:
        """Partitions of a table, in order; ("",) where it has a single unpartitioned file."""
        return tuple(sorted(self.tables.get(table, {})))

    def months(self, table: str) -> tuple[str, ...]:
        """Months that a table has partitions of, in order; ("",) where it has a single unpartitioned file."""
        return tuple(sorted({name[:10] for name in self.tables.get(table, {})}))


def _form(body: Any) -> int:
    if type(body["format"]) is not int:
        raise TypeError("its format is no number")
    return int(body["format"])


def format_of(path: Path) -> int:
    """The format that manifest.json is of, which `Manifest.read` has found whole; that of a missing one is this one's.

    >>> format_of(Path("nowhere/manifest.json")) == FORMAT
    True
    """
    return int(json.loads(path.read_text(encoding="utf-8"))["format"]) if path.exists() else FORMAT


def _whole(path: Path, raw: bytes, form: int) -> None:
    """Refuse a manifest of a format that is not known, or not as telcli wrote it to the last byte."""
    kept = unbroken(raw)
    if kept is False or (kept is None and _UNSEALED < form <= FORMAT) or form < _UNSEALED:
        raise _damaged(path, ValueError("it is not as telcli wrote it"))
    if form > FORMAT:
        raise DataError(
            "workdir-newer",
            "{workdir} has working directory format {found}; this telcli reads format {known}.",
            hint="Use the telcli version that wrote it, or ingest into a new working directory.",
            workdir=str(path.parent),
            found=form,
            known=FORMAT,
        )


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, default=vars)
_LAID_OUT = 3
"""How deep text is laid out by lines: a part and a record are one line each, which is many times as fast."""


def _text(value: Any, margin: str = "\n", depth: int = 0) -> str:
    """JSON with sorted keys, an indent of one, and a line for what lies deeper than `_LAID_OUT`.

    >>> _text({"b": [1, None], "a": {}, "c": {"d": {"e": {"g": 1, "f": 2}}}}).splitlines()[6:]
    [' "c": {', '  "d": {', '   "e": {"f": 2, "g": 1}', '  }', ' }', '}']
    """
    inner = margin + " "
    if depth < _LAID_OUT and isinstance(value, dict):
        lines = [f"{_ENCODER.encode(key)}: {_text(value[key], inner, depth + 1)}" for key in sorted(value)]
        opening, closing = "{}"
    elif depth < _LAID_OUT and isinstance(value, list | tuple):
        lines = [_text(item, inner, depth + 1) for item in value]
        opening, closing = "[]"
    else:
        return _ENCODER.encode(value)
    return opening + inner + f",{inner}".join(lines) + margin + closing if lines else opening + closing


def written(body: Mapping[str, Any]) -> str:
    """The text of a manifest.json that says this, sealed.

    >>> written({"format": 2}).splitlines()[2:]
    [' "format": 2', '}']
    """
    return sealed(_text(body) + "\n")


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(
        "manifest-damaged",
        "{file} is damaged: {why}",
        hint="Restore it from a backup, or ingest again into a new working directory.",
        file=str(path),
        why=f"{type(error).__name__} {error}",
    )


def _from_json(body: Mapping[str, Any]) -> Manifest:
    pairs = listed(body.get("inputs", ()))
    return Manifest(
        tables={name: {key: Part(**part) for key, part in parts.items()} for name, parts in body["tables"].items()},
        files={name: Part(**part) for name, part in body["files"].items()},
        stages={
            name: {key: recorded(record, pairs) for key, record in records.items()}
            for name, records in body["stages"].items()
        },
        pending=tuple(Move(**move) for move in body["pending"]),
        key_id=str(body.get("key_id", "")),
        suppressed=tuple(str(token) for token in body.get("suppressed", ())),
        let_go={str(table): str(month) for table, month in body.get("let_go", {}).items()},
        loads=tuple(dict(load) for load in body.get("loads", ())),
    )


def recorded(body: Mapping[str, Any], pairs: Sequence[tuple[str, str]] = ()) -> Record:
    """A record as it stands in the manifest; `pairs` is the list that it names what it depended on by."""
    basis = body["basis"]
    if isinstance(basis["inputs"], str):
        basis = {**basis, "inputs": Ranged(pairs, basis["inputs"])}
    gave = {table: tuple(partitions) for table, partitions in body["gave"].items()}
    lists = {name: tuple(body.get(name, ())) for name in ("notices", "given", "declared")}
    return Record(**{**body, **lists, "basis": Basis(**basis), "gave": gave})


def file_sha256(path: Path) -> str:
    """Hex digest of a file's bytes, read in pieces."""
    refuse_special(path)
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digest(body: Any) -> str:
    """Hex digest of anything JSON-able, whatever the order of its keys.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def jsonable(value: Any) -> Any:
    """Turn metrics into plain JSON: numpy scalars and dates become plain, NaN and infinities become null.

    >>> jsonable({"auc": float("nan"), "k": (1, 2)})
    {'auc': None, 'k': [1, 2]}
    """
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if hasattr(value, "tolist"):
        return jsonable(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int) else str(value)
