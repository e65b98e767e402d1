"""`telcli help` and `telcli` alone: what there is to read, where the work stands, and how to begin."""

import json
import re
import shlex
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest

from telcli.cli import COMMANDS, main
from telcli.cli._group import root
from telcli.cli._help import wide
from telcli.cli._topics import ALIASES, TOPICS, text_of
from telcli.errors import ExitCode
from tests.cli.golden import same

ROOT = Path(__file__).parents[2]


def out(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(list(args)) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_topics(lang: str, faked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    monkeypatch.setenv("COLUMNS", "80")
    for words in ("help", *(f"help {topic}" for topic in TOPICS if topic != "json-schema")):
        told.append(f"$ telcli {words}\n{out(capsys, *words.split(), '--lang', lang)}")
    same(f"topics.{lang}", "\n".join(told))
    monkeypatch.setenv("COLUMNS", "60")
    for topic in (name for name in TOPICS if name != "json-schema"):
        for line in out(capsys, "help", topic, "--lang", lang).splitlines():
            assert wide(line) <= 60 or line.startswith("    ") or " " not in line.strip(), line


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_commands_that_topics_show_can_be_typed(lang: str) -> None:
    group = root()
    for topic in TOPICS:
        for line in re.findall(r"^    (?:[A-Z_]+=\w+ )*(telcli .*)$", text_of(topic, lang), re.M):
            words = list(takewhile(lambda word: word not in "|>", shlex.split(line)[1:]))
            known = [option for one in (group, group.get_command(None, words[0])) if one for option in _options(one)]
            assert words[0] in COMMANDS or words[0].startswith("-"), line
            assert [word for word in words if word.startswith("-") and word not in known] == [], line


def _options(command: object) -> list[str]:
    return [option for parameter in command.params for option in parameter.opts]  # type: ignore[attr-defined]


def test_both_languages_say_the_same_things() -> None:
    for topic in TOPICS:
        for mark in ("    ", "| ", "- "):
            counts = {sum(line.startswith(mark) for line in text_of(topic, lang).splitlines()) for lang in ("en", "zh")}
            assert len(counts) == 1, (topic, mark)


def test_a_command_is_explained_by_its_own_page(faked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--help"]) == 0
    page = capsys.readouterr().out
    assert out(capsys, "help", "show") == page
    assert out(capsys, "help", "score", "value").startswith("Usage: telcli score-value")


def test_topics_have_other_names_that_are_no_commands(faked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not set(ALIASES) & set(COMMANDS)
    assert set(ALIASES.values()) <= set(TOPICS)
    assert out(capsys, "help", "cron") == out(capsys, "help", "schedules")


def test_every_exit_code_is_explained() -> None:
    for lang in ("en", "zh"):
        codes = re.findall(r"^\| (\d+) \|", text_of("exit-codes", lang), re.M)
        assert [int(code) for code in codes] == [code.value for code in ExitCode]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_telcli_alone(
    lang: str, work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TELCLI_LANG", lang)
    monkeypatch.setenv("COLUMNS", "60")
    told = [out(capsys), out(capsys, "-w", "work")]
    (work / "crm.csv").write_text("customer_id\n2\n", encoding="utf-8")
    assert main(["ingest", "crm.csv", "-w", "other", "-q"]) == 0
    told.append(out(capsys, "-w", "other"))
    (work / "other" / "manifest.json").rename(work / "manifest.json")
    (work / "work" / "manifest.json").unlink()
    told.append(out(capsys))
    monkeypatch.setenv("TELCLI_WORKDIR", "elsewhere")
    told.append(out(capsys))
    same(f"alone.{lang}", "----\n".join(told))
    assert main(["-w", "nowhere"]) == ExitCode.MISSING_INPUT


def test_telcli_alone_in_json_is_that_of_status(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = json.loads(out(capsys, "--format", "json"))
    assert body == json.loads(out(capsys, "status", "--format", "json"))
    assert (body["stage"], body["next"]) == ("status", "telcli run -w work")
    months = next(table for table in body["tables"] if table["table"] == "customer_months")
    assert months["by_month"] == [3, 3, 3]
    assert main(["--format", "json", "status"]) == ExitCode.USAGE


def test_telcli_alone_loads_nothing_heavy(work: Path) -> None:
    code = "import sys; from telcli.cli import main; main([]); print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=work,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert ran.stdout.startswith("work  2024-06")
    loaded = {name.split(".")[0] for name in ran.stderr.split()}
    assert loaded.isdisjoint(
        ["polars", "pyarrow", "joblib", "sklearn", "numpy", "scipy", "dataframely", "rich", "altair"]
    )


def test_who_knows_fail_if_is_told_as_it_is() -> None:
    group = root()
    known = {name for name in COMMANDS if "--fail-if" in _options(group.get_command(None, name))}
    page = (ROOT / "docs" / "schedules.md").read_text(encoding="utf-8")
    told = re.search(r"`--fail-if` is an option of (.*?)\.\n", page, re.S)
    assert told and set(re.findall(r"`([\w-]+)`", told[1])) == known
    assert (
        set(re.findall(r"[a-z-]{6,}", text_of("schedules", "en").split("It is an option of")[1].split(".")[0])) == known
    )
    assert set(re.findall(r"[a-z-]{6,}", text_of("schedules", "zh").split("有此选项的命令")[1].split("。")[0])) == known
