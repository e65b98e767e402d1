"""Fuzzing of everything telcli reads: ``python -m tests.trust.fuzz --inputs 100000 [--reader X] [--seed N]``.

What guides itself by the lines that inputs reach is ``--engine atheris --seconds 60``: see `tests.trust.guided`. Here
each input is made from the seed, the reader's name and its number alone, so that any can be made again: ``--only N``.
They are tried in a process of their own; where that dies or hangs, the input is a fault and the next one goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

__all__ = ["main", "tried"]

_BATCH = 500
"""Inputs of one process."""
_HANGS = 240
"""Seconds without a sign of life: more than an input may take, since a machine may be busy."""
_SPACE = 4 << 30
"""Bytes of addresses that a process may have: one that asks for more dies, and is seen to."""


def tried(reader: str, seed: int, number: int, sandbox: Path) -> Any:
    """Make one input, read it, and tell how that ended."""
    from tests.trust.doors import DOORS
    from tests.trust.watch import watched

    folder = sandbox / "case"
    folder.mkdir(parents=True)
    try:
        run = DOORS[reader].make(Random(f"{seed}:{reader}:{number}"), folder)  # noqa: S311 - inputs, not secrets
        kept = (folder / "work",) if reader in ("manifest", "words") else ()
        return watched(run, folder, kept)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _work(reader: str, seed: int, first: int, count: int) -> None:
    """In a process of its own: a line of JSON for each input."""
    if first >= 0:
        resource.setrlimit(resource.RLIMIT_AS, (_SPACE, _SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["TELCLI_DEBUG"] = "1"  # a bug is a fault, which is told with its place
    out = os.fdopen(os.dup(1), "w", buffering=1)
    with tempfile.TemporaryDirectory(prefix="telcli-fuzz-") as sandbox:
        for number in range(first, first + count):
            found = tried(reader, seed, number, Path(sandbox))
            out.write(json.dumps({"at": number, "code": found.code, "faults": found.faults, "s": found.seconds}) + "\n")
            out.flush()


def _batch(reader: str, seed: int, first: int, count: int) -> Iterator[dict[str, Any]]:
    """What a process tells of its inputs; the one that it dies of is told for it."""
    words = [sys.executable, "-m", "tests.trust.fuzz", "--work", reader, str(seed), str(first), str(count)]
    environ = {**os.environ, "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "TELCLI_KEY": "5e" * 32}
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "said").open("w+") as said:
        results = Path(folder) / "results"
        with results.open("w") as out:
            process = subprocess.Popen(words, stdout=out, stderr=said, env=environ)
        told, alive, rest, ended = 0, time.monotonic(), "", False
        with results.open() as lines:
            while not ended:
                ended = process.poll() is not None
                rest += lines.read()
                *whole, rest = rest.split("\n")
                for line in whole:
                    told, alive = told + 1, time.monotonic()
                    yield json.loads(line)
                if time.monotonic() - alive > _HANGS + 60 * (told == 0):
                    process.kill()
                time.sleep(0.05)
        if told < count:
            said.seek(0)
            why = " ".join(said.read().split())
            at = max(why.find("memory allocation"), why.find("panicked"), why.find("Error:"), 0)
            why = why[at : at + 400] + " ... " + why[-100:]
            yield {"at": first + told, "code": 1, "faults": [f"died {process.returncode}: {why}"], "s": 0}
            if told + 1 < count:
                yield from _batch(reader, seed, first + told + 1, count - told - 1)


def main(argv: list[str] | None = None) -> int:
    """Share the inputs out among the readers, and print what was found; 1 where that is anything."""
    asked = _parsed(argv)
    from tests.trust.doors import DOORS

    readers = asked.reader or list(DOORS)
    if asked.engine == "atheris":
        return _guided(asked, readers)
    if asked.only is not None:
        asked.first, asked.inputs = asked.only, len(readers)
        return _numbered(asked, dict.fromkeys(readers, 1))
    return _numbered(asked, {reader: DOORS[reader].share for reader in readers})


def _guided(asked: argparse.Namespace, readers: list[str]) -> int:
    """By the engine that learns, so many seconds for each reader; or one input of it again."""
    from tests.trust.guided import guided, there, tried_bytes

    if not there():
        print("atheris is not installed, NOTHING WAS FUZZED: pip install atheris", file=sys.stderr)  # noqa: T201
        return 2
    if asked.input:
        with tempfile.TemporaryDirectory(prefix="telcli-fuzz-") as sandbox:
            os.environ["TELCLI_DEBUG"] = "1"
            found = tried_bytes(readers[0], asked.input.read_bytes(), Path(sandbox))
        print(found.code, *found.faults, found.said, sep="\n")  # noqa: T201
        return int(bool(found.faults))
    any_fault = False
    for reader in readers:
        before = os.times()
        count, faults = guided(reader, asked.seconds, asked.seed, asked.keep / reader)
        after = os.times()
        any_fault |= bool(faults)
        for fault in faults:
            print(f"  {reader}: {fault}")  # noqa: T201
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        print(f"{reader}: {count} inputs, {len(faults)} faults, {spent:.0f} s of processor time", flush=True)  # noqa: T201
    return int(any_fault)


def _numbered(asked: argparse.Namespace, shares: dict[str, int]) -> int:
    """Inputs made from their numbers."""
    faults: dict[str, list[str]] = {}
    for reader, share in shares.items():
        count = -(-asked.inputs * share // sum(shares.values()))
        started, codes, slowest = time.monotonic(), Counter[int](), 0.0
        for first in range(asked.first, asked.first + count, _BATCH):
            for told in _batch(reader, asked.seed, first, min(_BATCH, asked.first + count - first)):
                codes[told["code"]] += 1
                slowest = max(slowest, told["s"])
                for fault in told["faults"]:
                    faults.setdefault(reader, []).append(fault)
                    print(f"  {reader} {told['at']}: {fault}", flush=True)  # noqa: T201
        shown = ", ".join(f"{code}: {times}" for code, times in sorted(codes.items()))
        took = time.monotonic() - started
        print(  # noqa: T201
            f"{reader}: {sum(codes.values())} inputs, codes {{{shown}}}, slowest {slowest:.1f} s of processor time, "
            f"{len(faults.get(reader, []))} faults, {took:.0f} s", flush=True)  # fmt: skip
    return int(bool(faults))


def _parsed(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.trust.fuzz")
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--reader", action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first input of each reader")
    parser.add_argument("--only", type=int, help="this input alone of each reader")
    parser.add_argument("--engine", choices=("numbers", "atheris"), default="numbers")
    parser.add_argument("--seconds", type=int, default=60, help="of each reader, with --engine atheris")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "telcli-fuzz", help="what it learnt")
    parser.add_argument("--input", type=Path, help="try a kept input again, with --engine atheris and one --reader")
    return parser.parse_args(argv)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        _work(sys.argv[2], *map(int, sys.argv[3:]))
        sys.exit(0)
    sys.exit(main())
