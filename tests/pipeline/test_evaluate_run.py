"""evaluate-retention in a working directory: a past campaign from its file to its verdict, in time and out of it."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from telcli.cli import main
from telcli.features.month_index import add_months


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six months of bills, of which those of who left end, and a campaign of February that keeps a third more."""
    home = tmp_path_factory.mktemp("evaluate")
    rng = np.random.default_rng(0)
    ids = [f"C{at:04d}" for at in range(400)]
    held = np.arange(400) % 4 == 0
    stays = rng.random(400) < np.where(held, 0.5, 0.85)
    months = [add_months(date(2024, 1, 1), step) for step in range(6)]
    pl.DataFrame({"customer_id": ids}).write_csv(home / "customers.csv")
    lines = pl.DataFrame(
        {
            "subscription_id": [f"S{name}" for name in ids],
            "customer_id": ids,
            "activated_on": "2022-01-01",
            "ended_on": [None if here else "2024-03-20" for here in stays],
        }
    )
    lines.write_csv(home / "subscriptions.csv")
    bills = [
        {"customer_id": name, "month": month, "kind": "plan", "amount": 50.0}
        for name, here in zip(ids, stays, strict=True)
        for month in months
        if here or month < date(2024, 4, 1)
    ]
    pl.DataFrame(bills).write_csv(home / "bills.csv")
    campaign = pl.DataFrame(
        {
            "campaign_id": "spring",
            "customer_id": ids,
            "arm": np.where(held, "held_out", "treated"),
            "offer_id": "credit",
            "channel": "phone",
            "contacted_on": [None if out else "2024-02-10" for out in held],
            "cost": [None if out else 3.0 for out in held],
        }
    )
    campaign.write_csv(home / "campaigns.csv")
    assert main(["ingest", str(home), "-w", str(home / "work"), "-q"]) == 0
    return home / "work"


def test_a_past_campaign_is_evaluated_shown_and_up_to_date(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["evaluate-retention", "-w", str(work), "--draws", "40"]
    assert main(asked) == 0
    first = capsys.readouterr().out
    assert "spring" in first and "works" in first
    assert main(asked) == 0
    assert "up to date" in capsys.readouterr().out
    assert main([*asked, "--fail-if", "uplift_low<0.9", "-q"]) == 5
    assert main(["show", "retention_effects", "-w", str(work), "--columns", "treated,held_out", "--format", "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "300,100"


def test_too_early_publishes_nothing_and_says_when(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate-retention", "-w", str(work), "--as-of", "2024-03"]) == 0
    told = capsys.readouterr()
    assert "Nothing can be compared yet" in told.out and "end of 2024-04" in told.err
    (work / "telcli.toml").write_text("[predict-churn]\noutcome_months = 6\n", encoding="utf-8")
    assert main(["evaluate-retention", "-w", str(work)]) == 0  # the windows are predict-churn's
    assert "end of 2024-08" in capsys.readouterr().err
    (work / "telcli.toml").unlink()
    assert main(["evaluate-retention", "-w", str(work), "--past-trials", "off"]) == 3
    assert "telcli plan-retention" in capsys.readouterr().err
