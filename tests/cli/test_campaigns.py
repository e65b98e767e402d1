"""The command campaigns on a small working directory: three tables on the screen, in JSON, and in Chinese."""

import json
from datetime import date
from pathlib import Path

import pytest

from telcli.cli import _campaigns_view, _words, main

PEOPLE = "customer_id,month,revenue\n" + "".join(
    f"C{at},2024-0{month},{40 + at % 7}\n" for at in range(12) for month in range(1, 7)
)
SENT = "campaign_id,customer_id,arm,channel,contacted_on,response,cost\n" + "".join(
    f"{name},C{at},{'held_out' if name == 'spring' and at < 4 else 'treated'},sms,"
    f"{'' if name == 'spring' and at < 4 else day},{'yes' if at % 3 else ''},1.5\n"
    for name, day, whom in (("spring", "2024-03-05", range(12)), ("easter", "2024-03-25", range(2, 8)))
    for at in whom
)
BILLS = ["--map", "months.csv:table=bills", "--map", "months.csv:amount=revenue"]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("campaigns")
    (place / "months.csv").write_text(PEOPLE, encoding="utf-8")
    (place / "sent.csv").write_text(SENT, encoding="utf-8")
    given = [str(place / "months.csv"), str(place / "sent.csv")]
    told = [
        "--map",
        "sent.csv:table=campaigns",
        "--map",
        "months.csv:table=bills",
        "--map",
        "months.csv:amount=revenue",
    ]
    assert main(["ingest", *given, *told, "-w", str(place / "w"), "-q"]) == 0
    return place / "w"


def test_the_screen_and_the_json(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["campaigns", "-w", str(work)]) == 0
    said = capsys.readouterr()
    assert "spring" in said.out and "ended" in said.out and "response by segment and channel" in said.out
    assert "2 of 4 customers held out were contacted all the same" in " ".join(said.err.split())
    assert main(["campaigns", "-w", str(work), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["campaign_id"] for row in found["campaign_status"]] == ["easter", "spring"]
    assert found["campaign_overlap"][0]["near"] == 4 and found["metrics"]["customers_too_near"] == 4
    assert found["skipped"] is True


def test_in_chinese_and_in_short(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["campaigns", "-w", str(work), "--lang", "zh", "--limit", "1"]) == 0
    said = capsys.readouterr()
    assert "已结束" in said.out and "共 2 行，显示 1 行" in said.out and "对照组" in said.err


def test_none_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "months.csv").write_text(PEOPLE, encoding="utf-8")
    assert main(["ingest", str(tmp_path / "months.csv"), *BILLS, "-w", str(tmp_path / "w"), "-q"]) == 0
    capsys.readouterr()
    assert main(["campaigns", "-w", str(tmp_path / "w")]) == 3
    assert "No campaign is known up to 2024-06" in capsys.readouterr().err


def test_days_to_come_groups_without_a_name_and_channels_are_called_what_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = dict.fromkeys(("contacted_share", "budget_used", "cost", "gain", "gain_low", "gain_high", "accept_rate"))
    row |= {"accept_low": None, "accept_high": None, "campaign_id": "p", "state": "planned", "planned": 9}
    days = {"first_day": date(2024, 7, 5), "last_day": date(2024, 7, 19)}
    assert _campaigns_view._status({**row, **days, "contacted": 0})[2] == "due 2024-07-05..07-19"
    assert _campaigns_view._status({**row, **days, "contacted": 1})[2] == "2024-07-05..07-19"
    cell = dict.fromkeys(("cost_per_response", "accepted_margin", "response_rate", "response_low", "response_high"))
    cell |= {"accept_rate": None, "accept_low": None, "accept_high": None, "segment_name_zh": None, "contacted": 12}
    assert _campaigns_view._response({**cell, "segment_name": "-", "channel": "-"})[:2] == [
        "segment not known",
        "channel not known",
    ]
    for module in (_words, _campaigns_view):
        monkeypatch.setattr(module, "language", lambda: "zh")
    assert _campaigns_view._response({**cell, "segment_name": "all", "channel": "sms"})[:2] == ["全部", "短信"]
