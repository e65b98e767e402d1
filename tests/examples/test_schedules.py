"""Examples of schedules: their words are those of the commands, their forms are valid, and they run.

They run with stages of a few lines each (`light`), so that locks, exit codes and records are the real ones.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import types
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from telcli.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]
HERE = ROOT / "examples" / "schedules"
CRON = (HERE / "crontab").read_text(encoding="utf-8")
FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def jobs() -> list[tuple[list[str], str]]:
    """The five fields and the command of each line, as cron takes them."""
    lines = [line for line in CRON.splitlines() if line and not line.startswith("#") and not re.match(r"\w+=", line)]
    found = [line.split(maxsplit=5) for line in lines]
    return [(parts[:5], parts[5].replace("\\%", "%")) for parts in found]


def commands(text: str) -> list[list[str]]:
    """What telcli is called with, wherever it is in a script: its words up to what ends a command."""
    plain = re.sub(r"^\s*#.*$", "", text, flags=re.M)
    named = list(re.findall(r"telcli ([a-z-]+)((?:[^\n;&|<>]|'[^'\n]*'|\"[^\"\n]*\")*)", plain))
    called = re.findall(r"(?:run,|command\(\")([a-z-]+)((?: [^\n\")]*)?)", plain)
    return [[name, *re.findall(r"--[a-z][a-z-]*|(?<= )-[a-z](?= )", rest)] for name, rest in [*named, *called]]


@cache
def help_of(command: str) -> str:
    from contextlib import redirect_stdout
    from io import StringIO

    with redirect_stdout(StringIO()) as shown:
        assert main([command, "--help", "--lang", "en"]) == 0
    return shown.getvalue()


@pytest.mark.parametrize("name", ["crontab", "pipeline.sh", "Makefile", "airflow_dag.py", "github-actions.yml"])
def test_commands_and_options_are_telcli_s(name: str) -> None:
    found = [words for words in commands((HERE / name).read_text(encoding="utf-8")) if words[0] in COMMANDS]
    assert len(found) >= 4, found
    for command, *options in found:
        for option in options:
            assert re.search(rf"(?<![\w-]){option}(?![\w-])", help_of(command)), (command, option)


def test_the_crontab_is_one() -> None:
    assert len(jobs()) >= 5
    for fields, command in jobs():
        for field, (low, high) in zip(fields, FIELDS, strict=True):
            assert field == "*" or low <= int(field) <= high, (field, command)
    for line in CRON.splitlines():
        if not line.startswith("#"):
            assert not re.search(r"(?<!\\)%", line), "cron takes a bare % for the end of the line"
    assert re.search(r"^MAILTO=\S+@\S+$", CRON, re.M)
    rotated = (HERE / "logrotate.conf").read_text(encoding="utf-8")
    assert re.search(r"^/srv/telcli/log/\*\.log \{\n(?:    [a-z]+(?: \d+)?\n)+\}$", rotated, re.M)


def test_the_workflow_is_one() -> None:
    schema = pytest.importorskip("check_jsonschema", reason='it is not installed: pip install -e ".[test]"')
    words = ["--builtin-schema", "vendor.github-workflows", str(HERE / "github-actions.yml")]
    ran = subprocess.run([sys.executable, "-m", schema.__name__, *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


class Task:
    """What a DAG needs of a task to be put in order and run."""

    every: list["Task"]

    def __init__(self, **about: Any) -> None:
        self.about, self.before = about, []
        self.output = self
        Task.every.append(self)

    def __rshift__(self, other: "Task") -> "Task":
        other.before.append(self)
        return other


def drawn(monkeypatch: pytest.MonkeyPatch) -> tuple[list[Task], dict[str, Any], dict[str, Any]]:
    """Run the file of the DAG against a stand-in for Airflow: its tasks, its schedule, and what the file defines."""
    kinds: dict[str, Any] = {"dag": {}}
    Task.every = []

    def task(function: Any) -> Any:
        def called(told: Task) -> Task:
            made = Task(task_id=function.__name__, function=function)
            told >> made
            return made

        return called

    def dag(**about: Any) -> Any:
        kinds["dag"] = about
        return lambda body: body

    class AirflowSkipException(Exception):  # noqa: N818 - Airflow's name
        pass

    class AirflowFailException(Exception):  # noqa: N818 - Airflow's name
        pass

    parts = {
        "airflow": {}, "airflow.providers": {}, "airflow.providers.standard": {},
        "airflow.providers.standard.operators": {},
        "airflow.providers.standard.operators.bash": {"BashOperator": Task},
        "airflow.sdk": {"dag": dag, "task": task},
        "airflow.sdk.exceptions": {"AirflowSkipException": AirflowSkipException,
                                   "AirflowFailException": AirflowFailException},
    }  # fmt: skip
    for name, held in parts.items():
        module = types.ModuleType(name)
        vars(module).update(held)
        monkeypatch.setitem(sys.modules, name, module)
    defined: dict[str, Any] = {}
    exec((HERE / "airflow_dag.py").read_text(encoding="utf-8"), defined)  # noqa: S102 - our own file
    return Task.every, kinds["dag"], defined


def test_the_dag_is_in_order_and_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks, about, defined = drawn(monkeypatch)
    names = {task.about["task_id"]: task for task in tasks}
    assert list(names) == ["ingest", "segment", "score-value", "predict-churn", "plan-retention", "report", "judge"]
    order = {name: [one.about["task_id"] for one in task.before] for name, task in names.items()}
    assert order["predict-churn"] == ["score-value"]
    assert order["judge"] == ["predict-churn"]
    assert order["plan-retention"] == ["judge"]
    assert order["report"] == ["plan-retention"]
    assert names["report"].about["trigger_rule"] == "none_failed"  # the report is written where the plan is skipped
    assert about["max_active_runs"] == 1
    judge = names["judge"].about["function"]
    assert judge('{"metrics": {"auc": 0.8}}') == 0.8
    with pytest.raises(defined["AirflowSkipException"], match="below"):
        judge('{"metrics": {"auc": 0.6}}')
    with pytest.raises(defined["AirflowFailException"]):
        judge('{"metrics": {}}')


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with an extract and the light program."""
    (tmp_path / "bin").mkdir()
    for folder in ("extracts", "log"):
        (tmp_path / folder).mkdir()
    (tmp_path / "extracts" / "crm.csv").write_text("customer_id\n1\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text("", encoding="utf-8")
    program = f'#!/bin/sh\nexec env PYTHONPATH={ROOT} {sys.executable} -m tests.examples.light "$@"\n'
    for name, text in (("telcli", program), ("logrotate", '#!/bin/sh\ntest -f "$3" && cp "$3" "$2"\n')):
        (tmp_path / "bin" / name).write_text(text, encoding="utf-8")
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.chdir(tmp_path)
    for name in ("TELCLI_WORKDIR", "TELCLI_LANG", "TELCLI_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def ran(place: Path, words: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    path = f"{place / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin"
    given = {**os.environ, "PATH": path, **more}
    return subprocess.run(words, cwd=place, env=given, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_lines_of_the_crontab_run(place: Path) -> None:
    shutil.copy(HERE / "logrotate.conf", place)
    for _, command in jobs():
        found = ran(place, ["bash", "-c", command], BASE=str(place))
        assert (found.returncode, found.stdout, found.stderr) == (0, "", ""), command
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d run done\n", (place / "log" / "telcli.log").read_text())
    assert sorted(path.name for path in (place / "work" / "reports").glob("*.html")) == [
        "2024-06.html",
        "2024-06.zh.html",
    ]
    watching = next(command for _, command in jobs() if "telcli monitor" in command)
    told = ran(place, ["bash", "-c", f"{watching} --force"], BASE=str(place), LIGHT_ALERTS="2")
    assert told.returncode == 5
    assert "alerts is 2" in told.stderr


@pytest.mark.slow
def test_the_pipeline_runs_and_stops_where_it_should(place: Path) -> None:
    script = str(HERE / "pipeline.sh")
    found = ran(place, [script, "extracts"])
    assert (found.returncode, found.stderr) == (0, "")
    assert (place / "out" / "plan.csv").is_file()
    assert (
        (place / "out" / "scores.csv")
        .read_text(encoding="utf-8")
        .startswith("customer_id,churn_probability,risk_band\n")
    )
    weak = ran(place, [script, "extracts", "weak", "weak_out"], LIGHT_AUC="0.6")
    assert weak.returncode == 5
    assert "AUC 0.6 is below 0.65: no plan is made" in weak.stderr
    assert (place / "weak" / "reports").is_dir()
    assert not (place / "weak_out" / "plan.csv").exists()
    assert ran(place, [script]).returncode == 1
    assert ran(place, [script, "nowhere", "other"]).returncode == 3


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_makes_what_has_changed_alone(place: Path) -> None:
    shutil.copy(HERE / "Makefile", place)
    first = ran(place, ["make"])
    assert first.returncode == 0, first.stderr
    assert len(re.findall(r"^telcli ", first.stdout, re.M)) == 6
    assert "Nothing to be done" in ran(place, ["make"]).stdout
    (place / "work.made" / "predict-churn").unlink()
    again = ran(place, ["make", "plan"])
    assert re.findall(r"^telcli ([a-z-]+)", again.stdout, re.M) == ["predict-churn", "plan-retention"]
    os.utime(place / "extracts" / "crm.csv", (2**31, 2**31))
    assert "telcli ingest" in ran(place, ["make", "-n"]).stdout


@pytest.mark.slow
def test_the_commands_of_the_dag_run(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASE_OF_TELCLI", str(place))
    monkeypatch.setenv("PROGRAM_OF_TELCLI", str(place / "bin" / "telcli"))
    tasks, _, _ = drawn(monkeypatch)
    handed: dict[str, str] = {}
    for task in [*tasks[:4], tasks[6], *tasks[4:6]]:
        if "function" in task.about:
            assert task.about["function"](handed["predict-churn"]) == 0.81
            continue
        found = ran(Path(task.about["cwd"]), ["bash", "-c", task.about["bash_command"]])
        assert found.returncode == 0, found.stderr
        handed[task.about["task_id"]] = found.stdout.splitlines()[-1]
    assert (place / "work" / "reports" / "2024-06.xlsx").is_file()


@pytest.mark.slow
def test_the_steps_of_the_workflow_run(place: Path) -> None:
    yaml = pytest.importorskip("ruamel.yaml", reason='it is not installed: pip install -e ".[test]"')
    workflow = yaml.YAML(typ="safe").load((HERE / "github-actions.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["month"]
    assert job["defaults"]["run"]["shell"] == "bash"
    given = {"TELCLI_WORKDIR": str(place / "work"), "AS_OF": "", "GITHUB_STEP_SUMMARY": str(place / "summary.md")}
    assert set(job["env"]) == {"TELCLI_WORKDIR", "TELCLI_KEY", "AS_OF"}
    for as_of in ("", "2024-05"):
        for step in job["steps"]:
            if "run" in step:
                words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
                found = ran(place, words, **{**given, "AS_OF": as_of})
                assert found.returncode == 0, (step["name"], found.stderr)
    uploaded = next(step["with"]["path"] for step in job["steps"] if "with" in step)
    assert uploaded == "${{ env.TELCLI_WORKDIR }}/reports/*.html"
    assert len(list((place / "work" / "reports").glob("*.html"))) == 2
    told = re.findall(r"^# (Customer report.*)$", (place / "summary.md").read_text(encoding="utf-8"), re.M)
    assert [head.rpartition(" · ")[2] for head in told] == ["June 2024", "May 2024"]
    assert shlex.split(job["steps"][1]["run"])[0] == "telcli"
