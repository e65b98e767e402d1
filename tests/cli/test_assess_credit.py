"""From files to a dunning list as an analyst types it: invoices with the day they were settled, screens."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from telcli.cli import main


@pytest.fixture(scope="module")
def invoices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """US dates without padding, one row per invoice, the day it was settled; some without, and some disputed."""
    place = tmp_path_factory.mktemp("invoices")
    rng = np.random.default_rng(0)
    lines = ["customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate"]
    for who in range(30):
        for month in range(1, 13):
            issued = date(2023, month, 20)
            due = issued + timedelta(days=28)
            settled = due + timedelta(days=-3 if who < 20 or rng.random() < 0.3 else 15)
            days = [f"{day.month}/{day.day}/{day.year}" for day in (issued, due, settled)]
            days[2] = "" if who == 29 and month > 6 else days[2]
            disputed = "Yes" if who == 29 and month == 8 else "No"
            amount = 40 + 10 * rng.random()
            lines.append(f"C{who:03},{who * 100 + month},{days[0]},{days[1]},{amount:.2f},{disputed},{days[2]}")
    (place / "invoices.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["ingest", str(place / "invoices.csv"), "-w", str(place / "work"), "-q"]) == 0
    yield place / "work"


def test_json_has_what_the_screen_has(invoices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assess-credit", "-w", str(invoices), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {part["table"] for part in told["outputs"]} >= {"credit_scores", "dunning_list", "credit_rolls"}
    assert told["metrics"]["flows_differ_by"] == 0.0
    assert told["metrics"]["customers"] == 30
    low, rate, high = (told["metrics"][f"non_payment_rate{end}"] for end in ("_low", "", "_high"))
    assert 0.0 < low < rate < high < 1.0
    assert len(told["credit_provision"]) == 8
    assert told["metrics"]["held"] == {"disputed": 1}


def test_fail_if_and_quiet(invoices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assess-credit", "-w", str(invoices), "-q", "--fail-if", "arrears_share>0.001"]) == 5
    assert main(["assess-credit", "-w", str(invoices), "-q", "--fail-if", "arrears_share>0.999"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and said[0] == said[1]
    figures = dict(part.split("=") for part in said[0].split(" "))
    assert list(figures)[:2] == ["arrears", "arrears_share"] and 0 < float(figures["arrears_share"]) < 1
    assert main(["assess-credit", "-w", str(invoices), "-q", "--fail-if", "arears>1"]) == 2


@pytest.mark.parametrize(("lang", "words"), [("en", "never paid"), ("zh", "预期损失率")])
def test_the_screen(lang: str, words: str, invoices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assess-credit", "-w", str(invoices), "--lang", lang, "--limit", "2"]) == 0
    said = capsys.readouterr().out
    assert words in said
    assert ("telcli score-value" in said) and ("(cross-validation)" not in said)
    assert ("2023-12" in said) and ("†" in said)  # as of when, and that few owe of an age
    assert ("31-60" in said) and ("dunning_list" in said or "disconnect" in said or "拆机" in said)


def test_steps_that_are_none_are_told(invoices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assess-credit", "-w", str(invoices), "--steps", "remind"]) == 2
    assert "NAME:DAYS" in capsys.readouterr().err


def test_a_table_that_is_lacking_is_told_by_its_kind_of_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "who.csv").write_text("客户编号,客户类型\nC1,公众客户\n,公众客户\n", encoding="utf-8")
    assert main(["ingest", str(tmp_path / "who.csv"), "-w", str(tmp_path / "work"), "-q", "--max-rejects", "0.9"]) == 0
    for lang, kind in (("en", "bills or invoices (customer, month, amount)"), ("zh", "账单或发票（客户、账期、金额）")):
        assert main(["assess-credit", "-w", str(tmp_path / "work"), "--lang", lang]) == 3
        said = capsys.readouterr().err
        assert kind in said
        assert said.rstrip(")）\n").endswith("rejects")
