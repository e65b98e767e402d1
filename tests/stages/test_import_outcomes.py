"""Filled sheets become outcomes once, in whatever order they come; slips are refused by name, managers judged."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.errors import DataError
from telcli.settings import ImportOutcomesSettings
from telcli.stages import Outcome
from telcli.stages.import_outcomes_managers import manager_results
from telcli.stages.import_outcomes_rows import Plans
from telcli.tables.task_results import CONTRACTS
from tests.stages.outcome_sheets import MAY, opened, planned, rows_of, rules, run, sheet

DONE = {"result": "accepted", "contacted_on": date(2024, 7, 3), "cost": 30}


def result(folder: Path, *filled: dict[str, Any], held: Outcome | None = None, **how: Any) -> Outcome:
    """Three tasks and one held out, filled as told."""
    plans = planned({}, {}, {}, {"held_out": True, "action": "held-out", "customer_id": "H1"})
    return run(plans, opened(folder, sheet(plans[0], *filled, **how)), held)


def count(found: Outcome, *names: str) -> tuple[Any, ...]:
    return tuple(found.metrics[name] for name in names)


def codes(found: Outcome) -> list[str]:
    return [note.code for note in found.notices]


@pytest.mark.parametrize(
    ("told", "rule", "column"),
    [
        ({"task_id": "R2406-00077"}, "unknown-task", "task_id"),
        ({"task_id": None}, "extra-row", "task_id"),
        ({"customer": "C999"}, "changed-customer", "customer"),
        ({"campaign_id": "retention-2024-07"}, "changed-campaign", "campaign_id"),
        ({"code": "AAAAAA"}, "wrong-code", "code"),
        ({"code": None}, "wrong-code", "code"),
        ({"result": "maybe"}, "unknown-result", "result"),
        ({"result": None}, "missing", "result"),
        ({"contacted_on": None}, "missing", "contacted_on"),
        ({"contacted_on": "2024-02-31"}, "not-a-date", "contacted_on"),
        ({"contacted_on": "3/7/2024"}, "not-a-date", "contacted_on"),
        ({"contacted_on": "2024-07"}, "not-a-date", "contacted_on"),
        ({"contacted_on": date(2024, 6, 30)}, "before-plan", "contacted_on"),
        ({"contacted_on": date(2024, 8, 2)}, "in-future", "contacted_on"),
        ({"cost": -1}, "negative", "cost"),
        ({"cost": "a lot"}, "not-a-number", "cost"),
        ({"cost": 1e7}, "too-high", "cost"),
        ({"channel": "pigeon"}, "unknown-channel", "channel"),
        ({"offer_given": "a car"}, "unknown-offer", "offer_given"),
    ],
)
def test_each_slip_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any], rule: str, column: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1722470400")  # 1 August 2024
    found = result(tmp_path, {**DONE, **told}, DONE)
    assert rules(found) == [(2, rule, column)]
    assert count(found, "new", "rejected", "open") == (1, 1, 1)
    assert [row["line"] for row in rows_of(found, "retention_outcomes")] == [3]
    assert "outcomes-rejected" in codes(found)
    for name, table in found.tables.items():
        CONTRACTS[name].require(table)


@pytest.mark.parametrize(
    ("told", "field", "value"),
    [
        ({"result": "已拒绝"}, "result", "refused"),
        ({"result": "No answer"}, "result", "unreachable"),
        ({"contacted_on": "2024年7月3日"}, "contacted_on", date(2024, 7, 3)),
        ({"contacted_on": 45476}, "contacted_on", date(2024, 7, 3)),
        ({"cost": "￥1,200.50元"}, "cost", 1200.5),
        ({"cost": None}, "cost", None),
        ({"channel": "微信"}, "channel", "wechat"),
        ({"offer_given": "Data bonus"}, "offer_id", "bonus"),
        ({"result": "unreachable"}, "offer_id", None),
        ({"result": "accepted"}, "offer_id", "bonus"),
    ],
)
def test_what_people_write_is_understood(tmp_path: Path, told: dict[str, Any], field: str, value: Any) -> None:
    (row,) = rows_of(result(tmp_path, {**DONE, **told}), "retention_outcomes")
    assert row[field] == value


def test_the_same_sheet_again_changes_nothing_and_says_so(tmp_path: Path) -> None:
    first = result(tmp_path, DONE, {**DONE, "result": "thinking", "note": "call back"})
    again = result(tmp_path, DONE, {**DONE, "result": "thinking", "note": "call back"}, held=first, name="copy.xlsx")
    assert count(again, "new", "corrected", "unchanged", "noted") == (0, 0, 2, 1)
    assert "outcomes-unchanged" in codes(again)
    for name, table in first.tables.items():
        assert again.tables[name].collect().equals(table.collect())


def test_a_correction_takes_the_place_of_what_it_corrects_and_stays(tmp_path: Path) -> None:
    old = result(tmp_path, DONE)
    new = result(tmp_path, {**DONE, "result": "refused"}, held=old, name="new.xlsx")
    assert count(new, "new", "corrected") == (0, 1)
    (row,) = rows_of(new, "retention_outcomes")
    assert (row["result"], row["file"]) == ("refused", "new.xlsx")
    late = result(tmp_path, DONE, held=new, name="old again.xlsx")
    assert count(late, "new", "corrected", "unchanged", "outdated") == (0, 0, 0, 1)
    assert rows_of(late, "retention_outcomes") == [row]
    assert "outcomes-outdated" in codes(late)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_latest_contact_stands_in_whatever_order_reports_come(tmp_path: Path, order: tuple[int, ...]) -> None:
    plans = planned({})
    told = [(date(2024, 7, 3), "unreachable"), (date(2024, 7, 5), "thinking"), (date(2024, 7, 9), "accepted")]
    files = [sheet(plans[0], {"contacted_on": on, "result": said}, name=f"{said}.xlsx") for on, said in told]
    held = None
    for at in order:
        held = run(plans, opened(tmp_path, files[at]), held)
    assert held is not None
    together = run(plans, opened(tmp_path, *(files[at] for at in order)))
    for found in (held, together):
        (row,) = rows_of(found, "retention_outcomes")
        assert (row["result"], row["contacted_on"]) == ("accepted", date(2024, 7, 9))
        assert found.metrics["rejected"] == 0
    assert (count(held, "older"), count(together, "older")) == ((int(order[-1] != 2),), (2,))
    if order[-1] != 2:
        (note,) = [note for note in held.notices if note.code == "outcomes-older"]
        assert note.values == {"rows": 1, "files": "unreachable.xlsx"}


def test_who_changes_back_says_so_and_is_believed(tmp_path: Path) -> None:
    plans = planned({})
    one, two = sheet(plans[0], DONE), sheet(plans[0], {**DONE, "result": "refused"}, name="b.xlsx")
    early = sheet(plans[0], {**DONE, "contacted_on": date(2024, 7, 2)}, name="c.xlsx")
    held = None
    for file in (one, two, one):
        held = run(plans, opened(tmp_path, file), held)
    assert held is not None
    assert [row["result"] for row in rows_of(held, "retention_outcomes")] == ["refused"]
    (note,) = [note for note in held.notices if note.code == "outcomes-outdated"]
    assert note.values == {"rows": 1, "files": "m1.xlsx"}
    assert "--stands last-imported" in note.message
    back = run(plans, opened(tmp_path, one), held, stands="last-imported")
    assert count(back, "corrected", "outdated") == (1, 0)
    assert [row["result"] for row in rows_of(back, "retention_outcomes")] == ["accepted"]
    assert count(run(plans, opened(tmp_path, two), back), "outdated", "corrected") == (1, 0)
    mended = run(plans, opened(tmp_path, early), back, stands="last-imported")
    assert [row["contacted_on"] for row in rows_of(mended, "retention_outcomes")] == [date(2024, 7, 2)]
    assert count(run(plans, opened(tmp_path, one), mended), "outdated", "corrected") == (1, 0)


def test_rows_of_one_task_that_differ_are_all_refused_and_copies_count_once(tmp_path: Path) -> None:
    plans = planned({}, {})
    files = [sheet(plans[0], DONE, DONE, name="a.xlsx"), sheet(plans[0], DONE, {**DONE, "cost": 1}, name="b.xlsx")]
    found = run(plans, opened(tmp_path, *files))
    assert count(found, "new", "repeated", "rejected") == (1, 1, 2)
    assert [(line, rule) for line, rule, _ in rules(found)] == [(3, "conflicting-rows")] * 2
    # what stands already steps aside, so that the other one is the correction, also the third time
    both = run(plans, opened(tmp_path, files[0]))
    for corrected in (1, 0):
        both = run(plans, opened(tmp_path, *files), both)
        assert count(both, "new", "corrected", "rejected") == (0, corrected, 0)
    assert [row["cost"] for row in rows_of(both, "retention_outcomes")] == [30.0, 1.0]


def test_who_was_held_out_and_contacted_is_told_and_kept_apart(tmp_path: Path) -> None:
    extra = {"task_id": None, "customer": "H1", "code": None}
    found = result(tmp_path, {**DONE, **extra}, DONE, {**DONE, **extra, "result": "unreachable"})
    assert count(found, "new", "contaminated", "contaminated_total", "rejected") == (2, 1, 1, 1)
    kept = {row["customer_id"]: row for row in rows_of(found, "retention_outcomes")}
    assert kept["H1"]["contaminated"]
    assert kept["H1"]["manager_id"] == "M1"
    assert kept["H1"]["task_id"] is None
    assert rules(found) == [(4, "held-out", "customer")]
    assert "outcomes-contaminated" in codes(found)
    assert rows_of(found, "manager_results")[0]["contaminated"] == 1
    assert found.metrics["reported"] == 1  # of tasks


def test_a_masked_number_of_one_held_out_is_known_and_of_two_is_not(tmp_path: Path) -> None:
    held = [{"held_out": True, "action": "held-out", "customer_id": name} for name in ("13800000078", "13899999978")]
    extra = {**DONE, "task_id": None, "code": None, "customer": "138******78"}
    for out, contaminated in ((held[:1], 1), (held, 0)):
        plans = planned({}, {}, *out)
        found = run(plans, opened(tmp_path, sheet(plans[0], extra, DONE)))
        assert found.metrics["contaminated"] == contaminated
        assert "138" not in str(rows_of(found, "outcome_rejects"))


def test_sheets_of_a_plan_made_anew_are_told_apart_from_slips(tmp_path: Path) -> None:
    before, after = planned({"customer_id": "X"}), planned({"customer_id": "Y"})
    found = run(after, opened(tmp_path, sheet(before[0], DONE)))
    assert rules(found) == [(2, "other-plan", "code")]
    same = run(planned({"customer_id": "X", "expected_value": 6.0}), opened(tmp_path, sheet(before[0], DONE)))
    assert count(same, "new", "rejected") == (1, 0)


def test_late_sheets_of_several_months_go_to_their_months(tmp_path: Path) -> None:
    june, may = planned({}, {}), planned({}, {}, month=MAY)
    both = tuple(pl.concat(pair) for pair in zip(june, may, strict=True))
    files = [sheet(june[0], DONE, name="june.xlsx"), sheet(may[0], {**DONE, "contacted_on": date(2024, 6, 20)})]
    found = run(both, opened(tmp_path, *files))
    assert [str(row["as_of"])[:7] for row in rows_of(found, "retention_outcomes")] == ["2024-05", "2024-06"]
    told = {(str(row["as_of"])[:7], row["span"]): row for row in rows_of(found, "manager_results")}
    assert [told[key]["tasks"] for key in sorted(told)] == [2, 2, 2, 4]
    assert (told["2024-05", "month"]["on_time"], told["2024-06", "to-date"]["on_time"]) == (0, 1)


def test_a_slip_is_filed_under_the_month_that_its_row_is_of(tmp_path: Path) -> None:
    june, may = planned({}), planned({}, {}, {}, month=MAY)
    both = tuple(pl.concat(pair) for pair in zip(june, may, strict=True))
    on = {**DONE, "contacted_on": date(2024, 6, 20)}
    lost = {**on, "task_id": "R2405-00077"}
    found = run(both, opened(tmp_path, sheet(may[0], lost, {**lost, "campaign_id": None}, on)))
    assert [str(row["as_of"])[:7] for row in rows_of(found, "outcome_rejects")] == ["2024-05"] * 2
    said = next(note for note in found.notices if note.code == "outcomes-rejected")
    assert said.values["see"] == "telcli show outcome_rejects --as-of 2024-05"


def test_rows_and_cells_are_told_apart_and_the_words_that_are_read(tmp_path: Path) -> None:
    found = result(tmp_path, {**DONE, "result": "ok", "cost": -1}, {**DONE, "result": "没接"})
    told = {note.code: note.values for note in found.notices}
    assert (told["outcomes-rejected"]["rows"], told["outcomes-rejected"]["cells"]) == (1, 2)
    assert "unreachable 联系不上" in str(told["outcomes-words"]["words"])
    assert count(found, "new", "rejected") == (1, 1)


def test_figures_are_of_the_plan_that_was_reported_and_of_what_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1719878400")  # 2 July 2024: June's deadline is to come
    june, may = planned({}, {}), planned({}, {}, {}, {}, month=MAY)
    both = tuple(pl.concat(pair) for pair in zip(june, may, strict=True))
    on = {**DONE, "contacted_on": date(2024, 6, 5)}
    found = run(
        both, opened(tmp_path, sheet(may[0], on, on, {**on, "result": "refused"}), sheet(june[0], name="b.xlsx"))
    )
    assert count(found, "plans", "tasks", "reported", "not_due", "reported_share") == ("2024-05", 4, 3, 0, 0.75)
    assert found.metrics["on_time_share"] == 1.0
    assert found.metrics["acceptance"] == pytest.approx(2 / 3)
    told = {row["month"]: row for row in found.metrics["months"]}
    assert (told["2024-06"]["not_due"], told["2024-06"]["reported_share"]) == (2, None)
    assert [(row["tasks"], row["reported_share"]) for row in found.metrics["managers"]] == [(4, 0.75)]


def test_a_sheet_and_its_copy_count_once_and_what_is_no_sheet_is_left_out(tmp_path: Path) -> None:
    plans = planned({}, {})
    files = [sheet(plans[0], DONE, DONE, name=name) for name in ("a.xlsx", "a (1).xlsx")]
    found = run(plans, opened(tmp_path, *files, ("Thumbs.db", b"\xd0\xcf\x11\xe0"), ("notes.docx", b"PK")))
    assert count(found, "files", "files_refused", "files_skipped", "new", "repeated") == (4, 0, 2, 2, 2)
    told = {note.code: note.values for note in found.notices}
    assert told["outcomes-copied"] == {"rows": 2, "files": "a (1).xlsx, a.xlsx"}
    assert {"sheet-none-by-name"} <= set(told)
    assert "sheets-refused" not in told
    with pytest.raises(DataError, match="no task sheet"):
        run(plans, opened(tmp_path, ("notes.docx", b"PK")))


def test_silence_about_refusals_makes_nobody_better() -> None:
    plans = planned(*({"manager_id": f"M{at % 4}"} for at in range(400)))
    wins = pl.col("customer_id").str.slice(1).cast(pl.Int64) // 4 % 5 < 2  # two of five, whoever asks
    told = plans[0].with_columns(
        contacted_on=date(2024, 7, 3), result=pl.when(wins).then(pl.lit("accepted")).otherwise(pl.lit("refused"))
    )
    told = told.select(
        *("campaign_id", "customer_id", "as_of", "manager_id", "contacted_on", "result"),
        contaminated=pl.lit(value=False),
        cost=pl.lit(0.0),
    )
    hides = (pl.col("manager_id") == "M0") & (pl.col("result") == "refused")
    empty = CONTRACTS["outcome_rejects"].schema.create_empty()

    def verdict(outcomes: pl.DataFrame, day: date) -> str:
        found = manager_results(Plans(*plans), outcomes, empty, ImportOutcomesSettings(), 0, day)
        return str(found.filter(pl.col("manager_id") == "M0", pl.col("span") == "month")["verdict"].item())

    assert verdict(told, date(2024, 9, 1)) == "as-expected"
    assert verdict(told.filter(~hides), date(2024, 9, 1)) == "cannot-tell"
    assert verdict(told.filter(~hides), date(2024, 7, 4)) == "better"  # what is not due may still come


def test_rejects_go_once_their_task_is_reported_or_their_sheet_is_read_again(tmp_path: Path) -> None:
    bad = result(tmp_path, {**DONE, "cost": -1}, {**DONE, "cost": -1})
    assert len(rules(bad)) == 2
    mended = result(tmp_path, DONE, held=bad, name="mended.xlsx")
    assert [line for line, _, _ in rules(mended)] == [3]
    assert rules(result(tmp_path, DONE, DONE, held=mended)) == []


def test_where_every_file_is_refused_nothing_is_done(tmp_path: Path) -> None:
    plans = planned({})
    with pytest.raises(DataError, match="holds macros"):
        run(plans, opened(tmp_path, ("a.xlsm", sheet(plans[0], DONE)[1])))
    found = run(plans, opened(tmp_path, ("a.xlsm", sheet(plans[0], DONE)[1]), sheet(plans[0], DONE)))
    assert count(found, "files", "files_refused", "new") == (2, 1, 1)
    assert codes(found)[0] == "sheet-macros"
    assert "sheets-refused" in codes(found)


def test_managers_are_judged_by_what_their_customers_let_expect(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    told, filled = [], []
    for at in range(240):
        manager = f"M{at % 4}"
        risk = 0.8 if manager == "M0" else 0.2  # has the harder customers and does as well as anybody with them
        wins = 0.9 if manager == "M3" else 0.6 - 0.5 * risk
        told.append({"manager_id": manager, "churn_probability": risk if at % 5 else 0.5, "expected_value": -float(at)})
        accepted = rng.random() < wins
        on = date(2024, 7, 1) + timedelta(days=int(rng.integers(0, 20)))
        filled.append({"result": "accepted" if accepted else "refused", "contacted_on": on})
    plans = planned(*told)
    files = []
    for manager in range(4):
        own = plans[0].filter(pl.col("manager_id") == f"M{manager}")
        files.append(sheet(own, *filled[manager::4], name=f"{manager}.xlsx"))
    found = run(plans, opened(tmp_path, *files), manager_capacity=50)
    rows = {row["manager_id"]: row for row in rows_of(found, "manager_results") if row["span"] == "month"}
    assert {name: row["verdict"] for name, row in rows.items()}["M3"] == "better"
    assert rows["M0"]["acceptance"] < rows["M1"]["acceptance"]
    assert rows["M0"]["verdict"] == "as-expected"
    assert rows["M0"]["ratio_low"] < 1
    assert rows["M1"]["load"] == 60 / 50
    assert sum(row["expected"] for row in rows.values()) == pytest.approx(sum(row["accepted"] for row in rows.values()))


_cell = st.sampled_from(
    [None, "accepted", "拒绝", "?", "2024-07-03", "=1+1", "-5", "5", "C000", "R2406-00001", "phone"]
)
_fields = ("task_id", "customer", "result", "contacted_on", "channel", "offer_given", "cost", "code", "campaign_id")


@pytest.mark.slow
@settings(max_examples=12)
@given(told=st.lists(st.dictionaries(st.sampled_from(_fields), _cell, max_size=5), min_size=1, max_size=3))
def test_whatever_is_written_every_row_counts_once(
    tmp_path_factory: pytest.TempPathFactory, told: list[dict[str, Any]]
) -> None:
    found = result(tmp_path_factory.mktemp("sheets"), *told)
    names = ("new", "corrected", "unchanged", "outdated", "older", "repeated", "rejected", "open")
    assert sum(count(found, *names)) == found.metrics["rows"] == 3
    for name, table in found.tables.items():
        CONTRACTS[name].require(table)
