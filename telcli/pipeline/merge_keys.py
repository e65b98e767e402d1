"""Branches of which some were turned to a new key (`telcli rotate-key`) and others not: the latter are, on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from telcli.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from telcli.pipeline.provenance import Manifest

__all__ = ["lifted", "listed", "longest", "one_key", "tokens_of"]

_BYTES = 32
Key = Callable[[], bytes]


def longest(keys: Sequence[str], held: str = "") -> str:
    """The keys that the merged directory goes by: those of the branch that was turned most often.

    Or those `held` by the directory that is merged into, where it was turned further.
    """
    found = max(keys, key=lambda ids: ids.count(".") + bool(ids), default="")
    return held if _begins(held, found) else found


def one_key(of: Mapping[str, str]) -> None:
    """Refuse branches whose pseudonyms cannot be brought under one key.

    Raises
    ------
    DataError
        The keys of one are not those that another one begins with.
    """
    keys = {name: ids for name, ids in of.items() if ids}
    last = longest([*keys.values()])
    if all(_begins(last, key) for key in keys.values()):
        return
    raise DataError(
        "merge-keys",
        "The branches have pseudonyms of different keys ({keys}): the same number is another code in each, and a "
        "pseudonym cannot be put under another key, since nobody can tell the number from it.",
        hint="Ingest the extracts of each branch again under one key (TELCLI_KEY, or key_file in [ingest]), into "
        "new working directories, and merge those.",
        keys=", ".join(f"{name} {key}" for name, key in keys.items()),
    )


def _begins(whole: str, part: str) -> bool:
    return whole == part or whole.startswith(f"{part}.") or not part


def _further(key: Key, ids: str, whole: str) -> bytes:
    """The last of some keys, and those after it; nothing where none come after.

    Of none, all of several: hashes that came with extracts stand as they were turned where these were.
    """
    count = ids.count(".")
    return key()[count * _BYTES :] if ids != whole and (ids or "." in whole) else b""


def lifted(tables: Mapping[str, pl.LazyFrame], ids: str, key: Key, whole: str) -> dict[str, pl.LazyFrame]:
    """The tables of a branch that goes by the keys `ids`, under the keys `whole`, which `key` gives."""
    keys = _further(key, ids, whole)
    if not keys:
        return dict(tables)
    from telcli.stages.rotate_key import Turn, derived, turned

    turn = Turn(keys, derived(tables, keys))
    return {table: turned(frame, table, turn) for table, frame in tables.items()}


def tokens_of(manifest: Manifest, key: Key, whole: str) -> frozenset[str]:
    """The list of purged persons of a directory, as it is under the keys `whole`."""
    keys = _further(key, manifest.key_id, whole) if manifest.suppressed else b""
    if not keys:
        return frozenset(manifest.suppressed)
    from telcli.stages.rotate_key import Turn

    return frozenset(Turn(keys).tokens(manifest.suppressed))


def listed(manifests: Iterable[Manifest], key: Key, whole: str) -> frozenset[str]:
    """Whoever was purged in any of some directories."""
    return frozenset().union(*(tokens_of(one, key, whole) for one in manifests))
