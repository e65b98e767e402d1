"""The printer: JSON is one object without NaN, quiet is quiet, talk never reaches stdout or a pipe."""

import io
import json
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from telcli.cli import main
from telcli.cli._headlines import figure
from telcli.cli._help import wide
from telcli.cli._output import Printer, to_json
from telcli.errors import Notice
from tests.cli.golden import same

NOTICE = Notice("unit-test", "Mind {file}.", {"file": "a.csv"})


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_what_json_has_no_number_for_is_null() -> None:
    body = {"a": float("nan"), "b": [float("inf"), 1.5], "c": {"d": date(2024, 6, 1)}, "e": True, "f": "客群"}
    assert json.loads(to_json(body)) == {
        "a": None, "b": [None, 1.5], "c": {"d": "2024-06-01"}, "e": True, "f": "客群",
    }  # fmt: skip
    assert "客群" in to_json(body)


@pytest.mark.parametrize(("form", "out", "err"), [("human", "shown\n", "Warning: Mind a.csv.\n"), ("quiet", "", "")])
def test_data_to_stdout_warnings_to_stderr(form: str, out: str, err: str, capsys: pytest.CaptureFixture[str]) -> None:
    Printer("segment", form).result(lambda: ["shown"], notices=[NOTICE])
    assert capsys.readouterr() == (out, err)


def test_what_joined_records_is_said_in_chinese_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--lang", "zh", "-q"]) == 0
    values = {"records": 15, "customers": 3, "by": "certificate 12, phone 1"}
    Printer("ingest", "human").result(lambda: [], notices=[Notice("records-joined", "joined by {by}", values)])
    assert "合并依据：证件 12，号码 1。" in capsys.readouterr().err


def test_json_holds_the_names_that_scripts_rely_on(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["segment", "--format", "json"]) == 0
    seen = capsys.readouterr()
    assert seen.err == ""
    body = json.loads(seen.out)
    assert seen.out.count("\n") == 1
    assert body["schema_version"] == 1
    assert (body["stage"], body["as_of"], body["warnings"]) == ("segment", "2024-06", [])
    assert body["outputs"] == [
        {"table": "segments", "path": "work/segments/as_of=2024-06-01/part-0.parquet", "rows": 3}
    ]
    assert body["metrics"] == {"k": 1, "silhouette": None, "stability": 1.0}
    assert body["skipped"] is True


def test_several_stages_are_still_one_object(faked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", "crm.csv", "--format", "json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["stage"] == "ingest"
    assert [stage["stage"] for stage in body["stages"]] == ["ingest", "customer-months"]
    assert body["warnings"] == [{"code": "said", "message": "Said of crm.csv."}]
    assert {output["table"] for output in body["outputs"]} >= {"customers", "bills", "customer_months"}
    assert body["metrics"]["sources"][0]["rows_read"] == 3


@pytest.mark.parametrize("command", [["segment", "--force"], ["status"], ["config"], ["show", "bills"]])
def test_quiet_says_nothing(command: list[str], work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "-q"]) == 0
    assert main([*command, "--format", "quiet"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_screens(lang: str, faked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for line in ("status", "ingest crm.csv", "ingest crm.csv", "segment", "segment -v", "predict-churn", "status",
                 "status --seed 5", "status --as-of 2024-05", "show segments", "show bills --limit 2",
                 "show bills --schema"):  # fmt: skip
        code = main([*line.split(), "--lang", lang])
        seen = capsys.readouterr()
        out = re.sub(r" *[\d.]+ k?B", "  SIZE", seen.out)
        told.append(f"$ telcli {line}\n{out}{seen.err}[{code}]\n")
    same(f"screens.{lang}", "\n".join(told))


def test_progress_is_drawn_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(form: str, ci: str = "") -> str:
        stream: Any = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "60")
        monkeypatch.setenv("CI", ci)
        with Printer("run", form) as out:
            out.progress("segment", 0, 0)
            out.progress("trying k", 1, 3)
            out.progress("trying k", 3, 3)
        return str(stream.getvalue())

    drawn = work("human")
    assert "segment: trying k" in drawn
    assert drawn.endswith("\x1b[2K"), "the line is taken away"
    assert max(wide(re.sub(r"\x1b\[[^A-Za-z]*[A-Za-z]", "", line)) for line in re.split(r"[\r\n]", drawn)) <= 60
    assert work("human", ci="true") == ""
    assert work("json") == ""
    assert work("quiet") == ""
    monkeypatch.undo()
    with Printer("segment", "human") as out:
        out.progress("trying k", 1, 3)
    assert capsys.readouterr() == ("", "")


def test_colours_leave_with_no_color_and_in_pipes(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_figures() -> None:
    assert figure(0.5, "share") == "50.0%"
    assert figure("out-of-time", "text") == "out-of-time"


def test_tables_and_sentences_keep_within_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from telcli.cli._aligned import aligned

    stream: Any = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("COLUMNS", "40")
    rows = [["name", "a long meaning of it", "first", "second"], ["客户", "words and words and words", "1,234", "5"]]
    wanted = [
        "It is a sentence of more than forty columns, in all.",
        "  Next: telcli show churn_scores --columns a,b,c,d,e",
    ]
    Printer("cube", "human").show(
        [*aligned(rows, [2, 3], indent=2), *aligned([[*row, "more" * 5] for row in rows], [2, 3]), *wanted]
    )
    lines = stream.getvalue().splitlines()
    assert [line for line in lines if wide(line) > 40] == [wanted[1]], "a command is copied whole"
    assert "more" * 5 in lines[-4], "what was left out is named"
    monkeypatch.undo()
    assert len(list(aligned([["a" * 200, "b"]], []))) == 1


def test_the_time_gone_is_not_taken_for_the_time_left() -> None:
    from rich.console import Console
    from rich.progress import Progress

    from telcli.cli._bar import _Left

    bar = Progress(console=Console(file=io.StringIO()))
    bar.add_task("folds", total=5)
    assert _Left().render(bar.tasks[0]).plain == "0:00 so far"
