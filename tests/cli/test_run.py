"""`telcli run`: what a table does not let one stage do does not keep the others from their work."""

import json
from pathlib import Path

import pytest

from telcli.cli import main


@pytest.fixture
def flat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A row per customer with charges, without a label."""
    monkeypatch.chdir(tmp_path)
    rows = [f"C{at:04},{20 + at % 7},{at % 60},{'ab'[at % 2]},{at % 11 * 3.5}" for at in range(120)]
    text = "\n".join(["customerID,MonthlyCharges,tenure,plan,usage score", *rows]) + "\n"
    (tmp_path / "flat.csv").write_text(text, encoding="utf-8")
    (tmp_path / "telcli.toml").write_text('[segment]\nmax_segments = 2\nalgorithm = "kmeans"\n', encoding="utf-8")
    return tmp_path


def test_without_a_label_the_report_is_made_and_the_exit_code_says_so(
    flat: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["run", "flat.csv", "-w", "flat", "--as-of", "2024-06", "--map", "customer_id=customerID"]
    code = main([*line, "--format", "json"])
    seen = capsys.readouterr()
    assert code == 4
    assert seen.out.count("\n") == 1, "one object"
    body = json.loads(seen.out)
    assert body["error"]["code"] == "no-label"
    assert [found["stage"] for found in body["failed"]] == ["predict-churn"]
    assert {"segments", "value_scores", "report_figures"} <= {output["table"] for output in body["outputs"]}
    assert list((flat / "flat" / "reports").glob("*.html"))
    assert seen.err.startswith("Error: ")
    assert main(line) == 4
    seen = capsys.readouterr()
    assert "Report:" in seen.out
    assert seen.err.startswith("Warning: predict-churn: ")
    assert "Error: " in seen.err, "told again at the end"
    assert "Traceback" not in seen.err


@pytest.mark.slow
def test_without_any_money_the_other_stages_still_run(flat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"C{at:04},{at % 60},{'ab'[at % 2]},{at % 11 * 3.5},{at % 3 // 2}" for at in range(120)]
    text = "\n".join(["customerID,tenure,plan,usage score,Churn", *rows]) + "\n"
    (flat / "flat.csv").write_text(text, encoding="utf-8")
    line = ["run", "flat.csv", "--map", "customer_id=customerID", "--map", "churned=Churn", "--as-of", "2024-06"]
    assert main([*line, "--format", "json"]) in (3, 4)
    body = json.loads(capsys.readouterr().out)
    assert body["failed"][0]["stage"] == "score-value"
    assert "report_figures" in {output["table"] for output in body["outputs"]}


def test_a_mapping_that_cannot_be_written_is_told_before_anything_runs(
    flat: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in ("nowhere/m.toml", "."):
        for command in ("run", "ingest"):
            assert main([command, "flat.csv", "--write-mapping", place]) == 2
            assert "Hint: " in capsys.readouterr().err
    assert not (flat / "work").exists()
