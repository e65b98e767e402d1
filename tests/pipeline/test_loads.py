"""Loads that come one after the other: what they add, what they may not change, and what was so before."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError
from telcli.pipeline import show
from telcli.pipeline.run import Request, StageRun, run_stage
from telcli.pipeline.status import status
from telcli.pipeline.workdir import Workdir

CRM = "customer_id,gender,region\n"
BILLS = "customer_id,month,amount\n"


def load(tmp_path: Path, files: dict[str, str], **more: Any) -> StageRun:
    folder = tmp_path / "extracts"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    sources = tuple(sorted(folder.iterdir()))
    return run_stage("ingest", Request(tmp_path / "work", sources=sources, flags={"max_reject_share": 0.9}, **more))


def rows(tmp_path: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    frame = show.read(tmp_path / "work", table).frame.select(columns).collect()
    return sorted(frame.rows(), key=repr)


def codes(run: StageRun) -> set[str]:
    return {notice.code for notice in run.notices}


MAY = {"crm_202405.csv": CRM + "a,F,north\nb,M,south\n", "bills_202405.csv": BILLS + "a,2024-05,5\nb,2024-05,6\n"}
JUNE = {
    "crm_202406.csv": CRM + "a,F,east\nb,M,south\nc,F,west\n",
    "bills_202406.csv": BILLS + "a,2024-06,7\nb,2024-06,8\nc,2024-06,9\n",
}


def test_a_later_month_is_added_and_what_changed_is_remembered(tmp_path: Path) -> None:
    load(tmp_path, MAY)
    run = load(tmp_path, JUNE)
    assert len(rows(tmp_path, "bills", "customer_id")) == 5
    assert rows(tmp_path, "customers", "customer_id", "region", "valid_from") == [
        ("a", "east", date(2024, 6, 1)),
        ("b", "south", date(2024, 5, 1)),
        ("c", "west", date(2024, 6, 1)),
    ]
    assert rows(tmp_path, "customer_history", "customer_id", "region", "valid_from", "valid_to") == [
        ("a", "north", date(2024, 5, 1), date(2024, 6, 1))
    ]
    (told,) = [notice for notice in run.notices if notice.code == "rows-succeeded"]
    assert told.values == {"table": "customers", "added": 1, "changed": 1, "absent": 0}


def test_facts_alone_find_the_customers_of_earlier_loads(tmp_path: Path) -> None:
    load(tmp_path, MAY)
    run = load(tmp_path, {"bills_202406.csv": BILLS + "a,2024-06,7\nz,2024-06,8\n"})
    assert [(row[0], row[1].month) for row in rows(tmp_path, "bills", "customer_id", "month")] == [
        ("a", 5),
        ("a", 6),
        ("b", 5),
    ]
    assert run.rejected == 1, "a customer whom nobody knows is an orphan still"
    assert rows(tmp_path, "customers", "customer_id", "region") == [("a", "north"), ("b", "south")]


PAYMENTS = "payment_id,customer_id,paid_at,amount\n"
RECORDS = "customer_id,started_at,direction,duration_s,counterpart\n"
LINES = "subscription_id,customer_id,plan_id,activated_on\n"


def test_numbers_of_earlier_loads_find_their_customer(tmp_path: Path) -> None:
    load(tmp_path, MAY | {"subscriptions_202405.csv": LINES + "n1,a,P1,2020-01-01\nn2,b,P1,2020-01-01\n"})
    load(tmp_path, {"usage_202406.csv": "subscription_id,month,data_mb\nn1,2024-06,100\nn2,2024-06,50\n"})
    assert rows(tmp_path, "usage", "customer_id", "data_mb") == [("a", 100.0), ("b", 50.0)]


def test_a_closed_month_changes_only_when_restated(tmp_path: Path) -> None:
    load(tmp_path, MAY)
    load(tmp_path, JUNE)
    before = (tmp_path / "work/manifest.json").read_bytes()
    late = {"late.csv": BILLS + "a,2024-05,99\nb,2024-05,6\n"}
    with pytest.raises(DataError) as caught:
        load(tmp_path, late)
    assert (caught.value.code, caught.value.exit_code) == ("month-closed", 4)
    assert (caught.value.values["month"], caught.value.values["before"]) == ("2024-05", 2)
    assert (tmp_path / "work/manifest.json").read_bytes() == before
    run = load(tmp_path, late, choices={"restate": True})
    assert "month-restated" in codes(run)
    assert ("a", date(2024, 5, 1), 99.0) in rows(tmp_path, "bills", "customer_id", "month", "amount")
    assert len(rows(tmp_path, "bills", "customer_id")) == 5


def test_late_rows_are_added_to_a_closed_month_and_change_none_of_it(tmp_path: Path) -> None:
    load(tmp_path, MAY | {"payments.csv": PAYMENTS + "p1,a,2024-05-03,5\np2,a,2024-06-03,6\n"})
    load(tmp_path, JUNE)
    held = rows(tmp_path, "payments", "payment_id", "amount")
    late = {"late.csv": PAYMENTS + "p9,b,2024-05-30,7\np1,a,2024-05-03,5\n"}
    with pytest.raises(DataError, match="closed"):
        load(tmp_path, late)
    run = load(tmp_path, late, choices={"late": True})
    (told,) = [notice for notice in run.notices if notice.code == "month-late-rows"]
    counts = {"given": 2, "before": 1, "after": 2, "new": 1, "same": 1}
    assert told.values == {"table": "payments", "month": "2024-05", **counts}
    assert sorted(rows(tmp_path, "payments", "payment_id", "amount")) == sorted([*held, ("p9", 7.0)])
    assert load(tmp_path, late, choices={"late": True}).skipped
    before = (tmp_path / "work/manifest.json").read_bytes()
    with pytest.raises(DataError, match="closed"):
        load(tmp_path, {"other.csv": PAYMENTS + "p1,a,2024-05-03,55\n"}, choices={"late": True})
    assert (tmp_path / "work/manifest.json").read_bytes() == before


def test_late_facts_that_bring_a_part_of_the_base_do_not_tell_of_the_rest(tmp_path: Path) -> None:
    lines = "customer_id,gender,region,plan_id,activated_on\n"
    base = {"crm_202405.csv": lines + "a,F,north,P1,2023-01-01\nb,M,south,P1,2023-01-01\n"}
    load(tmp_path, {**base, "bills_202405.csv": MAY["bills_202405.csv"]})
    part = {"crm_202405.csv": lines + "a,F,north,P1,2023-01-01\n"}
    late = load(tmp_path, {**part, "pay.csv": PAYMENTS + "p9,a,2024-05-30,7\n"}, choices={"late": True})
    assert "rows-succeeded" not in codes(late), "neither of customers nor of subscriptions"
    part = {"crm_202405.csv": lines + "a,F,east,P1,2023-01-01\n"}
    changed = load(tmp_path, {**part, "pay.csv": PAYMENTS + "p8,a,2024-05-30,7\n"}, choices={"late": True})
    told = [notice.values["table"] for notice in changed.notices if notice.code == "rows-succeeded"]
    assert told == ["customers"]


@pytest.mark.slow
def test_what_a_closed_month_holds_already_may_be_given_again_without_what_came_late(tmp_path: Path) -> None:
    first = {"payments.csv": PAYMENTS + "p1,a,2024-05-03,5\n"}
    load(tmp_path, MAY | first)
    load(tmp_path, JUNE | {"june.csv": PAYMENTS + "p2,a,2024-06-03,6\n"})
    load(tmp_path, {"late.csv": PAYMENTS + "p9,b,2024-05-30,7\n"}, choices={"late": True})
    held = rows(tmp_path, "payments", "payment_id", "amount")
    assert not codes(load(tmp_path, {"again.csv": first["payments.csv"]})) & {"month-late-rows", "month-restated"}
    assert rows(tmp_path, "payments", "payment_id", "amount") == held
    with pytest.raises(DataError, match="say something else") as raised:
        load(tmp_path, {"other.csv": PAYMENTS + "p1,a,2024-05-03,55\np8,b,2024-05-04,1\n"}, choices={"late": True})
    assert raised.value.code == "late-differs"


@pytest.mark.slow
def test_late_rows_with_an_attribute_that_is_text_now_are_told_apart_by_what_they_say(tmp_path: Path) -> None:
    load(tmp_path, MAY | {"bills_202405.csv": BILLS.replace("\n", ",quirk\n") + "a,2024-05,5,7\nb,2024-05,6,8\n"})
    load(tmp_path, JUNE)
    late = BILLS.replace("\n", ",quirk\n") + "a,2024-05,5,7\nc,2024-05,9,A5\n"
    load(tmp_path, {"late.csv": late}, choices={"late": True})
    found = [row for row in rows(tmp_path, "bills", "customer_id", "month", "x_quirk") if row[1] == date(2024, 5, 1)]
    assert [(who, quirk) for who, _, quirk in found] == [("a", "7"), ("b", "8"), ("c", "A5")]


@pytest.mark.slow
def test_customers_alone_after_months_of_facts_belong_to_the_latest_of_them(tmp_path: Path) -> None:
    since = "customer_id,gender,join_date\na,F,2019-05-01\nb,M,2020-02-01\n"
    load(tmp_path, MAY)
    load(tmp_path, JUNE)
    run = load(tmp_path, {"crm.csv": since})
    assert "as-of-held" in codes(run)
    made = run_stage("customer-months", Request(tmp_path / "work"))
    assert (made.metrics["first_month"], made.metrics["last_month"]) == ("2024-05-01", "2024-06-01")


def test_late_calls_reopen_only_their_bucket(tmp_path: Path) -> None:
    calls = [f"c{number:03},2024-0{month}-03 10:00:00,out,60,x\n" for number in range(40) for month in (5, 6)]
    load(tmp_path, {"calls.csv": RECORDS + "".join(calls)})
    held = Workdir(tmp_path / "work").manifest().tables["calls"]
    load(tmp_path, {"late.csv": RECORDS + "c000,2024-05-04 10:00:00,out,60,x\n"}, choices={"late": True})
    now = Workdir(tmp_path / "work").manifest().tables["calls"]
    changed = [name for name in now if now[name] != held.get(name)]
    assert len(held) > 8 and changed == ["2024-05-01/" + changed[0][-2:]]
    assert now[changed[0]].rows == held[changed[0]].rows + 1


def test_a_month_given_again_as_it_is_changes_nothing(tmp_path: Path) -> None:
    load(tmp_path, MAY)
    load(tmp_path, JUNE)
    held = Workdir(tmp_path / "work").manifest().tables["bills"]
    load(tmp_path, {"again.csv": BILLS + "b,2024-05,6\na,2024-05,5\n"})
    assert Workdir(tmp_path / "work").manifest().tables["bills"] == held


def test_an_open_month_is_added_to(tmp_path: Path) -> None:
    load(tmp_path, MAY)
    run = load(tmp_path, {"more.csv": BILLS + "a,2024-05,50\n"})
    assert rows(tmp_path, "bills", "customer_id", "amount") == [("a", 50.0), ("b", 6.0)]
    assert "month-added-to" in codes(run)


def test_the_same_files_are_up_to_date_whatever_came_after(tmp_path: Path) -> None:
    load(tmp_path, MAY)
    load(tmp_path, JUNE)
    before = (tmp_path / "work/manifest.json").read_bytes()
    assert load(tmp_path, MAY).skipped
    assert load(tmp_path, JUNE).skipped
    assert (tmp_path / "work/manifest.json").read_bytes() == before


def test_status_tells_the_open_month_and_the_loads(tmp_path: Path) -> None:
    load(tmp_path, MAY)
    load(tmp_path, JUNE)
    found = status(Request(tmp_path / "work"))
    (bills,) = [table for table in found.tables if table.table == "bills"]
    assert (bills.open, bills.closed) == ("2024-06-01", 1)
    assert [(one.month, one.sources) for one in found.loads] == [
        ("2024-05", ("bills_202405.csv", "crm_202405.csv")),
        ("2024-06", ("bills_202406.csv", "crm_202406.csv")),
    ]


def test_an_older_state_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    load(tmp_path, JUNE)
    with pytest.raises(DataError) as caught:
        load(tmp_path, MAY)
    assert caught.value.code == "load-older"
    assert (caught.value.values["held"], caught.value.values["month"]) == ("2024-06", "2024-05")
    with pytest.raises(DataError) as caught:
        load(tmp_path, MAY, choices={"late": True})
    assert "leave the extract of customers out" in str(caught.value.hint).format(**caught.value.values), "no --restate"


def test_a_flat_table_is_the_whole_base(tmp_path: Path) -> None:
    load(tmp_path, {"base_202405.csv": "customer_id,churned\na,Yes\nb,No\n"}, as_of=date(2024, 5, 1))
    load(tmp_path, {"base_202406.csv": "customer_id,churned\nb,Yes\nc,No\n"}, as_of=date(2024, 6, 1))
    assert rows(tmp_path, "customers", "customer_id", "churned") == [("b", True), ("c", False)]
    assert rows(tmp_path, "customer_history", "customer_id", "churned") == [("a", True), ("b", False)]


def test_rejects_of_a_source_take_the_place_of_its_earlier_ones(tmp_path: Path) -> None:
    load(tmp_path, MAY | {"bills_202405.csv": BILLS + "a,2024-05,5\nb,2024-05,x\n"})
    load(tmp_path, {"bills_202406.csv": BILLS + "a,2024-06,7\nb,2024-06,y\n"})
    assert rows(tmp_path, "rejects", "source", "value") == [("bills_202405.csv", "x"), ("bills_202406.csv", "y")]


def test_month_by_month_gives_what_all_at_once_gives(tmp_path: Path) -> None:
    for files in (MAY, JUNE):
        load(tmp_path, files)
    other = tmp_path / "other"
    other.mkdir()
    load(other, MAY | JUNE)
    for table in ("bills", "customers"):
        one, two = (show.read(place / "work", table).frame.collect() for place in (tmp_path, other))
        shown = [name for name in one.columns if name not in ("valid_from", "valid_to")]
        assert one.select(shown).sort(pl.all()).equals(two.select(shown).sort(pl.all())), table


CALLS = "caller_id,counterpart,started_at,duration_s,direction\n"


def test_calls_are_parted_by_customer_within_a_month(tmp_path: Path) -> None:
    many = "".join(f"k{n},{n % 7},2024-05-0{n % 9 + 1} 10:00:{n % 60:02d},60,out\n" for n in range(100))
    load(tmp_path, {"calls_202405.csv": CALLS + many})
    places = {path.parent.name for path in tmp_path.glob("work/calls/month=2024-05-01/bucket=*/part-0.parquet")}
    assert places == {f"bucket=0{number}" for number in range(8)}
    for part in tmp_path.glob("work/calls/month=2024-05-01/*/part-0.parquet"):
        frame = pl.read_parquet(part, hive_partitioning=False)
        assert frame.equals(frame.sort("customer_id", "started_at"))
    assert show.read(tmp_path / "work", "calls", date(2024, 5, 1)).rows == 100
    load(tmp_path, {"calls_202406.csv": CALLS + "k1,3,2024-06-02 09:00:00,60,out\n"})
    assert show.read(tmp_path / "work", "calls").rows == 101
    with pytest.raises(DataError) as caught:
        load(tmp_path, {"calls_late.csv": CALLS + "k1,3,2024-05-09 09:00:00,60,out\n"})
    assert caught.value.code == "month-closed"


PAID = "customer_id,paid_at,amount,channel\n"
TICKETS = "customer_id,opened_at,closed_at,kind,topic\n"
AGAIN = ["a,2024-05-03 10:00:00,5,app", "b,2024-05-03,6,shop", "b,2024-05-03,6,web", "a,2024-05-09,5.50,"]


def test_payments_without_a_number_delivered_again_count_once(tmp_path: Path) -> None:
    load(tmp_path, {**MAY, "pay.csv": PAID + "\n".join(AGAIN[:3])})
    first = rows(tmp_path, "payments", "payment_id", "customer_id", "amount", "channel")
    assert len(first) == 3
    assert all(re.fullmatch(r"[0-9a-f]{20}(-2)?", row[0]) for row in first)
    run = load(tmp_path, {"pay_weekly.csv": PAID + "\n".join(reversed(AGAIN))})
    assert rows(tmp_path, "payments", "customer_id", "amount", "channel") == [
        ("a", 5.0, "app"),
        ("a", 5.5, None),
        ("b", 6.0, "shop"),
        ("b", 6.0, "web"),
    ]
    assert set(first) < set(rows(tmp_path, "payments", "payment_id", "customer_id", "amount", "channel"))
    assert [one["rows_kept"] for one in run.metrics["sources"]] == [4]
    both = tmp_path / "both"
    both.mkdir()
    load(both, {**MAY, "one.csv": PAID + "\n".join(AGAIN[:3]), "two.csv": PAID + "\n".join(reversed(AGAIN))})
    assert rows(both, "payments", "payment_id") == rows(tmp_path, "payments", "payment_id")


def test_a_contact_without_a_number_is_brought_up_to_date(tmp_path: Path) -> None:
    load(tmp_path, {**MAY, "tickets.csv": TICKETS + "a,2024-05-03 10:00:00,,complaint,bill\n"})
    load(tmp_path, {"t2.csv": TICKETS + "a,2024-05-03 10:00:00,2024-05-07 09:00:00,complaint,bill\n"})
    assert rows(tmp_path, "contacts", "customer_id", "closed_at") == [("a", datetime(2024, 5, 7, 9))]
    load(tmp_path, {"t3.csv": TICKETS + "b,2024-06-03 10:00:00,,enquiry,bill\n"})
    late = {"t4.csv": TICKETS + "a,2024-05-03 10:00:00,2024-05-07 09:00:00,complaint,bill\n"}
    load(tmp_path, late)
    assert len(rows(tmp_path, "contacts", "contact_id")) == 2, "a closed month given again as it is"


WEEK = {
    1: "k1,3,2024-05-01 10:00:00,60,out\nk1,3,2024-05-02,30,out\nk1,3,2024-05-02,30,out\n",
    2: "k1,4,2024-05-09 10:00:00,120,out\nk2,4,2024-05-09 10:00:00,60,in\n",
}
USED = ("customer_id", "month", "call_minutes", "calls_out")


def test_months_of_use_are_of_all_calls_of_a_month_however_they_came(tmp_path: Path) -> None:
    load(tmp_path, {"week_1.csv": CALLS + WEEK[1]})
    load(tmp_path, {"week_2.csv": CALLS + WEEK[2]})
    may = [("k1", date(2024, 5, 1), 4.0, 4.0), ("k2", date(2024, 5, 1), 1.0, 0.0)]
    assert rows(tmp_path, "usage", *USED) == may
    again = "".join(reversed((WEEK[1] + WEEK[2]).splitlines(keepends=True)))
    load(tmp_path, {"month.csv": CALLS + again})
    assert rows(tmp_path, "usage", *USED) == may
    assert len(rows(tmp_path, "calls", "customer_id")) == 5
    load(tmp_path, {"june.csv": CALLS + "k1,4,2024-06-09 10:00:00,60,out\n", "month.csv": CALLS + again})
    assert rows(tmp_path, "usage", *USED) == sorted([*may, ("k1", date(2024, 6, 1), 1.0, 1.0)], key=repr)


def test_months_of_use_that_were_delivered_are_not_made_of_later_calls(tmp_path: Path) -> None:
    usage = "customer_id,month,call_minutes\n"
    load(tmp_path, {"usage.csv": usage + "k1,2024-05,9\n"})
    run = load(tmp_path, {"week_1.csv": CALLS + WEEK[1]})
    assert rows(tmp_path, "usage", *USED[:3]) == [("k1", date(2024, 5, 1), 9.0)]
    assert "calls-not-summed" in codes(run)
    load(tmp_path, {"june.csv": CALLS + "k1,4,2024-06-09 10:00:00,60,out\n"})
    load(tmp_path, {"usage_june.csv": usage + "k1,2024-06,7\n"})
    load(tmp_path, {"more.csv": CALLS + "k1,4,2024-06-19 10:00:00,60,out\n"})
    assert rows(tmp_path, "usage", *USED[:3])[1] == ("k1", date(2024, 6, 1), 7.0)


KINDS = {"numbers": ("1", "2.5"), "flags": ("yes", "no"), "dates": ("2024-01-02", "2024-02-03"), "words": ("tin", "7")}


@pytest.mark.parametrize(("was", "now"), [("numbers", "words"), ("flags", "dates")])
def test_attributes_that_change_their_type_become_text(tmp_path: Path, was: str, now: str) -> None:
    said = {month: [f"{who},{value}\n" for who, value in zip("ab", KINDS[kind], strict=True)]
            for month, kind in (("05", was), ("06", now))}  # fmt: skip
    files = {
        month: {
            f"crm_2024{month}.csv": "customer_id,region,Note\n" + "".join(line.replace(",", ",N,") for line in lines),
            f"bills_2024{month}.csv": "customer_id,month,amount,Note\n"
            + "".join(line.replace(",", f",2024-{month},5,") for line in lines),
        }
        for month, lines in said.items()
    }
    load(tmp_path, files["05"])
    run = load(tmp_path, files["06"])
    told = [one.values["table"] for one in run.notices if one.code == "attribute-retyped"]
    assert sorted(told) == ["bills", "customers"]
    first = {"numbers": ("1", "2.5"), "flags": ("true", "false")}[was]
    assert rows(tmp_path, "customer_history", "customer_id", "x_Note") == list(zip("ab", first, strict=True))
    assert rows(tmp_path, "customers", "customer_id", "x_Note") == list(zip("ab", KINDS[now], strict=True))
    billed = {value.removesuffix(".0") for (value,) in rows(tmp_path, "bills", "x_Note")}
    assert billed == {*first, *KINDS[now]}
    load(tmp_path, {"again.csv": files["05"]["bills_202405.csv"]})
    assert len(rows(tmp_path, "bills", "x_Note")) == 4, "a closed month given again as it is"


def test_restating_an_earlier_month_leaves_what_came_later(tmp_path: Path) -> None:
    load(tmp_path, MAY)
    load(tmp_path, JUNE)
    again = {name: content.replace("a,F,north", "a,F,coast") for name, content in MAY.items()}
    load(tmp_path, again, choices={"restate": True})
    now = rows(tmp_path, "customers", "customer_id", "region")
    assert now == [("a", "east"), ("b", "south"), ("c", "west")]
    assert rows(tmp_path, "customer_history", "customer_id", "region", "valid_from", "valid_to") == [
        ("a", "coast", date(2024, 5, 1), date(2024, 6, 1))
    ]


def test_a_charge_corrected_to_nothing_is_gone(tmp_path: Path) -> None:
    header = "customer_id,月份,月租费(元),流量费(元)\n"
    load(tmp_path, {"bills.csv": header + "a,202406,60,30\nb,202406,60,30\n"})
    load(tmp_path, {"bills.csv": header + "a,202406,60,0\n"})
    assert rows(tmp_path, "bills", "customer_id", "kind", "amount") == [
        ("a", "recurring", 60.0),
        ("b", "data", 30.0),
        ("b", "recurring", 60.0),
    ]


def test_facts_of_customers_whose_extract_was_left_out_are_told_as_such(tmp_path: Path) -> None:
    bills = BILLS + "".join(f"z{number},2024-05,7\n" for number in range(19)) + "a,2024-05,5\n"
    with pytest.raises(DataError) as caught:
        load(tmp_path, {"crm.csv": MAY["crm_202405.csv"], "other_bills.csv": bills})
    assert (caught.value.code, caught.value.exit_code) == ("rows-of-strangers", 4)
    assert (caught.value.values["what"], caught.value.values["count"]) == ("other_bills.csv", "19")
    assert not (tmp_path / "work/manifest.json").exists()
