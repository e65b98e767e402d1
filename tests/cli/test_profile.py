"""telcli profile at the terminal: worst first, exit code 5 with the places, JSON, Chinese."""

import json
from pathlib import Path

import pytest

from telcli.cli import main


@pytest.fixture
def profiled(tmp_path: Path) -> list[str]:
    """A directory whose customers of the north lack half their years of birth."""
    crm = "customer_id,branch,birth_year\n"
    crm += "".join(f"k{at},{'North' if at % 2 else 'South'},{'' if at % 4 == 1 else 1980}\n" for at in range(200))
    bills = "customer_id,month,amount\n"
    bills += "".join(f"k{at},2024-0{month},{at}\n" for at in range(200) for month in (5, 6))
    (tmp_path / "crm.csv").write_text(crm, encoding="utf-8")
    (tmp_path / "bills.csv").write_text(bills, encoding="utf-8")
    place = ["-w", str(tmp_path / "work")]
    assert main(["ingest", str(tmp_path / "crm.csv"), str(tmp_path / "bills.csv"), *place, "-q"]) == 0
    return place


def test_the_worst_comes_first(profiled: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", *profiled, "--limit", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[3].split() == ["customers", "birth_year*", "North", "100", "50%", "100%"]
    assert "missing_attributes" in lines[-1]
    assert "50 attributes" in lines[-1]


def test_a_condition_fails_with_code_5_and_the_places(profiled: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", *profiled, "--fail-if", "completeness<0.9", "--limit", "0"]) == 5
    told = capsys.readouterr().err
    assert "customers.birth_year of branch North (0.5)" in told
    assert "South" not in told
    assert main(["profile", *profiled, "--fail-if", "completeness<0.9", "--lang", "zh", "-q"]) == 5
    assert "网格 North 的 customers.birth_year（0.5）" in capsys.readouterr().err
    assert main(["profile", *profiled, "--fail-if", "completeness<0.4"]) == 0


def test_conditions_of_the_settings_hold_in_cron(
    profiled: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELCLI_PROFILE_FAIL_IF", "psi>0.1, completeness<0.9")
    assert main(["profile", *profiled, "--format", "json"]) == 5
    told = json.loads(capsys.readouterr().out)
    assert told["error"]["code"] == "quality-crossed"
    assert told["metrics"]["completeness"] == 0.5
    assert told["profile"][0]["flaw"] == 0.5
    assert main(["profile", *profiled, "--fail-if", "colour>1"]) == 2
