"""Loads one after the other and the times in them: one zone for all, and events that nothing tells apart."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from telcli.errors import UsageError
from telcli.pipeline.run import StageRun
from tests.pipeline.test_loads import BILLS, CALLS, PAID, load, rows

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


def alike(run: StageRun) -> list[tuple[str, int]]:
    return [(one.values["table"], one.values["count"]) for one in run.notices if one.code == "alike-held"]


@pytest.mark.slow
def test_events_of_a_day_that_may_be_further_ones_are_counted(tmp_path: Path) -> None:
    month = {"bills_202405.csv": BILLS + "a,2024-05,5\nb,2024-05,6\n"}
    first = PAID + "a,2024-05-03,5,app\nb,2024-05-03 10:00:00,6,app\n"
    assert alike(load(tmp_path, {**month, "pay_1.csv": first})) == []
    again = PAID + "a,2024-05-03,5,app\nb,2024-05-03 10:00:00,6,app\nb,2024-05-09,6,app\n"
    assert alike(load(tmp_path, {"pay_2.csv": again})) == [("payments", 1)]
    load(tmp_path, {"pay_3.csv": PAID + "a,2024-06-03,5,app\n"})
    late = load(tmp_path, {"pay_4.csv": PAID + "a,2024-05-03,5,app\na,2024-05-04,5,app\n"}, choices={"late": True})
    assert alike(late) == [("payments", 1)]
    assert len(rows(tmp_path, "payments", "payment_id")) == 5


@pytest.mark.slow
def test_calls_given_by_day_are_counted_and_those_with_a_time_are_not(tmp_path: Path) -> None:
    by_day, timed = "a,3,2024-05-01,60,out\n", "a,3,2024-05-02 00:00:00,60,out\na,3,2024-05-02 10:00:00,60,out\n"
    load(tmp_path, {"calls_1.csv": CALLS + by_day + timed})
    assert alike(load(tmp_path, {"calls_2.csv": CALLS + timed})) == []
    assert alike(load(tmp_path, {"calls_3.csv": CALLS + by_day})) == [("calls", 1)]
