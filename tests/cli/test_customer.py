"""`telcli customer`: the card in both languages and on a narrow terminal, one JSON object, and what is mistyped."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from telcli.cli import _words, main
from telcli.cli._card import tell
from telcli.cli._card_words import SERIES as NAMES
from telcli.cli._help import wide
from telcli.cli._options import Call
from telcli.cli._output import Printer
from telcli.errors import Notice
from telcli.pipeline.customer import Absent, Card
from telcli.stages.customer import COLUMNS, SERIES, card
from telcli.tables.facts import ARMS, CONTACT_KINDS
from telcli.tables.resolution import RULES, SURVIVORSHIP
from telcli.tables.results import LIFECYCLE_STAGES, RISK_BANDS, TIERS, VALUE_TIERS
from telcli.tables.subjects import SERVICE_TYPES, STATUSES
from tests.cli.golden import same

JUNE = date(2024, 6, 1)


def blank(table: str, **values: Any) -> dict[str, Any]:
    return dict.fromkeys(COLUMNS[table]) | values


def months() -> list[dict[str, Any]]:
    revenue = [59.0, 59.0, None, 128.5, 0.0, 75.25]
    found = []
    for at, money in enumerate(revenue):
        values = {"revenue": money, "data_mb": 1000.0 * at, "active_days": 20.0 - at, "arrears": 10.0 * at}
        found.append(blank("customer_months", month=date(2024, at + 1, 1), active=True, left=False, **values))
    return found


def rows() -> dict[str, list[dict[str, Any]]]:
    """A customer of whom everything is known."""
    mobile = {"service_type": "mobile", "plan_id": "畅享129", "plan_fee": 129.0, "status": "active"}
    contact = {"kind": "complaint", "topic": "信号差", "channel": "10086", "opened_at": datetime(2024, 6, 20, 9, 30)}
    scores = {"churn_probability": 0.62, "risk_band": "high", "target": True, "expected_saving": 41.5}
    reasons = {"reason_1": "Data fell by half", "reason_1_zh": "流量减半", "reason_2": "A complaint is open"}
    value = {"value_tier": "gold", "value_score": 81.4, "lifetime_value": 3210.0, "current_value": 1200.0}
    group = {"segment": 2, "segment_name": "Heavy data", "segment_name_zh": "重流量", "lifecycle_stage": "decline"}
    glad = {"satisfaction": 72.0, "source": "surveyed", "surveyed_on": date(2024, 5, 10), "nps": 8.0, "loyalty": 64.0}
    names = {"attribute": "region", "chosen": "北城", "rule": "trusted"}
    key = {"system": "crm", "rule": "own-id", "score": 1.0}
    return {
        "customers": [blank("customers", customer_class="key", region="北城", manager_id="M12", star_level=5)],
        "subscriptions": [
            blank("subscriptions", subscription_id="N1", contract_end=date(2024, 7, 31), **mobile),
            blank("subscriptions", subscription_id="N2", ended_on=date(2024, 2, 1), status="ended"),
        ],
        "customer_months": months(),
        "call_months": [blank("call_months", month=JUNE, active_days=15.0, counterparts=12.0, night_share=0.25)],
        "segments": [blank("segments", consumption_tier="mid", **group)],
        "value_scores": [blank("value_scores", **value)],
        "churn_scores": [blank("churn_scores", **scores, **reasons, reason_2_zh="有未办结投诉")],
        "satisfaction_scores": [blank("satisfaction_scores", **glad)],
        "contacts": [blank("contacts", contact_id="T1", rating=3.0, text="信号\x1b[31m一直\n不好" * 9, **contact)],
        "payments": [blank("payments", payment_id="P1", paid_at=datetime(2024, 5, 2), amount=59.0, method="cash")],
        "campaigns": [blank("campaigns", campaign_id="K1", arm="held_out", contacted_on=date(2024, 4, 1))],
        "conflicts": [
            {**names, "source": "crm.csv", "source_key": "K1", "value": "北城"},
            {**names, "source": "crm.csv", "source_key": "13812345678", "value": "南城"},
        ],
        "crosswalk": [{"source": "crm.csv", "source_key": "13812345678", **key}],
    }


def full() -> Card:
    found = rows()
    told = Notice("customer-nobody", "No customer is called {customer}.", {"customer": "x"})
    counts = {name: len(some) for name, some in found.items()}
    return Card(JUNE, "customer_id", card(found, "C1", JUNE), (), counts, (told,))


def bare() -> Card:
    """One of whom next to nothing is known."""
    absent = (
        Absent("months", "customer_months", "not-made", "telcli customer-months -w work"),
        Absent("segment", "segments", "not-in-it", "telcli segment -w work"),
        Absent("value", "value_scores", "other-month", "telcli score-value -w work --as-of 2024-06", ("2024-05",)),
        Absent("churn", "churn_scores", "not-made", "telcli predict-churn -w work"),
        Absent("payments", "payments", "not-given", "telcli ingest SOURCES... -w work"),
        Absent("campaigns", "campaigns", "not-given", "telcli ingest SOURCES... -w work"),
    )
    return Card(JUNE, "customer_id", card({"customers": [blank("customers")]}, "C2", JUNE), absent, {}, ())


def call(form: str) -> Call:
    return Call("customer", Path("work"), None, None, None, False, 0.0, False, Printer("customer", form))


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_screens(
    lang: str, width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, faked: Path
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    _words.settle([f"--lang={lang}"])
    tell(call("human"), full())
    tell(call("human"), bare())
    seen = capsys.readouterr()
    assert max(map(wide, seen.out.splitlines())) <= width
    assert "\x1b[31m" not in seen.out
    same(f"customer-{width}.{lang}", seen.out + seen.err)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [28, 34, 40, 46, 52, 58])
def test_the_months_are_whole_on_any_terminal(
    width: int, lang: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, faked: Path
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    _words.settle([f"--lang={lang}"])
    tell(call("human"), full())
    lines = capsys.readouterr().out.splitlines()
    first = next(at for at, line in enumerate(lines) if "2024-01" in line and "2024-06" in line)
    drawn = lines[first : first + 5]
    assert max(map(wide, drawn)) <= width
    assert "…" not in "".join(drawn)
    assert "▁▂▄▅▇█" in drawn[2], "data, whole"


def said_of(**rows: Any) -> dict[str, Any]:
    return {"customers": [blank("customers")], **rows}


@pytest.mark.parametrize(("tier", "told"), [("high", True), (None, False)])
def test_a_tier_that_is_not_known_is_not_told(
    tier: str | None, told: bool, capsys: pytest.CaptureFixture[str], faked: Path
) -> None:
    segment = rows()["segments"][0] | {"consumption_tier": tier, "customer_class": None}
    _words.settle(["--lang=en"])
    found = rows() | {"segments": [segment]}
    tell(call("human"), Card(JUNE, "customer_id", card(found, "C1", JUNE), (), {}, ()))
    line = next(one for one in capsys.readouterr().out.splitlines() if "Heavy data" in one)
    assert "stage of life decline" in line
    assert ("spends" in line) is told


@pytest.mark.parametrize(
    ("found", "said", "not_said"),
    [
        (said_of(customers=[blank("customers", joined_on=date(2024, 8, 9))]), "joins on 2024-08-09", "since"),
        (said_of(customer_months=months()[:3] + months()[4:]), "2024-06", "Left"),
        (said_of(customer_months=[months()[0] | {"active": False, "left": True}]), "Left in 2024-01", "back"),
        (
            said_of(customer_months=[months()[0] | {"active": False, "left": True}, *months()[3:]]),
            "Left in 2024-01, back since 2024-04",
            "Has left",
        ),
        (said_of(customers=[blank("customers", churned=True)]), "Has left", "Left in"),
        (
            said_of(churn_register=[{"month": JUNE, "kind": "voluntary", "reason": "price", "reason_source": "signs"}]),
            "Reason for leaving in 2024-06: Price",
            "(new)",
        ),
        (
            said_of(care_triggers=[blank("care_triggers", text="No use in 2 months", new=True)]),
            "2 months (new)",
            "Reason",
        ),
        (
            said_of(
                retention_plan=[blank("retention_plan", held_out=False)],
                retention_tasks=[blank("retention_tasks", task_id="R1", what="Call her", deadline=date(2024, 7, 9))],
            ),
            "Task R1 until 2024-07-09: Call her",
            "Held out",
        ),
        (
            said_of(retention_plan=[blank("retention_plan", held_out=True, campaign_id="retention-2024-06")]),
            "Held out of retention-2024-06",
            "Task",
        ),
    ],
)
def test_the_verdict_on_who_left_came_back_or_is_not_there_yet(
    found: dict[str, Any], said: str, not_said: str, capsys: pytest.CaptureFixture[str], faked: Path
) -> None:
    tell(call("human"), Card(JUNE, "customer_id", card(found, "C1", JUNE), bare().absent, {}, ()))
    head = capsys.readouterr().out.partition("\n\n")[0]
    assert said in head
    assert not_said not in head


def test_the_json_holds_everything_under_stable_keys(capsys: pytest.CaptureFixture[str]) -> None:
    tell(call("json"), full())
    body = json.loads(capsys.readouterr().out)
    heads = ["schema_version", "stage", "as_of", "outputs", "metrics", "warnings", "customer", "absent"]
    assert list(body) == heads
    assert (body["schema_version"], body["stage"], body["as_of"], body["absent"]) == (1, "customer", "2024-06", [])
    assert {"table": "payments", "path": "work/payments", "rows": 1} in body["outputs"]
    counts = {"lines": 2, "months": 6, "contacts": 1, "contacts_open": 1, "conflicts": 1, "systems": 1}
    assert body["metrics"] == counts
    sections = "found_by customer_id who segment value churn left care plan task satisfaction views"
    further = [
        "lines",
        "months",
        "calls",
        "contacts",
        "contacts_in_all",
        "contacts_open",
        "payments",
        "campaigns",
        "conflicts",
        "systems",
    ]
    assert list(body["customer"]) == [*sections.split(), *further]
    calls = {"month": "2024-06", "active_days": 15.0, "counterparts": 12.0, "night_share": 0.25}
    assert body["customer"]["calls"] == calls
    assert set(body["customer"]["churn"]) == set(COLUMNS["churn_scores"])
    assert body["customer"]["months"]["series"][0]["values"] == [59.0, 59.0, None, 128.5, 0.0, 75.25]
    assert body["customer"]["systems"][0]["source_key"] == "138******78"
    tell(call("json"), bare())
    body = json.loads(capsys.readouterr().out)
    assert body["customer"]["churn"] is None
    keys = ["section", "table", "why", "command", "months"]
    assert [list(one) for one in body["absent"]] == [keys] * 6


def test_the_whole_command(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["customer", "000123", "--format", "json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["as_of"], body["customer"]["customer_id"]) == ("2024-06", "000123")
    assert body["customer"]["segment"]["segment_name"] == "all"
    given = ["subscriptions", "contacts", "payments", "campaigns"]
    assert [one["section"] for one in body["absent"]] == ["value", "churn", *given]
    assert main(["customer", "客户二", "--as-of", "2024-05"]) == 0
    seen = capsys.readouterr().out
    assert seen.startswith("客户二  2024-05")
    assert "  telcli segment -w work --as-of 2024-05\n" in seen
    assert main(["customer", "000123", "-q"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("", 2, "telcli customer needs ID."),
        ("00012", 3, "No customer is called 00012."),
        ("13812345678", 3, "No customer is called 138******78."),
        ("000123 --as-of 2023-01", 3, "customer_months has nothing for 2023-01"),
        ("000123 --key", 3, "No customer is called 000123."),
        ("139-8765-4321", 3, "No customer is called 139******21."),
        ("000123 -w nowhere", 3, "There is no working directory nowhere."),
    ],
)
def test_mistakes(line: str, code: int, said: str, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["customer", *line.split()]) == code
    told = capsys.readouterr().err
    assert said in told
    assert ("Did you mean 000123?" in told) == (line == "00012")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lifecycle_stage", LIFECYCLE_STAGES),
        ("consumption_tier", TIERS),
        ("value_tier", VALUE_TIERS),
        ("risk_band", RISK_BANDS),
        ("kind", CONTACT_KINDS),
        ("arm", ARMS),
        ("service_type", SERVICE_TYPES),
        ("status", STATUSES),
        ("rule", (*RULES, *SURVIVORSHIP)),
        ("series", tuple(NAMES.values())),
    ],
)
def test_every_word_of_telclis_own_has_its_chinese_twin(name: str, words: tuple[str, ...]) -> None:
    assert not [word for word in words if f"{name}={word}" not in _words._words()]


def test_every_series_has_a_name() -> None:
    assert set(NAMES) == set(SERIES)
