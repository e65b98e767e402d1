"""The command monitor: the screen, JSON, one line per alert, --fail-if, Chinese."""

import json
from pathlib import Path

import pytest

from telcli.cli import main

MONTHS = [f"{2023 + at // 12}-{at % 12 + 1:02d}" for at in range(14)]


def bills() -> str:
    """Twenty-five customers of steady bills, of whom the first falls by half in the last month."""
    rows = ["customer_id,month,revenue"]
    for at in range(25):
        for number, month in enumerate(MONTHS):
            amount = 900 + 10 * at + (7 * at + 13 * number) % 29
            rows.append(f"C{at:02d},{month},{amount * (0.5 if at == 0 and month == MONTHS[-1] else 1)}")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("monitor")
    (place / "months.csv").write_text(bills(), encoding="utf-8")
    told = ["--map", "months.csv:table=bills", "--map", "months.csv:amount=revenue"]
    assert main(["ingest", str(place / "months.csv"), *told, "-w", str(place / "w"), "-q"]) == 0
    return place / "w"


def test_the_screen_and_the_json(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["monitor", "-w", str(work)]) == 0
    said = capsys.readouterr().out
    assert "1 alert (1 new, 0 continuing)" in said and "revenue 49%" in said and "C00" in said
    assert main(["monitor", "-w", str(work), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"]["alerts"] == 1 and found["alerts"][0]["entity"] == "C00"
    assert found["metrics"]["by_kind"] == {"account": 1} and found["monitor_coverage"]


def test_one_line_per_alert_and_the_exit_code_of_cron(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["monitor", "-w", str(work), "-q", "--fail-if", "alerts>0"]) == 5
    said = capsys.readouterr()
    assert said.out.split("\t")[:5] == ["1", "new", "account", "C00", "revenue"] and said.out.count("\n") == 1
    assert "alerts is 1" in said.err
    assert main(["monitor", "-w", str(work), "-q", "--fail-if", "expected_loss>1000000"]) == 0


def test_what_words_of_the_screen_mean_is_said_under_it(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["monitor", "-w", str(work)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "found by z: the month is far off by itself" in said
    assert "margin of 12 months from 2024-02 on, if it lasts" in said


def test_nothing_judged_is_told_with_q_too_and_can_fail(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = ["monitor", "-w", str(work), "--as-of", "2023-03", "-q", "--fail-if", "judged<1"]
    assert main(told) == 5
    said = capsys.readouterr()
    assert said.out == "" and "needs 6 earlier months" in said.err and "judged is 0" in said.err
    assert main(["monitor", "-w", str(work), "--watch", "account"]) == 2
    assert 'Hint: Write it as: --watch "accounts,kpis"' in capsys.readouterr().err


def test_a_stale_alert_list_is_told_by_its_own_command(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["monitor", "-w", str(work)]) == 0
    capsys.readouterr()
    assert main(["status", "-w", str(work), "--seed", "7"]) == 0
    assert f"not of telcli run: telcli monitor -w {work}" in capsys.readouterr().out


def test_in_chinese(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["monitor", "-w", str(work), "--lang", "zh"]) == 0
    assert "收入比预期低" in capsys.readouterr().out
