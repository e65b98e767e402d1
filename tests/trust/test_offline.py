"""Nothing that telcli does reaches for a network: not its own code, not its libraries', not the pages it writes."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from telcli.cli import COMMANDS
from tests.json_shape import faults
from tests.trust.offline import COUNTERS

ROOT = Path(__file__).parent.parent.parent
GUARD = Path(__file__).parent / "no_network"
MAY = {
    "telcli/io/database_drivers.py": "databases that the user names",
    "telcli/pipeline/engines/spark_session.py": "the cluster that the user names",
}
"""Files that may open connections, and to whom."""
KNOCK = "import ctypes, socket, struct; libc = ctypes.CDLL(None); s = libc.socket(2, 1, 0); " \
        "libc.connect(s, struct.pack('<HHI8x', 2, 9, 0x0100007F), 16)"  # fmt: skip
"""Calls connect() of the C library on this machine's own address: no hook of Python sees it."""


def _apart() -> list[str]:
    """How to start a process in a network of its own, where not even it itself can be reached; empty: no way here."""
    for words in (["unshare", "-n"], ["unshare", "-rn"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
        ):
            return words
    return []


APART = _apart()


def cut_off(folder: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run Python without a network; what it said, and the attempts to reach one that were noted."""
    (folder / "home").mkdir()
    env = {
        **{
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(folder / "home"),
        },
        **{"PYTHONPATH": f"{GUARD}:{ROOT}", "TELCLI_ATTEMPTS": str(folder / "attempts")},
        **{name: os.environ[name] for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS") if name in os.environ},
    }
    ran = subprocess.run(
        [*APART, sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    noted = folder / "attempts"
    return ran, noted.read_text(encoding="utf-8") if noted.is_file() else ""


@pytest.mark.parametrize("made", ["socket.create_connection(('127.0.0.1', 9))", "socket.getaddrinfo('localhost', 9)"])
def test_an_attempt_would_be_noticed_in_children_too(tmp_path: Path, made: str) -> None:
    child = f"import socket; {made}"
    ran, noted = cut_off(tmp_path, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])")
    assert "PermissionError" in ran.stderr
    assert noted.startswith("socket.")


@pytest.mark.skipif(not APART, reason="no network namespace can be made here: what C and Rust do is not watched")
def test_an_attempt_that_python_does_not_see_would_be_counted(tmp_path: Path) -> None:
    ran, noted = cut_off(tmp_path, "-c", f"{KNOCK}; from tests.trust.offline import counted; print(counted())")
    assert not noted
    assert any(ast.literal_eval(ran.stdout)[name] for name in COUNTERS), ran.stdout + ran.stderr


def test_no_module_but_two_could_open_a_connection() -> None:
    reaching = "socket|ssl|http|urllib|requests|urllib3|ftplib|smtplib|asyncio|xmlrpc|webbrowser"
    for file in sorted((ROOT / "telcli").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        found = set(re.findall(rf"^\s*(?:import|from) ((?:{reaching})\b[\w.]*)", text, re.M)) - {"urllib.parse"}
        assert not found or str(file.relative_to(ROOT)) in MAY, f"{file}: {found}"


class _Outside(HTMLParser):
    """Addresses that a page would fetch from, or send to, by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.policy, self.places = "", list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if given.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = given["content"]
        self.places += [
            given[name] for name in ("src", "srcset", "data", "action", "poster", "background") if name in given
        ]
        self.places += [given["href"]] if tag != "a" and "href" in given else []
        self.places += re.findall(r"url\(([^)]*)\)", given.get("style", ""))


def fetched(page: str) -> list[str]:
    """What a page would fetch from anywhere but itself.

    >>> fetched('<link href="//cdn/x.css"><use href="#a"/><style>@import "b.css"; i{background:url(c)}</style>')
    ['//cdn/x.css', 'b.css', 'c']
    """
    found = _Outside()
    found.feed(page)
    styles = " ".join(re.findall(r"<style[^>]*>(.*?)</style>", page, re.S))
    places = [*found.places, *re.findall(r'@import\s+"?([^";]+)', styles), *re.findall(r"url\(([^)]*)\)", styles)]
    return [place for place in places if not place.startswith(("#", "data:"))]


@pytest.fixture(scope="module")
def commanded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], str]:
    """A folder in which every command has run without a network, what they ended with, and what was attempted."""
    folder = tmp_path_factory.mktemp("offline")
    ran, noted = cut_off(folder, "-W", "error", "-m", "tests.trust.offline", str(folder))
    assert ran.returncode == 0, ran.stderr[-3000:]
    return folder, json.loads((folder / "told.json").read_text(encoding="utf-8")), noted


@pytest.mark.slow
def test_every_command_works_without_a_network_and_looks_for_none(commanded: tuple[Path, dict[str, Any], str]) -> None:
    _, said, noted = commanded
    assert not noted
    assert said["codes"] == dict.fromkeys(COMMANDS, 0), "each command of telcli's own list has something to do"
    if not APART:
        pytest.skip(
            "no network namespace can be made here: Python's sockets were forbidden, what C and Rust do was not seen"
        )
    assert said["counted"] == dict.fromkeys(COUNTERS, 0)


@pytest.mark.slow
def test_pages_fetch_nothing(commanded: tuple[Path, dict[str, Any], str]) -> None:
    pages = sorted(commanded[0].rglob("*.html"))
    assert len(pages) >= 2
    for page in pages:
        text = page.read_text(encoding="utf-8")
        found = _Outside()
        found.feed(text)
        assert found.policy.startswith("default-src 'none'"), page
        assert not fetched(text), page


@pytest.mark.slow
def test_every_command_prints_what_the_schema_says_of_a_whole_operator(
    commanded: tuple[Path, dict[str, Any], str],
) -> None:
    assert set(commanded[1]["printed"]) == set(COMMANDS)
    for name, out in commanded[1]["printed"].items():
        assert out.count("\n") == 1 or name == "show"
        body = json.loads(out)
        assert faults(body) == []
        assert body["stage"] == name
