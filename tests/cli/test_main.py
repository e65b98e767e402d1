"""The one door: every failure becomes a sentence, what to do next, and a documented exit code."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from telcli.cli import main
from telcli.errors import BusyError, DataError, ExitCode, MissingInputError, ThresholdError, UsageError
from telcli.pipeline.stage import Stage
from tests.cli.golden import same

ROOT = Path(__file__).parents[2]
MISTAKES = [
    ["segmet"],
    ["xyzzy"],
    ["-w", "work", "status"],
    ["--lagn", "zh"],
    ["segment", "--n-segment", "4"],
    ["segment", "--bogus"],
    ["segment", "--n-segments", "many"],
    ["segment", "--n-segments", "99"],
    ["segment", "--n-segments"],
    ["segment", "extra", "words"],
    ["segment", "--format", "xml"],
    ["segment", "--format", "csv"],
    ["segment", "--as-of", "2024-13"],
    ["segment", "--as-of", "June"],
    ["segment", "--as-of", "2024-07"],
    ["segment", "--seed", "-1"],
    ["segment", "--wait", "-1"],
    ["segment", "--wait", "soon"],
    ["segment", "-w", "nowhere"],
    ["ingest"],
    ["ingest", "nowhere.csv"],
    ["ingest", "crm.csv", "--map", "customer_id"],
    ["ingest", "crm.csv", "--mapping", "nowhere.toml"],
    ["ingest", "crm.csv", "--max-rejects", "few"],
    ["ingest", "crm.csv", "--max-rejects", "200%"],
    ["run", "--map", "customer_id=id"],
    ["run", "-w", "nowhere"],
    ["predict-churn", "--fail-if", "auc"],
    ["predict-churn", "--fail-if", "auc<much"],
    ["predict-churn", "--fail-if", "acu<0.7"],
    ["predict-churn", "--fail-if", "auc<0.9"],
    ["predict-churn", "--fail-if", "brier>0.9"],
    ["predict-churn", "--split", "by-chance"],
    ["plan-retention"],
    ["plan-retention", "--budget", "much"],
    ["plan-retention", "--channel-capacity", "sms"],
    ["plan-retention", "--holdout", "0.9"],
    ["show"],
    ["help", "mnths"],
    ["help", "xyzzy"],
    ["show", "bils"],
    ["show", "value_scores"],
    ["show", "customers", "--columns", "custmer_id"],
    ["show", "customers", "--columns", "zzz"],
    ["show", "bills", "--as-of", "2023-01"],
    ["show", "bills", "--where", "amount >"],
    ["show", "bills", "--where", "amount > 'x'"],
    ["show", "bills", "--where", "sum(amount) > 1"],
    ["show", "bills", "--where", "customer_id = C00001"],
    ["show", "bills", "--limit", "-1"],
    ["cube", "custmers"],
    ["cube", "customers", "--by", "regoin"],
    ["metrics", "xyzzy"],
    ["export", "bills", "-o", "nowhere/bills.csv"],
    ["export", "bills", "-o", "bills.doc"],
    ["diff", "--from", "2024-09"],
    ["diff", "--what", "lft"],
    ["customer", "NOBODY"],
    ["purge", "--customer", "NOBODY"],
    ["report", "--files", "pdf"],
    ["run", "empty.csv"],
    ["status", "--colums"],
    ["status", "-w", "crm.csv"],
    ["segment", "--as-of", "2024-06-30"],
    ["simulate"],
    ["simulate", "-o", "crm.csv"],
    ["simulate", "-o", "out", "--customers", "0"],
]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_mistakes_are_answered_in_one_sentence(
    lang: str, work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TELCLI_LANG", lang)
    before = {file: file.read_bytes() for file in (work / "work").rglob("*.parquet")}
    told = []
    for mistake in MISTAKES:
        code = main(mistake)
        seen = capsys.readouterr()
        assert code != 0, mistake
        assert "Traceback" not in seen.err
        assert seen.err.count("\n") == 2, mistake  # the sentence, and what to do about it
        told.append(f"$ telcli {' '.join(mistake)}\n{seen.err}[{code}]\n")
    same(f"mistakes.{lang}", "\n".join(told))
    assert {file: file.read_bytes() for file in before} == before


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x", "x"), 2),
        (MissingInputError("x", "x"), 3),
        (DataError("x", "x"), 4),
        (ThresholdError("x", "x"), 5),
        (BusyError("x", "x"), 6),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 141),
        (RuntimeError("客户 13800000000"), 1),
        (MemoryError(), 1),
        (PermissionError(13, "no", "secret.csv"), 2),
        (FileNotFoundError(2, "no", "gone.csv"), 3),
    ],
)
def test_exit_codes(
    error: BaseException, code: int, work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr("telcli.pipeline.run.run_stage", fails)
    assert main(["segment"]) == code
    seen = capsys.readouterr()
    assert seen.out == ""
    assert "Traceback" not in seen.err
    assert "13800000000" not in seen.err, "the text of a foreign exception may be a customer's"
    assert (seen.err == "") == (code == ExitCode.PIPE_CLOSED)


@pytest.mark.parametrize("way", ["-v", "TELCLI_DEBUG"])
def test_a_bug_is_traced_when_asked(
    way: str, work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Stage, "load", lambda self: fails)
    args = ["segment", "--force"]
    assert main(args) == 1
    assert "Run again with -v" in capsys.readouterr().err
    if way == "-v":
        args.append("-v")
    else:
        monkeypatch.setenv(way, "1")
    assert main(args) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_with_json_an_error_is_the_one_object(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["segment", "-w", "nowhere", "--format", "json"]) == 3
    body = json.loads(capsys.readouterr().out)
    assert body["schema_version"] == 1
    assert body["stage"] == "segment"
    assert body["error"]["code"] == "workdir-missing"
    assert body["error"]["exit_code"] == 3
    assert main(["segment", "--format=json", "--n-segments", "x"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "value-whole"


def test_a_crossed_threshold_comes_with_its_results(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict-churn", "--fail-if", "auc<0.9", "--format", "json"]) == 5
    body = json.loads(capsys.readouterr().out)
    assert body["metrics"]["auc"] == 0.81
    assert body["error"]["code"] == "threshold-crossed"
    assert main(["predict-churn", "--fail-if", "auc < 0.8", "--fail-if", "total_cost.nobody>=2", "-q"]) == 0


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    from telcli import __version__

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"telcli {__version__}\n"


def start(*args: str, **more: Any) -> subprocess.Popen[str]:
    """telcli as its own process, with the stages of the tests."""
    code = (
        "from tests.cli.fakes import FUNCTIONS; from telcli.pipeline.stage import Stage; import telcli.cli;"
        "Stage.load = lambda self: FUNCTIONS[self.name]; telcli.cli.script()"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), **more.pop("env", {})}
    return subprocess.Popen([sys.executable, "-c", code, *args], text=True, env=env, **more)


@pytest.mark.slow
def test_a_reader_that_goes_away_ends_it_quietly(work: Path) -> None:
    with start("show", "bills", "--format", "csv", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as ran:
        assert ran.stdout is not None
        assert ran.stderr is not None
        ran.stdout.close()
        assert ran.wait(30) == 141
        assert ran.stderr.read() == ""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("form", ["json", "human"])
def test_a_full_disk_behind_stdout_is_one_sentence(form: str, work: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = start("status", "--format", form, stdout=full, stderr=subprocess.PIPE)
        _, said = ran.communicate(timeout=60)
    assert ran.returncode == 2
    assert said.count("\n") == 1, said
    assert said.startswith("Error: stdout: ")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_a_stage_and_leaves_what_stood(how: signal.Signals, work: Path) -> None:
    before = (work / "work" / "manifest.json").read_bytes()
    slow = (
        "import time; from telcli.pipeline.stage import Stage; import telcli.cli;"
        "Stage.load = lambda self: lambda *_: (open('started', 'w').close(), time.sleep(60)); telcli.cli.script()"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", slow, "segment", "--force"]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as ran:
        for _ in range(300):
            if (work / "started").exists():
                break
            time.sleep(0.1)
        ran.send_signal(how)
        assert ran.wait(30) == 130
        assert ran.stderr is not None
        assert re.match(r"Stopped\.", ran.stderr.read()), "no error"
    assert (work / "work" / "manifest.json").read_bytes() == before
    assert not (work / "work" / ".staging").exists()
    assert main(["segment", "--force", "-q"]) == 0


def test_hints_name_what_is_meant(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for args, says in [
        (["show", "segments", "--sort", "segment"], "telcli show TABLE --format csv | sort"),
        (["help", "nonsense"], "Topics: walk"),
        (["report", "--period", "2024Q5"], "--period quarter --as-of 2024-06"),
    ]:
        assert main(args) == ExitCode.USAGE
        told = capsys.readouterr().err
        assert says in told and "Did you mean" not in told
    assert main(["init"]) == 0
    assert f"Written: {work.resolve() / 'telcli.toml'}" in capsys.readouterr().out
