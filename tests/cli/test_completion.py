"""Completion, through the protocol that the shells' scripts use: commands, options, their values and table names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from telcli.cli import COMMANDS
from telcli.tables import NAMES

ROOT = Path(__file__).parents[2]
START = "import sys; from telcli.cli import script; script()"


def ask(env: dict[str, str], code: str = START) -> subprocess.CompletedProcess[str]:
    base = {name: value for name, value in os.environ.items() if not name.startswith("TELCLI")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**base, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def complete(shell: str, line: str) -> list[str]:
    """What a shell would offer at the end of a line."""
    words = line.split(" ")
    env = {"_TELCLI_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": line}
    if shell == "bash":
        env |= {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    if shell == "fish":
        env["_TYPER_COMPLETE_FISH_ACTION"] = "get-args"
    ran = ask(env)
    assert ran.returncode == 0, ran.stderr
    text = ran.stdout
    if shell == "zsh":
        text = text.removeprefix("_arguments '*: :((").removesuffix("))'\n")
        return [item.split('"')[1] for item in text.splitlines() if '"' in item]
    return [item.split("\t")[0] for item in text.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_commands_options_values_and_tables(shell: str) -> None:
    assert complete(shell, "telcli ") == list(COMMANDS)
    assert complete(shell, "telcli show chu") == [name for name in NAMES if name.startswith("chu")]
    if shell != "bash":
        return  # what is offered is one for all; each has its own way of asking and of being told
    assert complete(shell, "telcli s") == [name for name in COMMANDS if name.startswith("s")]
    assert complete(shell, "telcli predict-churn --fail") == ["--fail-if"]
    assert complete(shell, "telcli segment --format ") == ["human", "json", "quiet"]
    assert "csv" in complete(shell, "telcli show bills --format ")


def test_completion_loads_nothing_heavy() -> None:
    code = f"import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); {START}"
    env = {"_TELCLI_COMPLETE": "complete_bash", "COMP_WORDS": "telcli show chu", "COMP_CWORD": "2"}
    ran = ask(env, code)
    assert ran.stdout.split() == [name for name in NAMES if name.startswith("chu")]
    loaded = {name.split(".")[0] for name in ran.stderr.split()}
    assert loaded.isdisjoint({"polars", "pyarrow", "joblib", "sklearn", "numpy", "dataframely"})


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_that_a_shell_loads(shell: str) -> None:
    ran = ask({"_TELCLI_COMPLETE": f"source_{shell}"})
    assert ran.returncode == 0
    assert "_TELCLI_COMPLETE" in ran.stdout
