"""What recommend-offers says on the screen, and from files to offers as an analyst types it."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from telcli.cli import _words, main
from telcli.cli._offers_view import offered

RULE = {"first": "cloud", "second": "music", "product_id": "films", "confidence": 0.1, "lift": 2.0}
RULE |= {"next_confidence": 0.12, "next_lift": 2.5, "next_lift_low": 2.0, "next_lift_high": 3.1}
METRICS = {
    "rules": {"tested": 1234, "found": 9, "stand": 4, "in_time": True, "best": [RULE]},
    "plans": {
        "customers": 466,
        "cost_a_month": 27_457.8,
        "over_bundle_a_month": 10_637.8,
        "fit": {"over-bundle": 209, "tight": 0, "fits": 143, "unused": 114},
        "measure": {"stay": 296, "retain": 3, "wait": 167, "unknown": 0},
        "movers": 170,
        "saving_a_month": 6_408.9,
        "checked": {"customers": 161, "expected_saving": 5_785.2, "realised_saving": 3_418.6, "cheaper_share": 0.7},
    },
    "unused": {"unused": 1, "monthly_fees": 20.0},
}


def test_the_screen_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    told = "\n".join(offered(METRICS))
    assert "rules tested 1,234 · found 9 · stand in the months after 4" in told
    assert "cloud + music  → films          12.0%  2.50  2.00..3.10" in told
    assert "170 would pay 6,409 less a month on another plan" in told
    assert "saved 3,419 in it of 5,785 foretold" in told
    assert "nearly used up" not in told


def test_the_screen_in_chinese() -> None:
    _words.settle(["--lang=zh"])
    told = "\n".join(offered(METRICS))
    assert "检验规则 1,234 条" in told
    assert "从未使用 1 项" in told


def test_rules_of_one_snapshot_are_not_said_to_come_next() -> None:
    rules = {**METRICS["rules"], "in_time": False, "best": [{**RULE, "next_lift": None}]}
    told = "\n".join(offered({"rules": rules}))
    assert "held too" in told
    assert "taken next" not in told


def test_nothing_known_is_nothing_said() -> None:
    assert list(offered({})) == []


def _write(place: Path, name: str, rows: list[list[object]]) -> None:
    with (place / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two customers whose calls are known, and the plans they may have."""
    monkeypatch.chdir(tmp_path)
    lines: list[list[object]] = [
        ["user_id", "reg_date", "plan"],
        ["7", "2024-01-01", "surf"],
        ["8", "2024-01-01", "ultimate"],
    ]
    calls: list[list[object]] = [["id", "user_id", "call_date", "duration"]]
    calls += [
        [f"{who}_{at}", who, date(2024, month, 9), 60.5] for who in (7, 8) for month in (3, 4) for at in range(10)
    ]
    header = "messages_included,mb_per_month_included,minutes_included,usd_monthly_pay,usd_per_gb,usd_per_message"
    plans = [f"{header},usd_per_minute,plan_name".split(","), *(row.split(",") for row in _PLANS)]
    _write(tmp_path, "users.csv", lines)
    _write(tmp_path, "calls.csv", calls)
    _write(tmp_path, "plans.csv", [list(row) for row in plans])
    return tmp_path


_PLANS = ("50,15360,500,20,10,0.03,0.03,surf", "1000,30720,3000,70,7,0.01,0.01,ultimate")


def test_from_files_to_plans(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", "users.csv", "calls.csv", "plans.csv", "-q", "--format", "quiet"]) == 0
    capsys.readouterr()
    assert main(["recommend-offers", "--tariffs", "plans.csv", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["stage"] == "recommend-offers"
    assert told["metrics"]["plans"]["cost_a_month"] == pytest.approx(20 + 110 * 0.03 + 70)  # each call is 61 minutes
    assert told["metrics"]["plans"]["exact_months"] == 4
    assert {"offers-no-products", "offers-no-risks"} <= {warning["code"] for warning in told["warnings"]}
    assert main(["recommend-offers", "--tariffs", "plans.csv", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["skipped"]
    (files / "plans.csv").write_text((files / "plans.csv").read_text().replace(",20,", ",25,"), encoding="utf-8")
    assert main(["recommend-offers", "--tariffs", "plans.csv", "--format", "json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert not again["skipped"]
    assert again["metrics"]["plans"]["cost_a_month"] == pytest.approx(25 + 110 * 0.03 + 70)


def test_who_is_on_the_list_of_plan_retention_is_left_alone(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", "users.csv", "calls.csv", "-q", "--format", "quiet"]) == 0
    (files / "list.csv").write_text("customer_id\n8\n", encoding="utf-8")
    (files / "telcli.toml").write_text('[plan-retention]\nsuppress = "list.csv"\n', encoding="utf-8")
    capsys.readouterr()
    assert main(["recommend-offers", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["metrics"]["left_alone"] == 1
    assert "offers-left-alone" in {warning["code"] for warning in told["warnings"]}
    (files / "list.csv").write_text("customer_id\n7\n8\n", encoding="utf-8")
    assert main(["recommend-offers", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"]["left_alone"] == 2


def test_tariffs_that_are_not_there_are_said(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", "users.csv", "calls.csv", "-q", "--format", "quiet"]) == 0
    assert main(["recommend-offers", "--tariffs", "nowhere.csv"]) == 3
    assert "nowhere.csv" in capsys.readouterr().err
    (files / "telcli.toml").write_text('[recommend-offers]\ntariffs = "users.csv"\n', encoding="utf-8")
    assert main(["recommend-offers"]) == 4
    assert "users.csv has no column of monthly fees" in capsys.readouterr().err


def test_what_is_wrong_with_tariffs_is_said_by_line_in_both_languages(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", "users.csv", "calls.csv", "-q", "--format", "quiet"]) == 0
    _write(files, "wrong.csv", [["plan", "fee", "mb", "price_per_mb"], ["surf", "abc", "9", "1"], ["x", "", "9", "1"]])
    capsys.readouterr()
    assert main(["recommend-offers", "--tariffs", "wrong.csv"]) == 4
    assert "line 2, column fee: aaa is no number of 0 or more; line 3, column fee has no fee" in capsys.readouterr().err
    assert main(["recommend-offers", "--tariffs", "wrong.csv", "--lang", "zh"]) == 4
    assert "第 2 行，列 fee：aaa 不是大于等于 0 的数值；第 3 行，列 fee：没有月费" in capsys.readouterr().err


def test_services_and_names_in_chinese() -> None:
    _words.settle(["--lang=zh"])
    silent = _words.said("offers-silent-services", "", {"services": "broadband, landline, leased-line, tv"})
    assert "宽带、固话、专线、电视" in silent
    assert "短信、流量" in _words.said("tariff-service-missing", "", {"file": "a.csv", "services": "texts, data"})
    missing = _words.said("offers-plans-missing", "", {"count": 2, "names": "A1, B2"})
    assert "A1、B2" in missing
    reasons = "5 are on the plan that suits them best; 2 are not to be contacted"
    assert "5 位现有套餐已最合适；2 位为免打扰客户" in _words.said(
        "offers-no-move", "", {"count": 7, "places": reasons}
    )
