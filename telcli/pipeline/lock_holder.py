"""Who holds the lock of a working directory: process, machine, command, and since when."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

__all__ = ["Holder", "own_holder", "read_holder"]

_MOST = 4096
_COMMAND = re.compile(r"[a-z][a-z-]{1,40}")


@dataclass(frozen=True)
class Holder:
    """A process: `born` tells it from a later one of the same number, where the system tells that (Linux)."""

    pid: int
    host: str
    command: str
    since: str
    born: str

    def to_text(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self)) + "\n"

    def lives(self) -> bool:
        """Whether the process goes on; of another machine that cannot be known, and is taken to be so.

        >>> own_holder().lives(), Holder(own_holder().pid, own_holder().host, "run", "", "long ago").lives()
        (True, False)
        """
        if self.host != os.uname().nodename:
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return self.born in ("", _born(self.pid))


def own_holder() -> Holder:
    """Tell of this process; of the command line the command alone is told: what follows it may name a person."""
    named = Path(sys.argv[0]).name in ("telcli", "__main__.py") and len(sys.argv) > 1
    command = f"telcli {sys.argv[1]}" if named and _COMMAND.fullmatch(sys.argv[1]) else "telcli"
    since = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    return Holder(os.getpid(), os.uname().nodename, command, since, _born(os.getpid()))


def read_holder(path: Path) -> Holder | None:
    """Who the lock file says holds it; None where it says nothing that can be read.

    >>> read_holder(Path("/dev/null")) is None
    True
    """
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            body = json.loads(file.read(_MOST))
        kinds = {"pid": int, "host": str, "command": str, "since": str, "born": str}
        told = {name: kind(body[name]) for name, kind in kinds.items()}
        if told["pid"] < 1 or not all(value.isprintable() for value in told.values() if isinstance(value, str)):
            return None
        return Holder(**told)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _born(pid: int) -> str:
    """When a process began, in ticks since the system did; empty where the system does not tell."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return told.rpartition(")")[2].split()[19]  # the name before may hold anything
