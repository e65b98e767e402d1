"""The key of pseudonyms: 32 bytes that stay outside the working directory, from the environment or a file.

It is looked for only when numbers of persons are first read, and made then, said aloud, where there is none. A working
directory remembers the id of its key, so that pseudonyms of two keys never stand in one table.

A key that was turned stands above the next one: the file has a line for each, the oldest first, and a directory goes by
those whose ids it remembers. So one that was not turned yet can be read beside others that were.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from telcli.errors import DataError, MissingInputError, Notice, TelcliError, UsageError
from telcli.io.durable import named
from telcli.io.given_file import given_bytes
from telcli.io.scratch import scratch, sweep

__all__ = ["VARIABLE", "Secret", "key_file"]

VARIABLE = "TELCLI_KEY"
_BYTES = 32
_MOST = 1 << 20
"""Bytes of the file: a line of 65 for each key."""


def key_file(named: str, environ: Mapping[str, str] | None = None) -> Path:
    """The file that holds the key: the one named in the settings, else the user's own.

    >>> str(key_file("", {"XDG_CONFIG_HOME": "/home/a/.config"}))
    '/home/a/.config/telcli/pseudonyms.key'
    """
    if named:
        return Path(named).expanduser()
    home = (os.environ if environ is None else environ).get("XDG_CONFIG_HOME", "")
    folder = Path(home) if Path(home).is_absolute() else Path.home() / ".config"
    return folder / "telcli" / "pseudonyms.key"


@dataclass
class Secret:
    """The keys of one working directory, one after the other, asked by calling it.

    Parameters
    ----------
    file : where the keys are, or one is to be made.
    workdir : the working directory, which must not hold the file.
    expected : ids of the keys that made what the directory holds, with `.` between; empty where none made any of it.
    keyless : whether it holds something all the same: hashes stand there as they came, as they would under one key. It
        goes by the newest alone then, as older ones may have got about.
    """

    file: Path
    workdir: Path
    expected: str = ""
    keyless: bool = False
    key_id: str = ""
    notices: list[Notice] = field(default_factory=list)
    _key: bytes = b""
    _lock: Lock = field(default_factory=Lock)

    def __call__(self) -> bytes:
        """Find the key, or make it where there is none and none is expected.

        Raises
        ------
        TelcliError
            The key is not there, is another one than expected, is no key, or others may read it.
        """
        with self._lock:
            if not self._key:
                held = self._found()[-1:] if self.keyless and not self.expected else self._found()
                self.key_id = ids_of(held)
                self._key = b"".join(self._expected(held) if self.expected else held)
                self.key_id = self.expected or self.key_id
            return self._key

    def several(self) -> bool:
        """Whether hashes are to be gone through keys after the first; no key is made to find that out.

        Raises
        ------
        TelcliError
            As of a call, where there is a key.
        """
        if self.expected or self.keyless:
            return "." in self.expected
        return (bool(os.environ.get(VARIABLE)) or self.file.exists()) and len(self._found()) > 1

    def newest(self) -> bytes:
        """The last of the keys alone, which tells that its holder may see identifiers; older ones may lie elsewhere.

        Raises
        ------
        TelcliError
            As of a call; but for older keys that are not there.
        """
        return self._expected(self._found(), newest=True)[-1]

    def further(self) -> list[bytes]:
        """Keys that stand after those of the directory, which it was not turned to yet."""
        held, last = self._found(), self.expected.rpartition(".")[2]
        return held[[key_id(key) for key in held].index(last) + 1 :]

    def add(self) -> list[bytes]:
        """Make one more key, after those there are, and put it into the file before anything is made with it.

        Where another directory was turned meanwhile, its key is taken.

        Raises
        ------
        UsageError
            The keys come from the environment, or the file cannot be written.
        """
        if os.environ.get(VARIABLE):
            raise UsageError(
                "rotate-environment",
                "The key of pseudonyms comes from {variable}, where telcli can put no other.",
                hint="Put a new one behind it, 64 hex digits after a comma (openssl rand -hex 32), and run it again.",
                variable=VARIABLE,
            )
        made = secrets.token_bytes(_BYTES)
        folder = os.open(self.file.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)  # two directories may be turned at once
            if others := self.further():
                return others
            text = "".join(f"{key.hex()}\n" for key in (*self._opened(), made))
            _written(self.file, text)
        except OSError as error:
            raise _unusable(self.file, error) from None
        finally:
            os.close(folder)
        return [made]

    def _expected(self, held: list[bytes], *, newest: bool = False) -> list[bytes]:
        """The keys that the directory goes by."""
        known = {key_id(key): key for key in held}
        wanted = self.expected.split(".")
        if wanted[-1] not in known and not known.keys() & set(wanted):
            raise self._other(held)
        missing = [one for one in (wanted[-1:] if newest else wanted) if one not in known]
        if missing:
            raise DataError(
                "key-part-missing",
                "{workdir} holds pseudonyms of the keys {expected}, one after the other; {place} does not hold "
                "{missing}.",
                hint="Put that key back, a line for each, the oldest first. Without it no number can be told from a "
                "pseudonym: nothing more can be ingested, looked up by number, or purged.",
                workdir=str(self.workdir),
                expected=self.expected,
                place=self.place,
                missing=", ".join(missing),
            )
        return [known[one] for one in wanted if one in known]

    def make(self) -> bool:
        """Make the key where there is none, for later; whether one was made."""
        if os.environ.get(VARIABLE) or self.file.exists():
            self()
            return False
        self()
        return True

    def _found(self) -> list[bytes]:
        given = os.environ.get(VARIABLE)
        if given:
            return _read(given, VARIABLE)
        self._refuse_inside()
        sweep(self.file.parent)  # of one that was killed as it made the key
        if not self.file.exists():
            if self.expected:
                raise DataError(
                    "key-missing",
                    "{workdir} holds pseudonyms of key {expected}, and {file} does not exist.",
                    hint="Put that key back, or name its file with key_file in [ingest] of telcli.toml; without it, "
                    "ingest everything into a new working directory.",
                    workdir=str(self.workdir),
                    expected=self.expected,
                    file=str(self.file),
                )
            return self._made()
        return self._opened()

    def _opened(self) -> list[bytes]:
        try:
            mode = self.file.stat().st_mode
            text = given_bytes(self.file, _MOST).decode("ascii")
        except UnicodeDecodeError:
            text, mode = "", 0
        except OSError as error:
            raise _unusable(self.file, error) from None
        if mode & 0o077:
            raise UsageError(
                "key-readable",
                "Others may read the key of pseudonyms {file}.",
                hint="Keep it to yourself: chmod 600 {file}",
                file=str(self.file),
            )
        return _read(text, str(self.file))

    def _made(self) -> list[bytes]:
        key = secrets.token_bytes(_BYTES)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _written(self.file, key.hex() + "\n", fresh=True)
        except FileExistsError:  # another telcli was faster
            return self._opened()
        except OSError as error:
            raise _unusable(self.file, error) from None
        self.notices.append(
            Notice(
                "key-made",
                "A key of pseudonyms was made: {file} (id {id}). Keep it safe and apart from the data: without it, "
                "later extracts cannot be joined to these.",
                {"file": str(self.file), "id": key_id(key)},
            )
        )
        return [key]

    def _refuse_inside(self) -> None:
        if Path(os.path.realpath(self.file)).is_relative_to(os.path.realpath(self.workdir)):  # of a loop of links too
            raise UsageError(
                "key-inside",
                "The key of pseudonyms {file} would lie inside the working directory.",
                hint="Whoever gets the data must not get the key: name a file elsewhere with key_file in [ingest].",
                file=str(self.file),
            )

    @property
    def place(self) -> str:
        """Where the key is: the environment variable, or the file."""
        return VARIABLE if os.environ.get(VARIABLE) else str(self.file)

    def _other(self, held: list[bytes]) -> DataError:
        return DataError(
            "key-other",
            "{workdir} holds pseudonyms of key {expected}; {place} holds key {found}, under which nothing would join.",
            hint="Give the key that made it, or ingest everything into a new working directory.",
            workdir=str(self.workdir),
            expected=self.expected,
            place=self.place,
            found=ids_of(held),
        )


def _written(place: Path, text: str, *, fresh: bool = False) -> None:
    """Have a file for its owner alone, whole or as it was before; `fresh` refuses where there is one."""
    with scratch(place.parent) as folder:
        part = folder / place.name
        part.touch(0o600)
        part.write_text(text, encoding="ascii")
        named(part, place, fresh=fresh)


def ids_of(keys: list[bytes]) -> str:
    """The ids of keys, with `.` between.

    >>> ids_of([bytes(32), b"1" * 32])
    '66687aad.8a83665f'
    """
    return ".".join(map(key_id, keys))


def key_id(key: bytes) -> str:
    """First 8 hex digits of the key's SHA-256.

    >>> key_id(bytes(32))
    '66687aad'
    """
    return hashlib.sha256(key).hexdigest()[:8]


def _read(text: str, place: str) -> list[bytes]:
    """The keys of a text, each once."""
    try:
        keys = [bytes.fromhex(word) for word in text.replace(",", " ").split()]
    except ValueError:
        keys = []
    if not keys or any(len(key) != _BYTES for key in keys):
        raise UsageError(
            "key-invalid",
            "{place} does not hold a key: 64 hex digits.",
            hint="Make one with: telcli init",
            place=place,
        )
    return list(dict.fromkeys(keys))


def _unusable(file: Path, error: OSError) -> TelcliError:
    return MissingInputError(
        "key-unusable",
        "The key of pseudonyms {file} can be neither read nor made: {why}.",
        hint="Name a file of your own with key_file in [ingest] of telcli.toml, or set TELCLI_KEY.",
        file=str(file),
        why=error.strerror or type(error).__name__,
    )
