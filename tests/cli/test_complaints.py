"""The command complaints on a few tickets: screen, JSON, Chinese, thresholds, one line."""

import json
import re
from pathlib import Path

import pytest

from telcli.cli import main

PEOPLE = "客户编号,归属网格,账期,应收金额\n" + "".join(
    f"C{at:03d},东,2024-{month:02d},30\n" for at in range(120) for month in range(1, 7)
)
TICKETS = "contact_id,customer_id,opened_at,closed_at,kind,topic\n" + "".join(
    f"T{month}{at:03d},C{at:03d},2024-{month:02d}-1{at % 5} 09:00,2024-{month:02d}-2{at % 5} 09:00,complaint,{topic}\n"
    for month in range(1, 7)
    for topic, first, count in (("资费争议", 0, 8), ("信号差", 40, 40 if month == 6 else 8))
    for at in range(first, first + count)
)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("complained")
    (place / "bills.csv").write_text(PEOPLE, encoding="utf-8")
    (place / "tickets.csv").write_text(TICKETS, encoding="utf-8")
    told = ["--map", "tickets.csv:table=contacts", "-w", str(place / "w"), "-q"]
    assert main(["ingest", str(place / "bills.csv"), str(place / "tickets.csv"), *told]) == 0
    return place / "w"


def test_the_screen_the_json_thresholds_and_one_line(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["complaints", "-w", str(work)]) == 0
    said = capsys.readouterr().out
    assert "2024-06: contacts 48" in said and "2024-04 to 2024-06: repeats" in said
    assert "emerging topics 1, of 1 with 10 customers or more" in said
    assert "1 more topic, of fewer than 10 customers" in said
    assert main(["complaints", "-w", str(work), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["metrics"]["contacts"], found["metrics"]["emerging"]) == (48, 1)
    assert {row["topic"] for row in found["complaint_topics"] if row["emerging"] and row["kind"] == "complaint"} >= {
        "coverage"
    }
    assert main(["complaints", "-w", str(work), "--fail-if", "emerging>0", "-q"]) == 5
    assert main(["complaints", "-w", str(work), "--fail-if", "sla_overdue>0", "-q"]) == 0
    capsys.readouterr()
    assert main(["complaints", "-w", str(work), "-q"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("as_of=2024-06 contacts=48 customers=48 complaints=48 complaint_rate=400.0000 ")
    assert "emerging=1 emerging_words=0 sla_overdue=0" in line and ", " not in line


def test_in_chinese(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["complaints", "-w", str(work), "--lang", "zh"]) == 0
    said = capsys.readouterr().out
    assert "热点" in said and "2024-04 至 2024-06" in said
    latin = re.sub(r"telcli [a-z-]+( [A-Za-z0-9_]+)?|C\d+|\[complaints.topics\]|telcli.toml|complaints", "", said)
    assert not re.search("[a-z]{2,}", latin), latin


def test_a_month_without_contacts_is_told_first_and_has_no_rate(
    work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("bills", PEOPLE), ("tickets", TICKETS)):
        kept = [line for line in text.splitlines(keepends=True) if name == "bills" or "2024-06" not in line]
        (tmp_path / f"{name}.csv").write_text("".join(kept), encoding="utf-8")
    files = [str(tmp_path / "bills.csv"), str(tmp_path / "tickets.csv")]
    assert main(["ingest", *files, "--map", "tickets.csv:table=contacts", "-w", str(tmp_path / "w"), "-q"]) == 0
    assert main(["complaints", "-w", str(tmp_path / "w"), "--as-of", "2024-06"]) == 0
    said = capsys.readouterr()
    assert "no contact is known of 2024-06" in said.out and "0.00" not in said.out
    assert said.err.startswith("Warning: contacts: no rows in 2024-06, the last are of 2024-05")
    assert main(["complaints", "-w", str(tmp_path / "w"), "--as-of", "2024-06", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)["metrics"]
    assert (told["contacts"], told["complaints"], told["complaint_rate"], told["emerging"]) == (0, None, None, None)
