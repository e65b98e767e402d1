"""`telcli merge`: screens in both languages, JSON, quiet, and what is mistyped."""

import json
import shutil
from pathlib import Path

import pytest

from telcli.cli import main


@pytest.fixture
def branches(work: Path) -> None:
    for name in ("north", "south"):
        shutil.copytree("work", name)


def test_screens_and_json(branches: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merge", "north", "south", "-w", "all", "--apart"]) == 0
    shown = capsys.readouterr().out
    assert "north" in shown
    assert shown.splitlines()[-1] == "Next: telcli run -w all"
    assert main(["merge", "south", "north", "-w", "all", "--apart", "--lang", "zh"]) == 0
    assert "此前已合并，没有变化" in capsys.readouterr().out
    assert main(["merge", "north", "south", "-w", "all", "--apart", "--force", "--format", "json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert [one["branch"] for one in body["metrics"]["branches"]] == ["north", "south"]
    held = {one["table"]: one["rows"] for one in body["outputs"]}
    assert held["customers"] == sum(one["customers"] for one in body["metrics"]["branches"])
    assert main(["merge", "north", "south", "-w", "all", "--apart", "-q"]) == 0
    assert capsys.readouterr() == ("", "")


def test_the_same_customers_in_both_are_settled_and_told(branches: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merge", "north", "south", "-w", "all"]) == 0
    assert "stand in several branches" in capsys.readouterr().err
    assert main(["merge", "north", "south", "-w", "other", "--strict"]) == 4
    assert "--strict settles none" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("north", 2, "takes two working directories or more"),
        ("north north", 2, "stands twice"),
        ("north nowhere", 3, "nowhere is no working directory of telcli"),
        ("north south --as north", 2, "--as takes DIRECTORY=NAME"),
        ("north south --as north=south", 2, "Two directories are called south"),
        ("north south --as-of 2024-06", 2, "works on every month"),
    ],
)
def test_mistakes(line: str, code: int, said: str, branches: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merge", *line.split(), "-w", "all"]) == code
    assert said in capsys.readouterr().err
