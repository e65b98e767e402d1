"""Completion, through the protocol that the shells' scripts use: commands, options, their values and table names."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
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


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("telcli show bills --columns am", ["amount"]),
        ("telcli show bills --columns customer_id,am", ["customer_id,amount"]),
        ("telcli show bills --as-of 2024-0", ["2024-06", "2024-05", "2024-04"]),
        ("telcli diff --from 2024-05", ["2024-05"]),
        ("telcli diff --what left,jo", ["left,joined"]),
        ("telcli diff --columns wh", ["what"]),
        ("telcli cube customers --by branch,ris", ["branch,risk_band"]),
        ("telcli cube customers --pivot mon", ["month"]),
        ("telcli cube customers,churn_rate", ["customers,churn_rate_month"]),
        ("telcli predict-churn --fail-if top_decile_lift_l", ["top_decile_lift_low"]),
        ("telcli help exit", ["exit-codes"]),
        ("telcli show nothing --columns a", []),
    ],
)
def test_names_and_months_of_the_working_directory(line: str, offered: list[str], work: Path) -> None:
    assert within(line) == offered


def within(line: str) -> list[str]:
    """What is offered at the end of a line, asked of the functions in this process."""
    from telcli.cli._group import root

    words = line.split(" ")[1:]
    group = root()
    above = group.make_context("telcli", words[:1], resilient_parsing=True)
    command = group.get_command(above, words[0])
    context = command.make_context(words[0], words[1:-1], parent=above, resilient_parsing=True)
    before = words[-2] if len(words) > 2 and words[-2].startswith("--") else ""
    wanted = [one for one in command.params if (before in one.opts if before else one.param_type_name == "argument")]
    return [item.value for item in wanted[0].shell_complete(context, words[-1])]


def test_a_broken_working_directory_offers_nothing_and_says_nothing(work: Path) -> None:
    (work / "work" / "manifest.json").write_text("{", encoding="utf-8")
    assert within("telcli show bills --as-of 2024-0") == []
    assert within("telcli show bills --columns am") == ["amount"]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, and telcli as a program on the PATH."""
    program = tmp_path / "bin" / "telcli"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -c '{START}' \"$@\"\n", encoding="utf-8")
    program.chmod(0o755)
    for name, value in {
        "HOME": str(tmp_path),
        "ZDOTDIR": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / ".config"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(keys: str, until: str, *command: str) -> str:
    """What a shell shows when keys are typed at it, read until something appears."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)  # noqa: S606 (a shell is what is tried)
    seen, end = "", time.monotonic() + 60
    os.write(terminal, keys.encode())
    while until not in seen and time.monotonic() < end:
        if not select.select([terminal], [], [], 2.0)[0]:
            os.write(terminal, b"\t")  # zsh loads the script at the first one, and completes at the next
        else:
            try:
                seen += os.read(terminal, 65536).decode("utf-8", "replace")
            except OSError:
                break
    os.close(terminal)
    os.waitpid(pid, 0)
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_real_shell_completes_what_was_installed(name: str, shell: Path) -> None:
    if not shutil.which(name):
        pytest.skip(f"{name} IS NOT INSTALLED: completion was not tried in it")
    line = "telcli --install-completion; exit $?"  # it looks which shell calls it
    if name == "fish":
        line = "telcli --install-completion; exit $status"
    installed = subprocess.run([name, "-c", line], capture_output=True, text=True, check=False)
    assert installed.returncode == 0, installed.stderr
    if name == "fish":
        ran = subprocess.run(
            ["fish", "-c", "complete -C 'telcli show churn_sc'"], capture_output=True, text=True, check=True
        )
        assert ran.stdout.split()[0] == "churn_scores"
        return
    start = ("bash", "--rcfile", str(shell / ".bashrc"), "-i") if name == "bash" else ("zsh", "-i")
    assert "ores" in typed("telcli show churn_sc\t", "ores", *start), "what is added at the end is written alone"
