"""Pseudonyms: what stands in tables for numbers, certificates and devices of persons.

A pseudonym is the first 32 hex digits of HMAC-SHA-256 under the operator's key, over ``domain|normalised value``: the
same person has the same pseudonym in every source, and without the key none can be found by trying all numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property

import polars as pl

from telcli.errors import DataError

__all__ = ["DOMAINS", "Pseudonyms", "no_key"]

DOMAINS = ("msisdn", "cert", "imei", "imsi", "mail", "name")
_BLOCK, _HEX = 64, 32


def no_key() -> bytes:
    """Stand for a key where none is at hand.

    Raises
    ------
    DataError
        Always: numbers of persons cannot be read without one.
    """
    raise DataError(
        "key-absent",
        "There are numbers of persons in the extracts, and no key to make pseudonyms of them.",
        hint="Make one with: telcli init",
    )


class Pseudonyms:
    """Pseudonyms under one key of 32 bytes, or under what gives it when it is first needed.

    >>> people = Pseudonyms(bytes(32))
    >>> people.of(pl.Series(["13812345678", None, "13812345678"]), "msisdn").to_list()
    ['ec894bc8505735beca95d27b8db5ee0d', None, 'ec894bc8505735beca95d27b8db5ee0d']
    """

    def __init__(self, key: bytes | Callable[[], bytes]) -> None:
        self._key = key

    @cached_property
    def _states(self) -> tuple[hashlib._Hash, hashlib._Hash]:
        """SHA-256 after the inner and the outer pad of HMAC (RFC 2104): to copy them costs less than to begin anew."""
        key = self._key if isinstance(self._key, bytes) else self._key()
        wide = key.ljust(_BLOCK, b"\0")
        return (
            hashlib.sha256(bytes(byte ^ 0x36 for byte in wide)),
            hashlib.sha256(bytes(byte ^ 0x5C for byte in wide)),
        )

    @cached_property
    def key_id(self) -> str:
        """First 8 hex digits of the key's SHA-256, which say which key it was and nothing of it."""
        return hashlib.sha256(self._key if isinstance(self._key, bytes) else self._key()).hexdigest()[:8]

    def of(self, text: pl.Series, domain: str) -> pl.Series:
        """Pseudonyms of normalised texts, each distinct one computed once; null stays null."""
        if text.null_count() == 0 and text.n_unique() == text.len():
            return pl.Series(text.name, self._made(text, domain), dtype=pl.String)
        distinct = text.unique().drop_nulls()
        if not distinct.len():
            return pl.Series(text.name, [None], dtype=pl.String).new_from_index(0, text.len())
        table = pl.DataFrame({"t": distinct, "v": self._made(distinct, domain)}, schema_overrides={"t": pl.String})
        return text.to_frame("t").join(table, on="t", how="left", maintain_order="left")["v"].alias(text.name)

    def _made(self, text: pl.Series, domain: str) -> list[str]:
        """One pseudonym after the other."""
        inner, outer = self._states
        begun = inner.copy()
        begun.update(f"{domain}|".encode())
        made = []
        for value in text.to_list():
            message, sealed = begun.copy(), outer.copy()
            message.update(value.encode())
            sealed.update(message.digest())
            made.append(sealed.hexdigest()[:_HEX])
        return made
