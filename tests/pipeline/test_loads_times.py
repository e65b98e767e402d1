"""Loads one after the other and the times in them: one zone for all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from telcli.errors import UsageError
from tests.pipeline.test_loads import BILLS, CALLS, load, rows

CALL = "a,3,2024-0{month}-01 10:00:00,60,out\n"
ZONE = "TELCLI_INGEST_TIME_ZONE"


def test_a_load_under_another_zone_is_refused_once_times_are_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(tmp_path, {"calls_202404.csv": CALLS + CALL.format(month=4)})
    before = (tmp_path / "work/manifest.json").read_bytes()
    monkeypatch.setenv(ZONE, "Europe/Paris")
    with pytest.raises(UsageError) as caught:
        load(tmp_path, {"calls_202405.csv": CALLS + CALL.format(month=5)})
    assert (caught.value.code, caught.value.exit_code) == ("zone-changed", 2)
    assert {"Asia/Shanghai", "Europe/Paris", "calls"} <= set(caught.value.values.values())
    assert (tmp_path / "work/manifest.json").read_bytes() == before
    with pytest.raises(UsageError):
        load(tmp_path, {"bills_202405.csv": BILLS + "a,2024-05,5\n"})  # it would leave the wrong zone on record
    monkeypatch.setenv(ZONE, "Asia/Shanghai")
    load(tmp_path, {"calls_202405.csv": CALLS + CALL.format(month=5)})
    assert len(rows(tmp_path, "calls", "started_at")) == 2


def test_the_zone_may_change_while_no_times_are_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(tmp_path, {"bills_202404.csv": BILLS + "a,2024-04,5\n"})
    monkeypatch.setenv(ZONE, "Europe/Paris")
    load(tmp_path, {"calls_202405.csv": CALLS + CALL.format(month=5)})
    assert rows(tmp_path, "calls", "started_at", "started_epoch_s") == [
        (datetime(2024, 5, 1, 10), 1_714_550_400),
    ]
