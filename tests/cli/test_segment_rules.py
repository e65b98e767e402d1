"""Own rules at the door: they make groups, they make segment stale, and what is wrong is said in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from telcli.cli import main

CRM = """customer_id,month,amount,region,birth_year,plan_id
a,2024-06,90,North,2004,campus 19
b,2024-06,20,North,1980,family
c,2024-06,30,South,2005,family
"""


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ingested")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        (place / "crm.csv").write_text(CRM, encoding="utf-8")
        assert main(["ingest", "crm.csv", "-q", "--lang", "en"]) == 0
    return place


def rules(home: Path, body: str) -> None:
    (home / "telcli.toml").write_text(f"[segment.rules]\n{body}\n", encoding="utf-8")


def test_rules_make_groups_and_another_rule_makes_segment_stale(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules(home, "young = \"age < 25\"\nnorth = \"region = 'North'\"\nnobody = 'age > 99'")

    def segment() -> dict[str, object]:
        assert main(["segment", "--format", "json"]) == 0
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        return found

    first = segment()
    assert [warning["code"] for warning in first["warnings"]].count("segment-rule-nobody") == 1  # type: ignore[attr-defined,index]
    own = first["metrics"]["views"]["own_groups"]  # type: ignore[index]
    assert own == {"young": pytest.approx(2 / 3), "north": pytest.approx(2 / 3), "nobody": 0}
    assert main(["show", "customer_views", "--format", "csv", "--columns", "customer_id,own_groups"]) == 0
    assert capsys.readouterr().out.splitlines() == ["customer_id,own_groups", "a,north+young", "b,north", "c,young"]
    where = "view_name = 'own_groups'"
    assert main(["show", "view_groups", "--where", where, "--format", "csv", "--columns", "group_name,customers"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["nobody,0", "north,2", "young,2"]
    assert segment()["skipped"]
    rules(home, "north = \"region = 'North'\"\nnobody = 'age > 99'\nyoung = \"age < 25\"")
    assert segment()["skipped"], "the order of rules does not matter"
    rules(home, 'young = "age < 21"')
    assert main(["status", "--format", "json"]) == 0
    stages = {one["stage"]: one for one in json.loads(capsys.readouterr().out)["stages"]}
    assert stages["segment"]["state"] == "stale"
    assert stages["segment"]["reasons"] == [{"code": "setting", "what": "rules"}]
    assert not segment()["skipped"]


def test_margins_of_score_value_count_for_segment_too(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["segment", "-q"]) == 0
    (home / "telcli.toml").write_text("[score-value]\nhorizon_months = 12\n", encoding="utf-8")
    assert main(["segment", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["skipped"]
    (home / "telcli.toml").write_text("[score-value]\nmargin_rate = 0.4\n", encoding="utf-8")
    assert main(["segment", "--format", "json"]) == 0
    assert not json.loads(capsys.readouterr().out)["skipped"]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('campus = "aeg < 25"', ["campus", "aeg", "age"]),
        ('campus = "age <"', ["campus", "age <"]),
        ("campus = \"age < 'x'\"", ["campus", "'x'"]),
        ('campus = "age"', ["campus"]),
        ("campus = 25", ["campus", "telcli.toml"]),
        ('campus = "EXISTS (SELECT 1)"', ["campus", "SELECT"]),
        ("campus = \"region ~ '['\"", ["campus", "LIKE"]),
        ("campus = \"joined_on > '2024-13-01'\"", ["campus", "2024-13-01"]),
        ('campus = "joined_on > current_date"', ["campus", "current_date"]),
        ('campus = "age ＜ 25"', ["campus", "＜"]),
        ('campus = "(region)::int > 3"', ["campus", "cast"]),
        ('campus = "1 = 1"', ["campus", "1 = 1"]),
        ('not-known = "age < 25"', ["not-known"]),
    ],
)
def test_a_wrong_rule_is_a_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], lang: str, body: str, says: list[str]
) -> None:
    rules(home, body)
    assert main(["segment", "--lang", lang]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") <= 2
    assert "telcli.toml" in said
    assert "[segment.rules]" in said
    for word in says:
        assert word in said
    assert not (home / "work" / "customer_views").exists()


def test_a_rule_that_tells_nobody_from_anybody_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules(
        home,
        'all = "age = age"\nempty = "gender = \'x\'"\nnull = "age > null"\nsome = "age < 25"'.replace(
            "null =", "nil ="
        ),
    )
    assert main(["segment", "--format", "json"]) == 0
    told = [(one["code"], one["message"]) for one in json.loads(capsys.readouterr().out)["warnings"]]
    codes = {code: message for code, message in told if code.startswith("segment-rule-")}
    assert set(codes) == {"segment-rule-everybody", "segment-rule-unknown"}
    assert " all " in codes["segment-rule-everybody"]
    assert sum(code == "segment-rule-unknown" for code, _ in told) == 2
    assert not any(" some " in message for _, message in told)


def test_config_tells_the_rules(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules(home, 'campus = "age < 25"')
    assert main(["config", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["settings"]
    assert [(row["name"], row["value"]) for row in rows if row["section"] == "segment.rules"] == [
        ("campus", "age < 25")
    ]
    assert main(["config", "--lang", "zh"]) == 0
    assert "自定义客群的条件" in capsys.readouterr().out.replace("\n", "").replace(" ", "")
