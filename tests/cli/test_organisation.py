"""[organisation]: levels as dimensions, in conditions and as rows; what is wrong with a file is said."""

import json
from pathlib import Path

import pytest

from telcli.cli import main

FILE = "分局,本地网,省\n未知网格,甲本地网,甲省\n"


@pytest.fixture(autouse=True)
def everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELCLI_REPORT_SMALL_CELL", "1")
    monkeypatch.setenv("TELCLI_ORGANISATION_FILE", "org.csv")


def told(capsys: pytest.CaptureFixture[str], line: str) -> dict[str, object]:
    assert main([*line.split(), "--format", "json"]) == 0
    body: dict[str, object] = json.loads(capsys.readouterr().out)
    return body


def test_levels_are_dimensions_and_roll_up(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("org.csv").write_bytes(FILE.encode("gb18030"))
    body = told(capsys, "cube customers --roll-up local_network")
    assert [(row["level"], row["province"], row["customers"]) for row in body["rows"]] == [  # type: ignore[attr-defined]
        ("all", None, 3), ("province", "unknown", 3), ("local_network", "unknown", 3)
    ]  # fmt: skip
    assert told(capsys, "cube customers --by province --where province='甲省'")["rows"] == []
    assert main(["cube", "客户数", "--roll-up", "省", "--lang", "zh"]) == 0
    assert "层级" in capsys.readouterr().out
    assert main(["show", "customers", "--columns", "customer_id,province", "--limit", "1"]) == 0
    assert "province" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        (FILE, "--roll-up nowhere", "Levels, the smallest first: branch, local_network, province."),
        (FILE, "--roll-up province --by region", "no --by beside it"),
        ("branch,province\nN,A\nN,B\n", "--by province", "org.csv puts N in two places."),
        ("branch\nN\n", "--by province", "must have the smallest level first"),
        ("branch,region\nN,A\n", "--by province", "must have the smallest level first"),
        (None, "--by province", "does not exist"),
    ],
)
def test_mistakes(file: str | None, line: str, said: str, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if file is not None:
        Path("org.csv").write_text(file, encoding="utf-8")
    assert main(["cube", "customers", *line.split()]) in (2, 3, 4)
    assert said in capsys.readouterr().err


def test_columns_of_customers_are_levels(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELCLI_ORGANISATION_FILE", "")
    assert main(["cube", "customers", "--roll-up", "region"]) == 2
    assert "file in [organisation]" in capsys.readouterr().err
    monkeypatch.setenv("TELCLI_ORGANISATION_LEVELS", "branch,region")
    assert [row["level"] for row in told(capsys, "cube customers --roll-up region")["rows"]] == ["all", "region"]  # type: ignore[attr-defined]
    for levels in ("branch", "branch,branch", "gender,region"):
        monkeypatch.setenv("TELCLI_ORGANISATION_LEVELS", levels)
        assert main(["cube", "customers", "--roll-up", "region"]) == 2
    monkeypatch.setenv("TELCLI_ORGANISATION_FILE", "org.csv")
    assert main(["cube", "customers", "--roll-up", "region"]) == 2
    assert "both a file and levels" in capsys.readouterr().err
