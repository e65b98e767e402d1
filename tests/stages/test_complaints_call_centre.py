"""The public call-centre file as a whole: 5,000 calls, 946 of them not answered and without a rating.

Needs the folder call-centre in TELCLI_SHARED_DATA or in ../shared/data.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from telcli.cli import main

DATA = Path(os.environ.get("TELCLI_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "call-centre"


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason=f"no {DATA}: the public call-centre file is not tried")
def test_every_call_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (file,) = sorted(DATA.glob("*.xlsx"))
    assert main(["ingest", str(file), "--map", "customer_id=@row", "-q"]) == 0
    assert main(["complaints", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    metrics = told["metrics"]
    assert (metrics["calls"], metrics["unanswered"], metrics["rated"]) == (5_000, 946, 4_054)
    assert metrics["answered_low"] < 4_054 / 5_000 < metrics["answered_high"]
    assert metrics["repeat_share"] is None
    assert metrics["coded_share"] == 1.0
    assert "Diane" not in json.dumps(told)
    agents = told["contact_agents"]
    assert len(agents) == 8 and sum(row["contacts"] for row in agents) == 5_000
    assert all(row["answered_low"] < row["answered_shrunk"] < row["answered_high"] for row in agents)
    load = [row for row in told["contact_load"] if row["dimension"] == "hour"]
    assert sum(row["contacts"] for row in load) == 5_000
    assert {"complaints-no-base", "complaints-no-closing"} <= {said["code"] for said in told["warnings"]}
