"""What is watched while telcli reads a hostile input: time, memory, what is written and where, and what is said."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from telcli.cli._errors import explain
from telcli.errors import ExitCode

__all__ = ["MEMORY", "SECONDS", "SECRETS", "Told", "tree", "watched"]

SECONDS = 10
"""Of processor time that one input may take."""
MEMORY = 1500 << 20
"""Bytes that may be held beyond what was held before."""
SECRETS = ("13912345678", "王小明", "110101199003077715")
"""A number, a name and a certificate in the seeds' rows: no sentence may quote them."""
CODES = frozenset(ExitCode) - {ExitCode.BUG}

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {
    "os.rename": ((0, 2), (1, 3)), "os.mkdir": ((0, 2),), "os.remove": ((0, 1),), "os.rmdir": ((0, 1),),
    "os.symlink": ((1, 2),), "os.link": ((1, 3),), "os.truncate": ((0, None),), "os.chmod": ((0, 2),),
    "shutil.copyfile": ((1, None),), "shutil.move": ((0, None), (1, None)),
}  # fmt: skip
"""Audited events, with the places in their arguments of each path that changes and of the folder it is told from."""
_FREE = ("/dev/null", "/dev/tty", "/proc/self/clear_refs")


@dataclass
class _Hook:
    """Where an audited change may happen; None where nobody watches."""

    inside: str | None = None
    outside: list[str] = field(default_factory=list)

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if self.inside is None:
            return
        if event == "open":
            path, mode, flags = args
            writes = bool(flags & _WRITING) if isinstance(flags, int) else bool(set(str(mode)) & set("wax+"))
            paths = [(path, -1)] if writes else []
        else:
            paths = [(args[at], -1 if of is None else args[of]) for at, of in _CHANGES.get(event, ())]
        for path, folder in paths:
            if not isinstance(path, str | bytes | os.PathLike):
                continue  # a descriptor that is open already
            below = str(Path(f"/proc/self/fd/{folder}").readlink()) if isinstance(folder, int) and folder >= 0 else ""
            place = os.path.realpath(os.path.join(below, os.fsdecode(path)))  # noqa: PTH118 - any bytes
            if not place.startswith(self.inside) and place not in _FREE:
                self.outside.append(f"{event} {place}")


_HOOK = _Hook()
_HOOKED: list[bool] = []


@dataclass
class Told:
    """How an input ended: the exit code, what was said, and every promise that was broken."""

    code: int
    said: str
    faults: list[str]
    seconds: float
    bytes: int


def watched(run: Callable[[], int | None], place: Path, unchanged: tuple[Path, ...] = (), writable: str = "") -> Told:
    """Run it; nothing may be written beside `place`, and `unchanged` are files and folders that a failure leaves alone.

    `run` gives back an exit code, as `main` does, or raises, as readers do.
    """
    if not _HOOKED:
        sys.addaudithook(_HOOK)
        _HOOKED.append(True)
    before = {path: tree(path) for path in unchanged}
    parent = tree(place.parent, deep=False)
    out = io.StringIO()
    base = _peak_from_here()
    started = time.process_time()
    code, said, faults = ExitCode.DONE, "", []
    with _only(place, writable), _in_time(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            code = ExitCode(run() or 0)
        except ValueError as error:
            faults.append(f"exit code {error}")
        except BaseException as error:
            failure = explain(error)
            code, said = failure.exit_code, f"{failure.message} {failure.hint}"
            if code is ExitCode.BUG:
                faults.append(f"traceback {type(error).__name__}: {str(error)[:200]}{_where(error)}")
    seconds, held = time.process_time() - started, _peak() - base
    said += out.getvalue()
    faults += _broken(code, said, seconds, held)
    faults += [f"outside {one}" for one in _HOOK.outside]
    if tree(place.parent, deep=False) != parent:
        faults.append("outside: something was made beside the folder")
    if code is not ExitCode.DONE:
        faults += [f"changed {path.name}" for path, was in before.items() if tree(path) != was]
    return Told(int(code), said, faults, seconds, held)


def _broken(code: ExitCode, said: str, seconds: float, held: int) -> Iterator[str]:
    """Promises that show in what was said, and in what it took."""
    if code not in CODES:
        lines = [line.strip() for line in said.rsplit("Traceback (most recent", maxsplit=1)[-1].splitlines()]
        places = [line.rpartition("/")[2] for line in lines if line.startswith("File ")]
        error = [line for line in lines if line and " " in line and not line.startswith(("File ", "^", "Hint"))]
        yield f"exit code {int(code)}: {' | '.join(places[-4:])} {' | '.join(error[-3:])[:300]}"
        return
    if code is not ExitCode.DONE and not said.strip():
        yield "nothing said"
    if "Traceback (most recent" in said:
        yield "traceback shown"
    if code is not ExitCode.DONE:
        yield from (f"quoted {secret}: {said[:200]}" for secret in SECRETS if secret in said)
    if seconds > SECONDS:
        yield f"slow {seconds:.0f} s"
    if held > MEMORY:
        yield f"memory {held >> 20} MB"


def _where(error: BaseException) -> str:
    """The innermost line of telcli's own, and the innermost of all."""
    places, trace = [], error.__traceback__
    while trace is not None:
        places.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " at " + " ".join(places[-4:])


@contextlib.contextmanager
def _only(place: Path, writable: str) -> Iterator[None]:
    """Scratch goes into the folder too, so that all that is written can be told from the rest."""
    scratch = place / "tmp"
    scratch.mkdir(exist_ok=True)
    was, tempfile.tempdir = tempfile.tempdir, str(scratch)
    _HOOK.inside, _HOOK.outside = os.path.realpath(place), []
    try:
        with patch.dict(os.environ, {"TMPDIR": str(scratch)}):
            yield
    finally:
        _HOOK.inside, tempfile.tempdir = None, was


class _TooLongError(BaseException):
    """No Exception, so that nothing takes it for one of its own."""


@contextlib.contextmanager
def _in_time() -> Iterator[None]:
    """Stop Python code that does not end; what hangs within a library is ended by whoever started this process."""

    def stop(number: int, frame: object) -> None:
        raise _TooLongError

    was = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 2 * SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, was)


def tree(place: Path, *, deep: bool = True) -> dict[str, object]:
    """Names, and contents of files, below a folder; of a file its content. The lock is no content."""
    if not place.is_dir():
        return {"": place.read_bytes() if place.is_file() else None}
    found = sorted(place.rglob("*") if deep else place.iterdir())
    return {
        str(one.relative_to(place)): one.read_bytes() if deep and one.is_file() and not one.is_symlink() else None
        for one in found
        if one.name != ".lock"
    }


def _peak_from_here() -> int:
    """Forget the highest memory so far; what is held now."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _of_status("VmRSS")


def _peak() -> int:
    return _of_status("VmHWM")


def _of_status(name: str) -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:  # not Linux: memory is not watched
        return 0
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name))
