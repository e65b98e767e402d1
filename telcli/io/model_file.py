"""Models on disk: a skops archive beside a JSON side-car that describes it and seals both. Never pickle.

A pickle or joblib file runs whatever its author wrote in it the moment it is read. A skops archive names the types it
needs, and only those telcli itself writes are let in. The seal is a hash of the archive and of all that the side-car
says, so that neither is changed by accident or by hand unseen; it holds no secret, and so proves no author. Writing the
same model twice gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import skops.io

from telcli.errors import DataError, MissingInputError
from telcli.io.archive import too_much
from telcli.io.given_file import given_bytes

__all__ = ["ADDED", "TRUSTED", "read", "write"]

TRUSTED = (
    "telcli.methods.churn_linear.LinearChurn",
    "telcli.methods.churn_model.ChurnModel",
    "telcli.methods.churn_terms.ChurnTerms",
    "telcli.methods.level_rates.LevelRates",
    "telcli.methods.uplift_basis.UpliftBasis",
    "telcli.methods.uplift_learners.LineEffect",
    "telcli.methods.uplift_learners.OddsEffect",
    "telcli.methods.uplift_learning.UpliftModel",
    "telcli.methods.uplift_trees.TreeEffect",
)
"""Types and functions let in beside those that skops trusts by itself; extended only with what telcli writes."""

_FORMAT = 2
MOST, _MOST_SIDE = 1 << 30, 1 << 26
"""Bytes of the archive, and of what is said of it."""
_SEAL = "seal"
ADDED = ("format", "sha256", _SEAL)
"""What `write` adds to a description, anew each time."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write(place: Path, estimator: Any, description: Mapping[str, Any]) -> list[Path]:
    """Write `place`.skops and `place`.json, read them back as anyone would, and return both paths.

    The folder must exist. `description` must be JSON-able; ``format``, ``sha256`` (of the archive) and ``seal``
    (of archive and description) are added to it.

    Raises
    ------
    DataError
        What was written cannot be read again, or names types that telcli does not write.
    """
    archive = _canonical(skops.io.dumps(estimator))
    model, side = place.with_name(place.name + ".skops"), place.with_name(place.name + ".json")
    told = {name: value for name, value in description.items() if name not in ADDED}
    whole = {**told, "format": _FORMAT, "sha256": hashlib.sha256(archive).hexdigest()}
    whole = json.loads(json.dumps(whole, allow_nan=False))
    model.write_bytes(archive)
    text = json.dumps({**whole, _SEAL: _seal(whole)}, ensure_ascii=False, indent=1, sort_keys=True)
    side.write_text(text + "\n", encoding="utf-8")
    read(place)
    return [model, side]


def read(place: Path) -> tuple[Any, dict[str, Any]]:
    """Read a model and its description; `place` is either file, or their path without the ending.

    Raises
    ------
    MissingInputError
        Either file is not there.
    DataError
        The archive is not the one described or the description was changed; either cannot be read, is of an earlier
        version, or names types that telcli does not write.
    """
    base = place.with_suffix("") if place.suffix in (".skops", ".json") else place
    model, side = base.with_name(base.name + ".skops"), base.with_name(base.name + ".json")
    for wanted in (model, side):
        if not wanted.is_file():
            raise MissingInputError(
                "model-missing",
                "There is no model file {file}.",
                hint="Train one with: telcli predict-churn",
                file=wanted.name,
            )
    archive, description = given_bytes(model, MOST), _description(side)
    own = hashlib.sha256(archive).hexdigest() == description.get("sha256")
    if not own or description.get(_SEAL) != _seal(description):
        raise DataError(
            "model-changed",
            "{file} is not the model that {side} describes: one of them was changed or replaced.",
            hint="Put back both files as they were written, or train again with: telcli predict-churn",
            file=model.name,
            side=side.name,
        )
    return _load(archive, model.name), description


def _seal(whole: Mapping[str, Any]) -> str:
    """Hash of all that a side-car says, the archive's hash included, however it is written down."""
    said = {name: value for name, value in whole.items() if name != _SEAL}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _load(archive: bytes, name: str) -> Any:
    try:
        _refuse_inflated(archive)
        foreign = sorted(set(skops.io.get_untrusted_types(data=archive)) - set(TRUSTED))
        if not foreign:
            found = skops.io.loads(archive, trusted=list(TRUSTED))
            _refuse_other(found)
            return found
    except Exception as error:  # whatever a library makes of bytes that are no model
        raise DataError(
            "model-unreadable",
            "{file} cannot be read as a model: {why}",
            hint="Train it again with: telcli predict-churn",
            file=name,
            why=type(error).__name__,
        ) from None
    raise DataError(
        "model-untrusted",
        "{file} holds types that telcli does not write: {types}.",
        hint="Use only models trained by telcli predict-churn.",
        file=name,
        types=", ".join(foreign[:5]),
    )


def _refuse_inflated(archive: bytes) -> None:
    """Raise where the parts of an archive would take more memory than any model does."""
    with zipfile.ZipFile(io.BytesIO(archive)) as parts:
        if too_much(len(archive), sum(part.file_size for part in parts.infolist())):
            raise ValueError("inflated")


def _refuse_other(found: Any) -> None:
    """Raise where what was read is none of the models that are saved, though made of parts that are trusted."""
    kind = type(found)
    if f"{kind.__module__}.{kind.__qualname__}" not in TRUSTED:
        raise TypeError("no model")


def _description(side: Path) -> dict[str, Any]:
    try:
        found = json.loads(given_bytes(side, _MOST_SIDE).decode("utf-8"))
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict) and isinstance(found.get("format"), int) and 0 < found["format"] < _FORMAT:
        raise DataError(
            "model-earlier",
            "{file} was written by an earlier version, which did not seal what it says of the model.",
            hint="Train it again, once, with: telcli predict-churn",
            file=side.name,
        )
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        raise DataError(
            "model-side-car",
            "{file} does not describe a model this version can read.",
            hint="Train it again with: telcli predict-churn",
            file=side.name,
        )
    return found


def _canonical(archive: bytes) -> bytes:
    """The same archive without what changes from run to run: addresses in memory as ids, and the clock."""
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        schema = json.loads(source.read("schema.json"))
        contents = {name: source.read(name) for name in source.namelist() if name != "schema.json"}
    numbers: dict[int, int] = {}
    files: dict[str, str] = {}
    _renumber(schema, numbers, files)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as sink:
        for old, new in files.items():
            _put(sink, new, contents[old])
        _put(sink, "schema.json", json.dumps(schema).encode())
    return target.getvalue()


def _renumber(node: Any, numbers: dict[int, int], files: dict[str, str]) -> None:
    """Give ids and file names their order of appearance, in place."""
    if isinstance(node, list):
        for item in node:
            _renumber(item, numbers, files)
    elif isinstance(node, dict):
        if isinstance(node.get("__id__"), int):
            node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
        if node.get("__loader__") and isinstance(node.get("file"), str):
            ending = Path(node["file"]).suffix
            node["file"] = files.setdefault(node["file"], f"{len(files) + 1}{ending}")
        for key, item in node.items():
            if key not in ("__id__", "file"):
                _renumber(item, numbers, files)


def _put(sink: zipfile.ZipFile, name: str, body: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    sink.writestr(entry, body)
