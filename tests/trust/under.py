"""Commands of telcli in processes of their own, with faults: ended or refused at the n-th thing they do to files.

A server process has `faults.c` loaded before libc and telcli's libraries imported; it makes a copy of itself for each
command, so that a run costs what the command costs and nothing else. What writes from Rust or C++ is met like Python.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = [
    "ALL",
    "BROKEN",
    "COUNT",
    "DISK_FULL",
    "EVER",
    "FORBIDDEN",
    "KILL",
    "METADATA",
    "ONCE",
    "QUOTA",
    "READ_ONLY",
    "SHORT",
    "TEAR",
    "WRITES",
    "Fault",
    "Ran",
    "Under",
    "compiled",
]

MAKE, MOVE, DROP, SYNC, WRITES, CUT = 1, 2, 4, 8, 16, 32
METADATA, ALL = MAKE | MOVE | DROP | SYNC | CUT, 63
COUNT, KILL, TEAR, ONCE, EVER, SHORT = 1, 2, 3, 4, 5, 6
DISK_FULL, QUOTA, BROKEN, READ_ONLY, FORBIDDEN = errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES
_SOURCE = Path(__file__).with_name("faults.c")
_PRELOADED = (
    *("pyarrow.parquet", "sklearn.ensemble", "sklearn.linear_model", "xlsxwriter", "openpyxl", "skops.io"),
    *("telcli.pipeline.run", "telcli.pipeline.status", "telcli.pipeline.publish", "telcli.io.model_file"),
)


@dataclass(frozen=True)
class Fault:
    """What is to happen below `roots`, and to the clock on the wall: see faults.c.

    `after` so many seconds the process is ended, wherever it is.
    """

    roots: tuple[str, ...]
    way: int = COUNT
    nth: int = 0
    error: int = 0
    kinds: int = METADATA
    after: float | None = None
    journal: str = ""
    store: str = ""
    leap: int = 0


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code, or the negative of the signal; what it said; and what it did to files."""

    code: int
    said: str
    done: int
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def killed(self) -> bool:
        """Whether it was ended from outside."""
        return self.code == -signal.SIGKILL


def compiled(folder: Path) -> Path | None:
    """The library, made here; None where there is no compiler or another system than Linux."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    made = folder / "faults.so"
    words = [compiler, "-shared", "-fPIC", "-O2", "-o", str(made), str(_SOURCE), "-ldl"]
    return made if subprocess.run(words, capture_output=True, check=False).returncode == 0 else None


@dataclass
class Under:
    """The server; `env` are variables of every command, `preload` modules imported once."""

    library: Path
    env: dict[str, str] = field(default_factory=dict)
    _process: Any = None

    def __enter__(self) -> Self:
        threads = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        env = {**os.environ, **threads, **self.env, "LD_PRELOAD": str(self.library)}
        words = [sys.executable, "-m", "tests.trust.under"]
        self._process = subprocess.Popen(
            words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_SOURCE.parents[2]
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def run(
        self,
        words: Sequence[object],
        fault: Fault | None = None,
        *,
        home: Path,
        remembered: Path | None = None,
        **env: str,
    ) -> Ran:
        """Run a command line to its end, from the folder `home`; `remembered` is where outcomes are, see there."""
        told: dict[str, Any] = {"words": [str(word) for word in words], "env": env, "home": str(home)}
        told["remembered"] = str(remembered) if remembered else ""
        told["fault"] = asdict(fault) if fault else None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return Ran(**json.loads(self._process.stdout.readline()))


def _serve() -> None:
    """Answer requests, each in a copy of this process."""
    import gc
    import importlib
    import pkgutil

    import telcli.cli
    import telcli.stages

    for package in (telcli.cli, telcli.stages):
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    for name in _PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what copies share is not looked through, and so not copied, by each of them
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_copy(json.loads(line))) + "\n")
        sys.stdout.flush()


def _copy(told: dict[str, Any]) -> dict[str, Any]:
    import select
    import time

    reading, writing = os.pipe()
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(told, writing)
    os.close(writing)
    after = (told["fault"] or {}).get("after")
    if after is not None:
        handle = os.pidfd_open(child)
        if not select.select([handle], [], [], after)[0]:
            os.kill(child, signal.SIGKILL)
        os.close(handle)
    parts = []
    while piece := os.read(reading, 1 << 16):
        parts.append(piece)
    os.close(reading)
    _, status, used = os.wait4(child, 0)
    said, _, done = b"".join(parts).decode(errors="replace").rpartition("\0")
    return {
        "code": os.waitstatus_to_exitcode(status),
        "said": said or done,
        "done": int(done) if said or done.isdecimal() else -1,
        "seconds": time.monotonic() - begun,
        "cpu": used.ru_utime + used.ru_stime,
    }


def _child(told: dict[str, Any], writing: int) -> None:
    """Run the command; what it says, a zero byte and the number of operations go to the pipe."""
    import ctypes
    import secrets

    from telcli.cli import main

    for number in (1, 2):
        os.dup2(writing, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(told["env"])
    os.chdir(told["home"])
    for name in [name for name, value in told["env"].items() if not value]:
        del os.environ[name]
    if told["remembered"]:
        from tests.trust.remembered import remember

        remember(Path(told["remembered"]))
    secrets.token_bytes = lambda count=32: bytes(range(count or 32))  # a key is the same each time, to be compared
    library, fault = ctypes.CDLL(None), told["fault"]
    if fault:
        journal = os.open(fault["journal"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) if fault["journal"] else -1
        places = "\n".join(fault["roots"]).encode()
        how = (fault["kinds"], fault["way"], fault["nth"], fault["error"], journal, fault["store"].encode())
        library.faults_arm(places, *how)
        library.faults_clock(fault["leap"])
    code = main(told["words"])
    made = library.faults_count()
    library.faults_arm(b"", 0, 0, 0, 0, -1, b"")
    library.faults_clock(0)
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(writing, b"\0%d" % made)
    os._exit(code)


if __name__ == "__main__":
    _serve()
