"""``audit.jsonl`` in the working directory: who took rows out of it, or changed whose rows it holds.

A line is one JSON object, written whole and made durable before the next one. It holds the hash of the line before it
(``before``) and of itself (``seal``), so that a line that was changed, taken away or put in between is found. The log's
end is known to nobody else: lines cut off there are not found, nor a log written anew from its beginning by whoever may
write the directory. No identifier and no value of a condition stands in it.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import pwd
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import telcli
from telcli import settings as knobs
from telcli.errors import DataError, Notice, UsageError
from telcli.io.durable import sync
from telcli.pipeline.storing import why
from telcli.pipeline.workdir import Workdir
from telcli.tables.masking import hidden

__all__ = ["LOG", "Audit", "Break", "broken", "broken_error", "destination", "look", "note"]

LOG = "audit.jsonl"
_BEFORE, _SEAL, _TORN = "before", "seal", "torn"
_WAIT, _POLL = 1.0, 0.01
"""Seconds that a reader waits for others who write a line, each of whom takes milliseconds."""
_BLOCK = 1 << 16
_LONGEST = 1 << 20
"""Bytes of one line that is read at once."""


@dataclass(frozen=True)
class Break:
    """A line of the log, counted from 1, that is not as it was written.

    `why` is ``unreadable`` (no line of the log), ``changed`` (its seal is of another text), or ``gap`` (the line before
    it is not the one it was written after).
    """

    line: int
    why: str


@dataclass(frozen=True)
class Audit:
    """The lines that were asked for, the oldest first, how many there are in all, and what is wrong with the log."""

    entries: tuple[Mapping[str, Any], ...]
    lines: int
    breaks: tuple[Break, ...]
    last: str


def note(workdir: Path, command: str, **told: Any) -> tuple[Notice, ...]:
    """Add a line; what is None or empty is left out. A warning where it could not be written and need not be.

    Raises
    ------
    UsageError
        It could not be written, and ``audit`` in [general] is ``required``.
    """
    wanted = knobs.settled("general", workdir).audit
    if wanted == "off" or not workdir.is_dir():
        return ()
    about = {name: value for name, value in told.items() if value not in (None, "", (), [], {})}
    try:
        _append(workdir / LOG, {"at": _now(), **_who(), "command": command, "telcli": telcli.__version__, **about})
    except OSError as error:
        values = {"file": LOG, "why": why(error)}
        if wanted == "required":
            raise UsageError(
                "audit-required",
                "The audit log {file} of the working directory cannot be written: {why}. Nothing was given out.",
                hint='Mend that; or have it only warn, with audit = "on" in [general] of telcli.toml.',
                **values,
            ) from None
        words = "The audit log {file} of the working directory cannot be written: {why}."
        return (Notice("audit-unwritten", words, values),)
    return ()


def look(workdir: Path, since: str = "", command: str = "") -> Audit:
    """The log: lines from a day on (``2024-06-01``, UTC), and of one command; nothing where there is none.

    Raises
    ------
    UsageError
        `since` is no day.
    MissingInputError
        There is no such working directory.
    """
    Workdir(workdir).manifest()
    if since and not _is_day(since):
        raise UsageError(
            "audit-since",
            "--since {since} is no day.",
            hint="Write it as 2024-06-01.",
            since=repr(since),
        )
    place = workdir / LOG
    found = [entry for _, entry in _lines(place) if entry is not None]
    kept = [one for one in found if str(one.get("at", "")) >= since and command in ("", one.get("command"))]
    plain = [{name: value for name, value in one.items() if name not in (_BEFORE, _SEAL)} for one in kept]
    last = str(found[-1].get(_SEAL, "")) if found else ""
    return Audit(tuple(plain), len(found), broken(place), last)


def broken_error(found: Audit) -> DataError | None:
    """What is to be said of a log that is not as it was written; None where it is."""
    if not found.breaks:
        return None
    return DataError(
        "audit-broken",
        "{file} is not as telcli wrote it: line {lines}.",
        hint="Lines were changed, taken out or put in (audit.jsonl has one of them per line); compare with a backup.",
        file=LOG,
        lines=", ".join(f"{one.line} ({one.why})" for one in found.breaks[:10]),
    )


def broken(place: Path) -> tuple[Break, ...]:
    """Lines of a log that are not as they were written; a last one that a killed process left unfinished is none.

    >>> broken(Path("no/such/audit.jsonl"))
    ()
    """
    found, before, torn = [], b"", 0
    for at, (raw, entry) in enumerate(_lines(place), start=1):
        if entry is None:
            torn = at  # a line torn by a kill: the next one, which is written after it, says so
        elif entry.get(_SEAL) != _seal(entry):
            found.append(Break(at, "changed"))
        elif entry.get(_BEFORE) != _hash(before):
            found.append(Break(at, "gap"))
        if entry is not None and torn and not entry.get(_TORN):
            found.append(Break(torn, "unreadable"))
        torn = torn if entry is None else 0
        before = raw
    if torn and _ended(place):
        found.append(Break(torn, "unreadable"))
    return tuple(sorted(found, key=lambda one: one.line))


def destination(place: Path | None) -> str:
    """Where rows went: the name of a file, with what could be a number or a name in it hidden; ``stdout`` without one.

    Folders are left out, since they tell of people more often than of data (``/home/zhang.san/complaint of C0012``).

    >>> destination(Path("/home/ann/churn 13812345678.csv")), destination(None)
    ('churn 138******78.csv', 'stdout')
    """
    return hidden(place.name) if place else "stdout"


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _append(place: Path, entry: Mapping[str, Any]) -> None:
    fresh = not place.exists()
    with _opened(place) as handle:
        size = os.fstat(handle).st_size
        last, whole = _last(handle, size)
        body = {**entry, _BEFORE: _hash(last), **({} if whole else {_TORN: True})}
        line = json.dumps({**body, _SEAL: _seal(body)}, ensure_ascii=False).encode() + b"\n"
        line = line if whole else b"\n" + line
        written = 0
        try:
            written = os.write(handle, line)
            os.fsync(handle)
        finally:
            if written != len(line):
                with suppress(OSError):  # what did not get in whole is not left behind
                    os.ftruncate(handle, size)
        if written != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if fresh:
        sync(place.parent)


@contextmanager
def _opened(place: Path) -> Iterator[int]:
    """The log, locked; never through a link, and no pipe or device."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    mode = stat.S_IMODE(place.parent.stat().st_mode) & 0o660
    handle = os.open(place, flags, mode)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        deadline = time.monotonic() + _WAIT
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_POLL)
        yield handle
    finally:
        os.close(handle)


def _last(handle: int, size: int) -> tuple[bytes, bool]:
    """The last line, and whether it was written to its end."""
    tail, at = b"", size
    while at and b"\n" not in tail[:-1]:
        at = max(0, at - _BLOCK)
        tail = os.pread(handle, size - at, at)
    return tail.removesuffix(b"\n").rpartition(b"\n")[2], not size or tail.endswith(b"\n")


def _lines(place: Path) -> Iterator[tuple[bytes, dict[str, Any] | None]]:
    """Every line as it stands, and what it says; None where it is no line of the log."""
    if not place.is_file():
        return
    with place.open("rb") as opened:
        while line := opened.readline(_LONGEST):
            raw = line.removesuffix(b"\n")
            try:
                entry = json.loads(raw)
            except (ValueError, RecursionError):
                entry = None
            yield raw, entry if isinstance(entry, dict) else None


def _ended(place: Path) -> bool:
    """Whether the last line was written to its end."""
    with place.open("rb") as opened:
        opened.seek(-1, os.SEEK_END)
        return opened.read(1) == b"\n"


def _seal(entry: Mapping[str, Any]) -> str:
    said = {name: value for name, value in entry.items() if name != _SEAL}
    return _hash(json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest() if text else ""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _who() -> dict[str, str]:
    """The account that ran it, who stood behind it (the one who logged in, or called sudo), and the machine."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        user = str(os.getuid())
    behind = os.environ.get("SUDO_USER", "")
    with suppress(OSError):  # of a job without a terminal nobody knows
        behind = behind or os.getlogin()
    return {"user": user, **({"login": behind} if behind not in ("", user) else {}), "host": os.uname().nodename}
