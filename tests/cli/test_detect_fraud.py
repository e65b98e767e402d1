"""The command detect-fraud on a few calls: screen, JSON, Chinese, thresholds, one line, lists of who is in order."""

import json
from pathlib import Path

import pytest

from telcli.cli import main

CALLS = "客户编号,开始时间,对方号码,呼叫方向,通话类型,通话时长(秒),小区编号\n" + "".join(
    f"{who},2024-06-0{day} {5 + at * 18 // 90:02d}:{at * 7 % 60:02d}:{at % 60:02d},139{day}{at:07d},主叫,语音,60,c1\n"
    for who in ("B1", "B2")
    for day in (3, 4, 5)
    for at in range(90)
)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("suspected")
    (place / "calls.csv").write_text(CALLS, encoding="utf-8")
    assert main(["ingest", str(place / "calls.csv"), "-w", str(place / "w"), "-q"]) == 0
    return place / "w"


def out(capsys: pytest.CaptureFixture[str], work: Path, *words: str, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert main(["detect-fraud", "-w", str(work), *words]) == code
    found = capsys.readouterr()
    return found.out, found.err


def test_the_screen_tells_days_cases_prices_and_what_is_missing_first(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said, warned = out(capsys, work, "--limit", "1")
    lines = [line.strip() for line in said.splitlines()]
    assert lines[0] == "detect-fraud  2024-06" and lines[1].startswith("There are no lines with a day of activation")
    assert "no lines with" not in warned
    assert "calls of 2024-06-03 to 2024-06-05 · no calls of the months before" in lines
    assert "from 1 cell;" in said and "1 of 2 rows. All: telcli show fraud_cases" in lines
    assert "assumed rates, which nobody has set: bypass_rate 0.25." in " ".join(lines)
    assert "assess-credit" not in said


def test_one_line_and_thresholds_tell_the_same_when_the_run_is_forced_again(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (line,) = out(capsys, work, "-q")[0].splitlines()
    assert line == "cases=2 new_cases=2 closed_cases=0 expected_loss=1265.62"
    for words in ((), ("--force",), ("--rules", "sim-box"), ("--force",)):
        assert out(capsys, work, "-q", "--fail-if", "new_cases>0", *words, code=5)[0].strip() == line
    assert out(capsys, work, "-q", "--fail-if", "cases>2")[0].strip() == line


def test_the_json_holds_metrics_and_the_gravest_cases(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = json.loads(out(capsys, work, "--format", "json", "--fail-if", "cases>1", code=5)[0])
    assert body["metrics"]["by_pattern"]["sim-box"] == 2
    assert body["metrics"]["assumed_rates"] == {"bypass_rate": 0.25}
    assert body["metrics"]["looked_at"]["calls_to"] == "2024-06-05"
    assert body["error"]["code"] == "threshold-crossed"
    assert {case["subject_id"] for case in body["metrics"]["top"]} == {"B1", "B2"}


def test_in_chinese_no_word_of_the_screen_is_english(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said, warned = out(capsys, work, "--lang", "zh")
    assert "猫池" in said and "疑似：日均主叫" in said and "假定单价" in said
    for word in ("suspected", "SIM box", "calls", "usual", "wangiri", "case "):
        assert word not in said + warned


def test_a_line_with_a_wrong_day_is_refused_and_told_and_an_empty_list_is_none(
    work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "in_order.csv"
    listed.write_text("customer_id,until\nB1,soon\n\nB2,2025年1月31日\n", encoding="utf-8")
    said, warned = out(capsys, work, "--allow", str(listed))
    assert "in_order.csv: 1 line counts for nothing" in said and "line 2 (write" in said
    assert "1 suspect is left out" in " ".join(warned.split())
    metrics = json.loads(out(capsys, work, "--allow", str(listed), "--format", "json")[0])["metrics"]
    assert (metrics["cases"], metrics["allowed"]["refused_lines"]) == (1, [{"line": 2, "reason": "until-no-day"}])
    for nothing in ("", "customer_id,until\n"):
        listed.write_text(nothing, encoding="utf-8")
        assert "in_order.csv names nobody" in out(capsys, work, "--allow", str(listed))[1]


def test_what_cannot_be_done_says_what_to_do(work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "switched on in [detect-fraud.rules.NAME]" in out(capsys, work, "--rules", "x", code=2)[1]
    assert "--allow FILE" in out(capsys, work, "--allow", str(tmp_path / "none.csv"), code=3)[1]
    (tmp_path / "bills.csv").write_text("客户编号,账期,应收金额\nC1,2024-06,30\n", encoding="utf-8")
    bare = tmp_path / "bare"
    assert main(["ingest", str(tmp_path / "bills.csv"), "-w", str(bare), "-q"]) == 0
    assert "call records" in out(capsys, bare, code=3)[1]
