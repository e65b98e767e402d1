"""Options of `telcli segment` at the door: what does nothing is refused, and few choices are taken in any case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from telcli.cli import main
from telcli.cli._stage_view import view
from telcli.cli._words import settle
from telcli.pipeline.run import StageRun


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = [f"c{one},2024-0{month},{one + month}" for month in (5, 6) for one in range(40)]
    (tmp_path / "crm.csv").write_text("customer_id,month,amount\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert main(["ingest", "crm.csv", "-q"]) == 0
    assert main(["customer-months", "-q"]) == 0
    return tmp_path


def failed(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, object]:
    capsys.readouterr()
    code = main(["segment", "--format", "JSON", *args])
    error: dict[str, object] = json.loads(capsys.readouterr().out)["error"]
    assert code == error["exit_code"]
    return error


def test_nothing_to_join_is_answered_with_a_month_that_there_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = failed(capsys, "--no-refit", "--as-of", "2024-05")
    assert (first["code"], first["exit_code"]) == ("segment-first-month", 3)
    assert "--as-of 2024-05 --refit" in str(first["hint"])
    second = failed(capsys, "--no-refit")
    assert second["code"] == "segment-none-before"
    assert "--as-of 2024-05 --refit" in str(second["hint"])
    assert "--as-of 2024-06 --refit" in str(second["hint"])


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--algorithm", "--max-segments"])
def test_how_segments_are_found_is_not_asked_where_none_are(
    home: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    asked = (option, "kmeans" if option == "--algorithm" else "2")
    error = failed(capsys, "--no-refit", *asked)
    assert (error["code"], error["exit_code"]) == ("segment-option-unused", 2)
    assert option in str(error["message"])
    (home / "telcli.toml").write_text('[segment]\nrefit = "Never"\n', encoding="utf-8")
    assert failed(capsys, *asked)["code"] == "segment-option-unused"
    assert main(["segment", "-q", "--refit", *asked, "--as-of", "2024-05"]) == 0
    (home / "telcli.toml").write_text('[segment]\nalgorithm = "kmeans"\n', encoding="utf-8")
    assert main(["segment", "-q", "--no-refit"]) == 0


def test_the_most_segments_are_a_flag_too_and_names_of_few_choices_are_taken_in_any_case(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["segment", "--format", "json", "--max-segments", "2", "--algorithm", "KMeans"]) == 0
    assert [row["k"] for row in json.loads(capsys.readouterr().out)["metrics"]["k_table"]] == [2]
    assert main(["segment", "--format", "json", "--max-segments", "2", "--algorithm", "kmeans"]) == 0
    assert json.loads(capsys.readouterr().out)["skipped"]
    assert main(["status", "--lang", "ZH"]) == 0
    assert "行" in capsys.readouterr().out
    assert main(["show", "segments", "--format", "CSV", "--limit", "1"]) == 0
    assert capsys.readouterr().out.startswith("customer_id,")
    assert failed(capsys, "--algorithm", "KM")["code"] == "setting-invalid"


def test_one_is_said_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crm.csv").write_text("customer_id,month,amount\na,2024-06,5\n", encoding="utf-8")
    assert main(["ingest", "crm.csv", "-q"]) == 0
    capsys.readouterr()
    assert main(["segment", "--format", "json"]) == 0
    told = {one["code"]: one["message"] for one in json.loads(capsys.readouterr().out)["warnings"]}
    assert told["segment-few-rows"].startswith("1 customer is too few")


@pytest.mark.parametrize(("lang", "told"), [("en", "The rule recommends 4."), ("zh", "按规则推荐4个。")])
def test_the_screen_tells_why_so_many_segments(lang: str, told: str) -> None:
    metrics = {"k": 3, "criterion": "Asked for. The rule recommends 4.", "criterion_zh": "指定。按规则推荐4个。"}
    settle(["--lang", lang])
    run = StageRun("segment", None, (), metrics, (), skipped=False, rows_in=0, rejected=0, duplicates=0)
    told_lines = [str(line).strip() for line in view(run)]
    settle(["--lang", "en"])
    assert told in ("" if lang == "zh" else " ").join(told_lines)
