"""Fuzzing that learns which inputs reach new lines: ``python -m tests.trust.fuzz --engine atheris --reader X``.

An input is either what a door reads, byte by byte, or the choices by which a door makes one; its first byte tells
which. Each is watched as the others are. What is found is kept, with the bytes of it, in the folder of ``--keep``,
where it can be tried again: ``--engine atheris --reader X --input FILE``. It needs atheris (``pip install atheris``),
which is no dependency: without it, it says so and ends with code 2.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

__all__ = ["Choices", "guided", "tried_bytes"]

_CHOICES, _BYTES = b"\x00", b"\x01"
_LONGEST = 64 << 10
"""Bytes of one input: what takes more is for bombs, which are told one by one."""
_PATIENCE = 60
"""Seconds that one input may take by the clock; the watch counts those of the processor."""
_SPACE = 4096
"""MB that a process may hold."""


class Choices(Random):
    """Chance that goes by given bytes, and where these end by what they hash to: the same bytes, the same choices.

    >>> Choices(b"ab").random() == Choices(b"ab").random(), Choices(b"ab").random() == Choices(b"ba").random()
    (True, False)
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(int.from_bytes(sha256(data).digest()[:8]))
        self._left = memoryview(data)

    def random(self) -> float:
        return int.from_bytes(self._taken(2)) / 65536

    def getrandbits(self, k: int, /) -> int:
        size = -(-k // 8)
        return int.from_bytes(self._taken(size)) >> (8 * size - k)

    def _taken(self, count: int) -> bytes:
        taken, self._left = bytes(self._left[:count]), self._left[count:]
        missing = count - len(taken)
        return taken + super().getrandbits(8 * missing).to_bytes(missing) if missing else taken


def _plain(  # noqa: PLR0911 - one for each door
    reader: str, data: bytes, folder: Path
) -> Callable[[], int | None] | None:
    """What reads these bytes as they are, at the door; None where its inputs are no bytes of one file."""
    from tests.trust import doors

    if reader in doors.KINDS or reader == "any":
        return doors.opened(doors.file_of(folder, f"a.{'csv' if reader == 'any' else reader}", data), folder)
    if reader == "config":
        (folder / "work").mkdir()
        doors.file_of(folder / "work", "telcli.toml", data)
        return lambda: doors.main(["config", "-w", str(folder / "work")])
    if reader == "mapping":
        return doors.mapping_of(folder, data)
    if reader == "manifest":
        return doors.manifest_of(data, folder / "work")
    if reader == "where":
        return doors.condition_of(data.decode("utf-8", "surrogateescape"))
    if reader == "lists":
        names = sorted(doors.named())
        which = names[(data[0] if data else 0) % len(names)]
        ending = ("csv", "toml")[data[1] % 2] if len(data) > 1 else "csv"
        return doors.list_of(which, doors.file_of(folder, f"{which}.{ending}", data[2:]))
    return None


def _seeds(reader: str) -> list[bytes]:
    """What is tried first: whole files of the door's kind, and a few choices."""
    from tests.trust import doors, seeds

    chance = Random(reader)  # noqa: S311 - inputs, not secrets
    found = [_CHOICES + chance.randbytes(size) for size in (0, 16, 64, 64, 256, 1024)]
    plain: Mapping[str, Callable[[], list[bytes]]] = {
        "config": lambda: [doors.every_section(at).encode() for at in range(3)],
        "mapping": lambda: [doors.mapping_text().encode()],
        "manifest": lambda: [(doors.workdir() / "manifest.json").read_bytes()],
        "where": lambda: [b"age > 25 AND region = 'N'", b"moved = 'yes' OR fee IN (1, 2.5)", b"joined_on >= 202405"],
        "lists": lambda: [
            bytes([at, 0]) + doors.named()[name][0].encode() for at, name in enumerate(sorted(doors.named()))
        ],
        "any": lambda: [seeds.seed(kind)[:_LONGEST] for kind in doors.KINDS],
    }
    made = [seeds.seed(reader)] if reader in doors.KINDS else plain.get(reader, list)()
    return [*found, *(_BYTES + one for one in made if len(one) < _LONGEST)]


def tried_bytes(reader: str, data: bytes, sandbox: Path) -> Any:
    """Read one input of the engine, and tell how that ended."""
    from tests.trust.doors import DOORS
    from tests.trust.watch import watched

    folder = sandbox / "case"
    folder.mkdir(parents=True)
    try:
        run = _plain(reader, data[1:], folder) if data[:1] == _BYTES else None
        run = run or DOORS[reader].make(Choices(data[1:]), folder)
        kept = (folder / "work",) if reader in ("manifest", "words") else ()
        return watched(run, folder, kept)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _work(reader: str, seconds: int, seed: int, kept: Path) -> None:
    """In a process of its own: it ends with the last second, or where an input ends it."""
    import atheris

    with atheris.instrument_imports(include=["telcli"], enable_loader_override=False):
        from tests.trust import doors

        assert doors.DOORS
        _every_module()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["TELCLI_DEBUG"] = "1"
    corpus = kept / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for one in _seeds(reader):
        (corpus / sha256(one).hexdigest()[:16]).write_bytes(one)
    told: set[str] = set()

    def one_input(data: bytes) -> None:
        with tempfile.TemporaryDirectory(prefix="telcli-fuzz-") as sandbox:
            found = tried_bytes(reader, data, Path(sandbox))
        for fault in found.faults:
            sort = re.sub(r"\d+", "0", fault)[:120]
            if sort not in told:
                told.add(sort)
                place = kept / f"fault-{sha256(data).hexdigest()[:16]}"
                place.write_bytes(data)
                with (kept / "faults.jsonl").open("a") as out:
                    out.write(json.dumps({"fault": fault, "input": place.name}) + "\n")

    limits = {
        "max_total_time": seconds,
        "timeout": _PATIENCE,
        "rss_limit_mb": _SPACE,
        "max_len": _LONGEST,
        "seed": seed,
    }
    words = [f"-{name}={limit}" for name, limit in limits.items()]
    words += [f"-artifact_prefix={kept}/", "-print_final_stats=1", "-verbosity=0", str(corpus)]
    atheris.Setup([sys.argv[0], *words], one_input)
    atheris.Fuzz()


def _every_module() -> None:
    """Import what is reached late, so that its lines count."""
    import pkgutil
    from importlib import import_module

    import telcli

    for one in pkgutil.walk_packages(telcli.__path__, "telcli."):
        if not one.name.endswith("__main__") and "spark" not in one.name:
            import_module(one.name)


def guided(reader: str, seconds: int, seed: int, kept: Path) -> tuple[int, list[str]]:
    """Fuzz one door for so long; how many inputs were tried, and what was found.

    Parameters
    ----------
    seconds : by the clock, of all processes one after the other: where one dies of its input, the next goes on.
    kept : a folder for the corpus, which a later run begins with, and for inputs that broke a promise.
    """
    import time

    kept.mkdir(parents=True, exist_ok=True)
    (kept / "faults.jsonl").unlink(missing_ok=True)
    environ = {**os.environ, "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "TELCLI_KEY": "5e" * 32}
    end, count, died = time.monotonic() + seconds, 0, list[str]()
    while (left := int(end - time.monotonic())) > 0 and len(died) < 20:
        words = [sys.executable, "-m", "tests.trust.guided", reader, str(left), str(seed + len(died)), str(kept)]
        ended = subprocess.run(words, capture_output=True, text=True, errors="replace", env=environ, check=False)
        units = re.findall(r"(?:number_of_executed_units:\s*|^#)(\d+)", ended.stderr, re.M)
        count += max(map(int, units), default=0)
        if ended.returncode == 0:
            break
        last = " ".join(line for line in ended.stderr.splitlines() if "ERROR" in line or "Test unit" in line)
        died.append(f"died {ended.returncode}: {(last or ended.stderr[-300:])[:300]}")
    found = kept / "faults.jsonl"
    lines = found.read_text().splitlines() if found.exists() else []
    return count, [*(f"{one['fault']} [{one['input']}]" for one in map(json.loads, lines)), *died]


def there() -> bool:
    """Whether the engine is installed."""
    return importlib.util.find_spec("atheris") is not None


if __name__ == "__main__":
    _work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
