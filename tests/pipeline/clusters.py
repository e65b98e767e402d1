"""Working directories without an ingest, and Spark clusters of this machine that end with the test."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import polars as pl

from telcli.pipeline.doors import land
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.workdir import Workdir
from telcli.tables import contract

PATIENCE = 180.0
THRIFTY = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A virtual machine that lives for one test does not repay what it puts into fast code."""


def laid(place: Path, tables: Mapping[str, pl.LazyFrame]) -> Path:
    """A working directory of these subject tables, as ingest would leave it."""
    workdir = Workdir(place)
    with workdir.writing(0) as manifest:
        staging = workdir.staging()
        found = {name: land(contract(name), frame, staging, strict=True) for name, frame in tables.items()}
        staged = {path: file for table in found.values() for path, file in table.staged.items()}
        parts = {name: table.parts for name, table in found.items() if table.parts}
        workdir.commit(manifest, Manifest(parts), staged)
    return place


def published(place: Path) -> dict[str, str]:
    """The bytes of what customer-months gave, by file."""
    tables = Workdir(place).manifest().tables
    made = [tables.get(name, {}) for name in ("customer_months", "call_months")]
    return {part.path: part.sha256 for parts in made for part in parts.values()}


def environment(**more: str) -> dict[str, str]:
    """Everything on loopback, in this Python, five time zones away from any that a session sets."""
    import pyspark

    return {
        **os.environ,
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "JDK_JAVA_OPTIONS": THRIFTY,
        "TZ": "America/New_York",
        **more,
    }


def telcli(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command as the analyst would."""
    command = [sys.executable, "-m", "telcli", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment(**more), timeout=600, check=False)


_RUNS = """
import contextlib, io, json, os, sys
from telcli.cli import main

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what a virtual machine may print is no answer
settled = dict(os.environ)
for asked in sys.stdin:
    words, more = json.loads(asked)
    os.environ.update(more)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    os.environ.clear()
    os.environ.update(settled)
    print(json.dumps([code, out.getvalue(), err.getvalue()]), file=answers, flush=True)
"""


@contextmanager
def analyst(folder: Path) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Runs commands as `telcli` does, one after the other in one process, whose virtual machine serves for all."""
    log = folder / "said.log"
    with log.open("w", encoding="utf-8") as heard:
        process = subprocess.Popen(
            [sys.executable, "-c", _RUNS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=heard,
            text=True,
            env=environment(),
            start_new_session=True,
        )
    assert process.stdin and process.stdout
    asked, answers = process.stdin, process.stdout

    def ask(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        print(json.dumps([words, more]), file=asked, flush=True)
        assert select.select([answers], [], [], 600)[0], "no answer in ten minutes"
        answer = answers.readline()
        assert answer, log.read_text(encoding="utf-8", errors="replace")[-3000:]
        return subprocess.CompletedProcess(words, *json.loads(answer))

    try:
        yield ask
    finally:
        asked.close()
        answers.close()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def standalone(folder: Path) -> Iterator[str]:
    """A master and two workers; gives the address of the master."""
    port = _free()
    master = f"spark://127.0.0.1:{port}"
    place = "org.apache.spark.deploy"
    with ExitStack() as held:
        held.enter_context(
            _running(
                folder / "master.log",
                [f"{place}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"],
                "I have been elected leader",
            )
        )
        for name in ("one", "two"):
            options = ["--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0"]
            words = [f"{place}.worker.Worker", *options, "--work-dir", str(folder / name), master]
            held.enter_context(_running(folder / f"{name}.log", words, "Successfully registered with master"))
        yield master


@contextmanager
def connect(folder: Path) -> Iterator[str]:
    """A Spark Connect server; gives its address."""
    port = _free()
    words = [
        *("org.apache.spark.deploy.SparkSubmit", "--master", "local[2]"),
        *("--class", "org.apache.spark.sql.connect.service.SparkConnectServer"),
        *("--conf", f"spark.connect.grpc.binding.port={port}", "--conf", "spark.ui.enabled=false", "spark-internal"),
    ]
    with _running(folder / "connect.log", words, "Spark Connect server started"):
        yield f"sc://127.0.0.1:{port}"


@contextmanager
def _running(log: Path, words: list[str], ready: str) -> Iterator[None]:
    """A Spark daemon from the time it says that it is ready; it and what it started are killed in the end."""
    home = environment()["SPARK_HOME"]
    with log.open("w", encoding="utf-8") as heard:
        daemon = subprocess.Popen(
            [f"{home}/bin/spark-class", *words],
            stdout=heard,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment(),
            cwd=log.parent,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + PATIENCE
        while ready not in log.read_text(encoding="utf-8", errors="replace"):
            assert daemon.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-3000:]
            assert time.monotonic() < end, f"not ready after {PATIENCE} s: {log.read_text(encoding='utf-8')[-3000:]}"
            time.sleep(0.2)
        yield
    finally:
        if daemon.poll() is None:
            os.killpg(daemon.pid, signal.SIGKILL)
        daemon.wait()


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def without() -> str:
    """Why there can be no cluster here; empty where there can."""
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        return "no Java here"
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "no pyspark here"
    return ""
