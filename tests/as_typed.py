"""Commands of a document, as a reader would type them: in a folder with the sample data, with nothing else set."""

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from telcli.cli import main

__all__ = ["typed"]

SAMPLE = Path(__file__).parent.parent / "sample_data"
OF_THE_SHELL = re.compile(r"[|&;<>()$`*]")
"""What telcli is not handed by a shell as it is written, unless it stands between quotation marks."""


def typed(folder: Path, commands: str, settings: Mapping[str, str] | None = None) -> str:
    """Run commands of the shell, each of which must end well, beside a copy of the sample data; all that they said.

    Lines that are a command of telcli and nothing else run in this process, which has imported all of it once; those
    with a pipe, a file, or another program run in a shell.
    """
    shutil.copytree(SAMPLE, folder / "sample_data")
    given = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(folder), **(settings or {})}
    said = []
    with only(given), contextlib.chdir(folder):
        for line in filter(None, map(str.strip, commands.splitlines())):
            words = shlex.split(line, comments=True)
            alone = words[0] == "telcli" and not OF_THE_SHELL.search(re.sub(r"'[^']*'|\"[^\"$`]*\"|#.*", "", line))
            code, told = called(words[1:]) if alone else in_a_shell(line)
            assert code == 0, f"{line}\n{told[-4000:]}"
            said.append(told)
    return "".join(said)


@contextlib.contextmanager
def only(given: Mapping[str, str]) -> Iterator[None]:
    """An environment of nothing but this."""
    with pytest.MonkeyPatch.context() as patched:
        for name in os.environ:
            patched.delenv(name)
        for name, value in given.items():
            patched.setenv(name, value)
        yield


def called(words: list[str]) -> tuple[int, str]:
    """A command in this process: its exit code and what it said on either side."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(words)
    return code, said.getvalue()


def in_a_shell(line: str) -> tuple[int, str]:
    """A line in a shell, likewise."""
    ran = subprocess.run(["sh", "-ec", line], capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr
