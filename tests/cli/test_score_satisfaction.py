"""The command score-satisfaction on a small survey: screen, JSON, Chinese, thresholds."""

import json
from pathlib import Path

import pytest

from telcli.cli import main

PEOPLE = "客户编号,归属网格,账期,应收金额\n" + "".join(
    f"C{at:03d},{'东' if at % 2 else '西'},2024-06,30\n" for at in range(120)
)
ANSWERS = "customer_id,survey_date,item,expected,perceived,score,nps\n" + "".join(
    f"C{at:03d},2024-06-0{at % 9 + 1},{item},{8 if item == '信号' else ''},"
    f"{(at * step) % 10 + 1 if item != '总体满意度' else ''},"
    f"{((at * 3) % 10 + (at * 7) % 10) // 2 + 1 if item == '总体满意度' else ''},{at % 11}\n"
    for at in range(0, 120)
    for item, step in (("总体满意度", 0), ("信号", 3), ("价格", 7))
)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("satisfied")
    (place / "bills.csv").write_text(PEOPLE, encoding="utf-8")
    (place / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    told = ["--map", "answers.csv:table=surveys", "-w", str(place / "w"), "-q"]
    assert main(["ingest", str(place / "bills.csv"), str(place / "answers.csv"), *told]) == 0
    return place / "w"


def test_the_screen_the_json_and_thresholds(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score-satisfaction", "-w", str(work)]) == 0
    said = capsys.readouterr().out
    assert "120/120" in said and "cut at the mean" in said and "信号" in said
    assert main(["score-satisfaction", "-w", str(work), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    items = {row["item"]: row for row in found["satisfaction_items"]}
    assert items["信号"]["gap"] == pytest.approx(5.5 - 8) and items["价格"]["gap"] is None
    assert found["metrics"]["index"] == found["satisfaction_index"][0]["index"] and found["skipped"] is True
    assert found["metrics"]["expectation_index"] == pytest.approx(100 * 5.5 / 8 / 1.25)
    assert main(["score-satisfaction", "-w", str(work), "--fail-if", "index<90", "-q"]) == 5
    assert main(["score-satisfaction", "-w", str(work), "--fail-if", "nps_low<-99", "-q"]) == 0


def test_in_chinese_with_assumptions(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TELCLI_SCORE_SATISFACTION_ASSUMPTIONS", "told_per_dissatisfied=25 (培训教材，未经证实)")
    assert main(["score-satisfaction", "-w", str(work), "--lang", "zh"]) == 0
    said = capsys.readouterr().out
    assert "象限以均值分界" in said and "非实测" in said and "经证实" in said and "满意占比" in said
    monkeypatch.setenv("TELCLI_SCORE_SATISFACTION_ASSUMPTIONS", "told_per_dissatisfied=25")
    assert main(["score-satisfaction", "-w", str(work)]) == 2
    assert "NAME=NUMBER (SOURCE)" in capsys.readouterr().err


def test_nobody_asked_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bills.csv").write_text(PEOPLE, encoding="utf-8")
    assert main(["ingest", str(tmp_path / "bills.csv"), "-w", str(tmp_path / "w"), "-q"]) == 0
    capsys.readouterr()
    assert main(["score-satisfaction", "-w", str(tmp_path / "w")]) == 3
    assert "No customer answered a survey or rated a contact" in capsys.readouterr().err


def test_one_line_for_scripts_and_no_english_in_chinese(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score-satisfaction", "-w", str(work), "-q", "--lang", "zh"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = dict(part.split("=") for part in line.split(" "))
    assert told["as_of"] == "2024-06" and told["answered"] == told["customers"] == "120" and "index_low" in told
    assert main(["score-satisfaction", "-w", str(work), "--lang", "zh"]) == 0
    screen = capsys.readouterr().out
    assert "近 12 个月的答卷，2024-06-01 至 2024-06-09" in screen and "越满意" in screen
    assert not {"up", "unclear", "service", "price"} & set(screen.split())
    assert main(["score-satisfaction", "-w", str(work), "--index-weights", "own"]) == 2
