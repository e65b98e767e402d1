"""The key of pseudonyms: 32 bytes that stay outside the working directory, from the environment or a file.

It is looked for only when numbers of persons are first read, and made then, said aloud, where there is none. A working
directory remembers the id of its key, so that pseudonyms of two keys never stand in one table.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from telcli.errors import DataError, MissingInputError, Notice, TelcliError, UsageError
from telcli.io.durable import named
from telcli.io.scratch import scratch

__all__ = ["VARIABLE", "Secret", "key_file"]

VARIABLE = "TELCLI_KEY"
_BYTES = 32


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
    """The key of one working directory, asked by calling it.

    Parameters
    ----------
    file : where the key is, or is to be made.
    workdir : the working directory, which must not hold the file.
    expected : id of the key that made what the directory holds; empty where nothing was made with one.
    """

    file: Path
    workdir: Path
    expected: str = ""
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
                key = self._found()
                self.key_id = key_id(key)
                if self.expected and self.key_id != self.expected:
                    raise self._other()
                self._key = key
            return self._key

    def make(self) -> bool:
        """Make the key where there is none, for later; whether one was made."""
        if os.environ.get(VARIABLE) or self.file.exists():
            self()
            return False
        self()
        return True

    def _found(self) -> bytes:
        given = os.environ.get(VARIABLE)
        if given:
            return _read(given, VARIABLE)
        self._refuse_inside()
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

    def _opened(self) -> bytes:
        try:
            mode = self.file.stat().st_mode
            text = self.file.read_text(encoding="ascii")
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

    def _made(self) -> bytes:
        key = secrets.token_bytes(_BYTES)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with scratch(self.file.parent) as folder:
                part = folder / self.file.name
                part.touch(0o600)
                part.write_text(key.hex() + "\n", encoding="ascii")
                named(part, self.file, fresh=True)
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
        return key

    def _refuse_inside(self) -> None:
        if self.file.resolve().is_relative_to(self.workdir.resolve()):
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

    def _other(self) -> DataError:
        return DataError(
            "key-other",
            "{workdir} holds pseudonyms of key {expected}; {place} holds key {found}, under which nothing would join.",
            hint="Give the key that made it, or ingest everything into a new working directory.",
            workdir=str(self.workdir),
            expected=self.expected,
            place=self.place,
            found=self.key_id,
        )


def key_id(key: bytes) -> str:
    """First 8 hex digits of the key's SHA-256.

    >>> key_id(bytes(32))
    '66687aad'
    """
    return hashlib.sha256(key).hexdigest()[:8]


def _read(text: str, place: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise UsageError(
            "key-invalid",
            "{place} does not hold a key: 64 hex digits.",
            hint="Make one with: telcli init",
            place=place,
        )
    return key


def _unusable(file: Path, error: OSError) -> TelcliError:
    return MissingInputError(
        "key-unusable",
        "The key of pseudonyms {file} can be neither read nor made: {why}.",
        hint="Name a file of your own with key_file in [ingest] of telcli.toml, or set TELCLI_KEY.",
        file=str(file),
        why=error.strerror or type(error).__name__,
    )
