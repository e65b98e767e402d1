"""Pseudonyms: what stands in tables for numbers, certificates and devices of persons.

A pseudonym is the first 32 hex digits of HMAC-SHA-256 under the operator's key, over ``domain|normalised value``: the
same person has the same pseudonym in every source, and without the key none can be found by trying all numbers.

Where the key was turned (`telcli rotate-key`), tables hold pseudonyms of pseudonyms, since the numbers themselves are
not there any more: with T(k, p) = HMAC(k, ``purged|p``), the next pseudonym of p under the keys k and k' is
HMAC(k', ``turned|`` T(k, p)). It goes by way of T, which the list of purged persons keeps, so that the list can be
turned too. Whoever lacks the last key can try no number, whatever other keys are known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise

import polars as pl

from telcli.errors import DataError

__all__ = ["DOMAINS", "KEY_BYTES", "PSEUDONYM", "Pseudonyms", "no_key"]

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


KEY_BYTES = 32
PSEUDONYM = "^[0-9a-f]{32}$"


class Pseudonyms:
    """Pseudonyms under keys of 32 bytes, one after the other, or under what gives them when they are first needed.

    >>> people = Pseudonyms(bytes(32))
    >>> people.of(pl.Series(["13812345678", None, "13812345678"]), "msisdn").to_list()
    ['ec894bc8505735beca95d27b8db5ee0d', None, 'ec894bc8505735beca95d27b8db5ee0d']
    >>> turned = Pseudonyms(bytes(64))
    >>> turned.of(pl.Series(["13812345678"]), "msisdn").equals(
    ...     turned.turned(pl.Series(["ec894bc8505735beca95d27b8db5ee0d"])))
    True
    """

    def __init__(self, key: bytes | Callable[[], bytes]) -> None:
        self._key = key

    @cached_property
    def _keys(self) -> tuple[_Key, ...]:
        """The keys, the oldest first."""
        whole = self._key if isinstance(self._key, bytes) else self._key()
        return tuple(_Key(whole[at : at + KEY_BYTES]) for at in range(0, len(whole), KEY_BYTES))

    @property
    def _turns(self) -> bool:
        """Whether there are further keys; hashes are looked at without one, and none is made for them."""
        several: Callable[[], bool] | None = getattr(self._key, "several", None)
        if several is not None and "_keys" not in self.__dict__:
            return several()
        return self._key is not no_key and len(self._keys) > 1

    def of(self, text: pl.Series, domain: str) -> pl.Series:
        """Pseudonyms of normalised texts, each distinct one computed once; null stays null."""
        return _distinctly(text, lambda values: self._turned(self._keys[0].many(domain, values)))

    def turned(self, text: pl.Series) -> pl.Series:
        """What was a pseudonym, or a hash like one, under the first key, under all of them; other texts as they are."""
        if not self._turns:
            return text
        like = text.str.contains(PSEUDONYM).fill_null(value=False)
        if not like.any():
            return text
        places = like.arg_true()
        return text.clone().scatter(places, _distinctly(text.gather(places), self._turned))

    def codes(self, text: pl.Series, domain: str, digits: int) -> pl.Series:
        """Short codes, the first digits of a pseudonym under the first key, turned as `turned_codes` does."""
        return self.turned_codes(
            _distinctly(text, lambda values: [made[:digits] for made in self._keys[0].many(domain, values)]), digits
        )

    def turned_codes(self, text: pl.Series, digits: int) -> pl.Series:
        """Whatever looks like a short code under the first key, under all of them."""
        like = text.str.contains(f"^[0-9a-f]{{{digits}}}$").fill_null(value=False)
        if len(self._keys) == 1 or not like.any():
            return text
        places = like.arg_true()
        made = _distinctly(text.gather(places), lambda values: [one[:digits] for one in self._turned(values, digits)])
        return text.clone().scatter(places, made)

    def tokens(self, names: pl.Series) -> pl.Series:
        """What the list of purged persons keeps of identifiers as they stand in the tables.

        >>> turned = Pseudonyms(bytes(64))
        >>> for name in ("C1", "ec894bc8505735beca95d27b8db5ee0d"):
        ...     before = Pseudonyms(bytes(32)).tokens(pl.Series([name]))
        ...     turned.tokens(turned.turned(pl.Series([name]))).equals(turned.turned_tokens(before))
        True
        True
        """
        plain = ~names.str.contains(PSEUDONYM).fill_null(value=False)
        found = _distinctly(names, lambda values: self._keys[-1].many("purged", values))
        if len(self._keys) == 1 or not plain.any():
            return found
        places = plain.arg_true()
        first = _distinctly(names.gather(places), lambda values: self._keys[0].many("purged", values))
        return found.scatter(places, self.turned_tokens(first))

    def turned_tokens(self, tokens: pl.Series) -> pl.Series:
        """Tokens of the list under the first key, under all of them."""

        def made(values: list[str]) -> list[str]:
            for key in self._keys[1:]:
                values = key.many("purged", key.many("turned", values))
            return values

        return _distinctly(tokens, made)

    def one(self, pseudonym: str) -> str:
        """One pseudonym under the first key, under all of them."""
        return self._turned([pseudonym])[0]

    def sealed(self, text: str, domain: str) -> str:
        """A text under the last key: for what was made of a pseudonym without a key and cannot be made anew."""
        return self._keys[-1].many(domain, [text])[0]

    def _turned(self, values: list[str], digits: int = _HEX) -> list[str]:
        for before, after in pairwise(self._keys):
            values = after.many("turned", before.many("purged", [value[:digits] for value in values]))
        return values


class _Key:
    """HMAC-SHA-256 under one key, of which the states after both pads are kept."""

    def __init__(self, key: bytes) -> None:
        """SHA-256 after the inner and the outer pad (RFC 2104): to copy them costs less than to begin anew."""
        wide = key.ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in wide))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in wide))

    def many(self, domain: str, values: list[str]) -> list[str]:
        """The first 32 digits for each value, one after the other."""
        begun = self._inner.copy()
        begun.update(f"{domain}|".encode())
        made = []
        for value in values:
            message, sealed = begun.copy(), self._outer.copy()
            message.update(value.encode())
            sealed.update(message.digest())
            made.append(sealed.hexdigest()[:_HEX])
        return made


def _distinctly(text: pl.Series, made: Callable[[list[str]], list[str]]) -> pl.Series:
    """What is made of each text, of each distinct one once; null stays null."""
    if text.null_count() == 0 and text.n_unique() == text.len():
        return pl.Series(text.name, made(text.to_list()), dtype=pl.String)
    distinct = text.unique().drop_nulls()
    if not distinct.len():
        return pl.Series(text.name, [None], dtype=pl.String).new_from_index(0, text.len())
    table = pl.DataFrame({"t": distinct, "v": made(distinct.to_list())}, schema_overrides={"t": pl.String})
    return text.to_frame("t").join(table, on="t", how="left", maintain_order="left")["v"].alias(text.name)
