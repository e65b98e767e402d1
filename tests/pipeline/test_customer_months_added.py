"""customer_months is made month by month: whatever is loaded in between, all of it is what a run anew would make."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.features.month_index import month_at
from telcli.pipeline.doors import land
from telcli.pipeline.purge import purge
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.workdir import Workdir
from telcli.tables import contract
from tests.features.operators import Tables, at, known_at, long_operator, random_operator, table
from tests.pipeline.test_call_months import HEADER, load, month

FIRST, LAST = at(2023, 11), at(2024, 5)


def relaid(place: Path, tables: Tables) -> Path:
    """The working directory with these subject tables in the place of those it held; all else stays."""
    workdir = Workdir(place)
    with workdir.writing(0) as manifest:
        staging = workdir.staging()
        found = {
            name: land(contract(name), frame.select(contract(name).schema.column_names()), staging, strict=True)
            for name, frame in tables.items()
        }
        made = {name: parts for name, parts in manifest.tables.items() if name in ("customer_months", "call_months")}
        new = {name: dict(table.parts) for name, table in found.items() if table.parts}
        held = {part.path: part.sha256 for parts in manifest.tables.values() for part in parts.values()}
        staged = {
            path: file
            for one in found.values()
            for path, file in one.staged.items()
            if held.get(path) != next(part.sha256 for part in one.parts.values() if part.path == path)
        }
        workdir.commit(manifest, dataclasses.replace(manifest, tables={**made, **new}), staged)
    return place


def files(place: Path) -> dict[str, tuple[str, int]]:
    """Content and inode of each month of customer_months: a month that stands keeps both."""
    parts = Workdir(place).manifest().tables["customer_months"]
    return {name: (part.sha256, (place / part.path).stat().st_ino) for name, part in parts.items()}


def contents(place: Path) -> dict[str, str]:
    return {name: sha for name, (sha, _) in files(place).items()}


def run(place: Path, **more: Any) -> set[str]:
    """Run customer-months; the months that stand."""
    before = files(place) if "customer_months" in Workdir(place).manifest().tables else {}
    run_stage("customer-months", Request(place, **more))
    return {name for name, found in files(place).items() if before.get(name) == found}


def told(place: Path) -> list[Any]:
    record = Workdir(place).manifest().stages["customer-months"][""]
    return [record.metrics, record.notices, record.marks, record.gave, record.rows_out]


def same_anew(place: Path, other: Path, **more: Any) -> None:
    """Everything that was published and recorded is what a run of everything gives."""
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(place, other)
    run_stage("customer-months", Request(other, force=True, **more))
    assert contents(place) == contents(other)
    assert told(place) == told(other)


class Operator:
    """What happened in all months, of which a load tells what is known by month `last`; changes may be of any month."""

    def __init__(self, seed: int) -> None:
        self.whole = {name: rows.collect().lazy() for name, rows in random_operator(seed, customers=9).items()}
        self.chance, self.last, self.number = np.random.default_rng(seed), FIRST + 3, 0
        self.unknown = ["c7", "c8"]

    def known(self) -> Tables:
        found = known_at(self.whole, self.last)
        return {**found, "customers": found["customers"].filter(~pl.col("customer_id").is_in(self.unknown))}

    def _month(self) -> date:
        return month_at(int(self.chance.integers(FIRST, self.last + 1)))

    def _somebody(self) -> str:
        return f"c{self.chance.integers(0, 9)}"

    def _add(self, name: str, row: dict[str, Any]) -> None:
        if name in self.whole:
            self.whole[name] = pl.concat([self.whole[name], table(name, [row])], how="diagonal")

    def month(self) -> None:
        """The next month arrives."""
        self.last = min(self.last + 1, LAST)

    def late(self) -> None:
        """Facts of a closed month arrive."""
        month, who, self.number = self._month(), self._somebody(), self.number + 1
        moment = datetime(month.year, month.month, int(self.chance.integers(1, 28)), 9)
        paid = {"payment_id": f"late{self.number}", "customer_id": who, "paid_at": moment, "amount": 12.5}
        opened = {"contact_id": f"late{self.number}", "customer_id": who, "opened_at": moment, "kind": "complaint"}
        billed = {"customer_id": who, "month": month, "kind": f"other{self.number}", "amount": 7.0}
        rows = [("payments", paid), ("contacts", opened), ("bills", {**billed, "kind": "penalty"})]
        name, row = rows[int(self.chance.integers(0, 3))]
        if name == "bills" and "bills" in self.whole:
            self.whole[name] = self.whole[name].filter(
                ~((pl.col("customer_id") == who) & (pl.col("month") == month) & (pl.col("kind") == "penalty"))
            )
        self._add(name, row)

    def restated(self) -> None:
        """A month of bills or use is delivered again, with other amounts and less rows."""
        month = self._month()
        for name, column in (("bills", "amount"), ("usage", "data_mb")):
            if name in self.whole:
                this = pl.col("month") == month
                other = pl.when(this).then(pl.col(column) + 1.25).otherwise(pl.col(column)).alias(column)
                self.whole[name] = (
                    self.whole[name].with_columns(other).filter(~(this & (pl.col("customer_id") == self._somebody())))
                )

    def lines(self) -> None:
        """A line turns out to be another: since when, until when, at what fee."""
        if "subscriptions" in self.whole:
            column, value = [
                ("activated_on", self._month()),
                ("plan_fee", float(self.chance.integers(1, 90))),
                ("pay_mode", "prepaid"),
            ][int(self.chance.integers(0, 3))]
            which = pl.col("subscription_id") == f"s{self.chance.integers(0, 16)}"
            sound = which & (pl.col("ended_on").is_null() | (pl.col("ended_on") >= value)) if "on" in column else which
            changed = pl.when(sound).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
            self.whole["subscriptions"] = self.whole["subscriptions"].with_columns(changed)

    def joined(self) -> None:
        """Somebody becomes known, of whom there may be facts and lines already."""
        self.unknown = self.unknown[1:]

    def answered(self) -> None:
        """A campaign of the past gets its answer."""
        if "campaigns" in self.whole:
            self.whole["campaigns"] = self.whole["campaigns"].with_columns(
                response=pl.when(pl.col("campaign_id") == "g1").then(pl.lit("yes")).otherwise("response")
            )

    def forgotten(self) -> None:
        """A table is not there any more."""
        self.whole.pop("contacts", None)


STEPS = (Operator.month, Operator.late, Operator.restated, Operator.lines, Operator.joined, Operator.answered)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_any_sequence_of_loads_gives_what_a_run_anew_gives(tmp_path: Path, seed: int) -> None:
    operator = Operator(seed)
    place = relaid(tmp_path / "work", operator.known())
    run(place)
    others: list[Callable[[Operator], None]] = [*STEPS[1:], Operator.forgotten]
    order = [int(step) for step in operator.chance.permutation(len(others))]
    for done, number in enumerate(order, start=1):
        for step in (Operator.month, others[number]) if number % 2 else (others[number],):
            step(operator)
        run(relaid(place, operator.known()))
        if done % 2 == seed % 2 or done == len(order):  # what one load makes wrong the next seldom mends
            same_anew(place, tmp_path / "anew")


def test_a_new_month_makes_that_month_and_the_one_before(tmp_path: Path) -> None:
    operator = Operator(2)
    operator.forgotten()  # a contact that is closed is another row of the month in which it was opened
    place = relaid(tmp_path / "work", operator.known())
    run(place)
    for _ in range(3):
        before = sorted(contents(place))
        operator.month()
        stood = run(relaid(place, operator.known()))
        assert stood >= set(before[:-1]), "the last month of the last run may take back who left"
        assert len(contents(place)) == len(before) + 1
    same_anew(place, tmp_path / "anew")


@pytest.mark.slow
def test_late_facts_reopen_their_month_and_later_ones(tmp_path: Path) -> None:
    operator = Operator(2)
    operator.last = LAST
    place = relaid(tmp_path / "work", operator.known())
    run(place)
    moment = datetime(2024, 3, 9, 9)
    operator._add("payments", {"payment_id": "late", "customer_id": "c1", "paid_at": moment, "amount": 12.5})
    stood = run(relaid(place, operator.known()))
    assert stood >= {name for name in contents(place) if name < "2024-03-01"}
    assert not stood & {"2024-03-01"}
    same_anew(place, tmp_path / "anew")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_what_lies_years_back_counts_whatever_stands(tmp_path: Path, seed: int) -> None:
    whole, last = long_operator(seed), at(2022, 1) + 26
    place = relaid(tmp_path / "work", known_at(whole, last))
    run(place)
    old = {"payment_id": "old", "customer_id": "c1", "paid_at": datetime(2024, 5, 3, 9), "amount": 75.0}
    late = {"payment_id": "late", "customer_id": "c2", "paid_at": datetime(2023, 2, 9), "amount": 40.0}
    more = pl.concat([whole["payments"], table("payments", [old, late])])
    taken_back = pl.when(pl.col("payment_id").str.ends_with("-12")).then(pl.lit(value=True)).otherwise("reversed")
    for done, payments in enumerate((whole["payments"], more, more.with_columns(reversed=taken_back)), start=1):
        last += 1
        run(relaid(place, known_at({**whole, "payments": payments}, last)))
        if done == 3 or seed % 2 == done % 2:
            same_anew(place, tmp_path / "anew")


@pytest.mark.slow
def test_another_setting_or_a_lost_file_makes_all_anew(tmp_path: Path) -> None:
    operator = Operator(2)
    place = relaid(tmp_path / "work", operator.known())
    run(place)
    assert run(place, flags={"prepaid_inactive_days": 60}) == set()
    same_anew(place, tmp_path / "anew", flags={"prepaid_inactive_days": 60})
    (place / "customer_months/month=2023-11-01/part-0.parquet").unlink()
    operator.month()
    run_stage("customer-months", Request(relaid(place, operator.known()), flags={"prepaid_inactive_days": 60}))
    same_anew(place, tmp_path / "anew", flags={"prepaid_inactive_days": 60})


@pytest.mark.slow
def test_calls_and_a_purged_person(tmp_path: Path) -> None:
    place = tmp_path / "work"
    load(tmp_path, {"may.csv": month(5), "june.csv": month(6)})
    before = contents(place)
    load(tmp_path, {"july.csv": month(7, people=9)})
    assert before.items() <= contents(place).items() and len(contents(place)) == 3
    same_anew(place, tmp_path / "anew")
    load(tmp_path, {"late.csv": HEADER + "c03,2024-06-30 10:00:00,out,60,x9\n"}, late=True)
    assert "2024-05-01" in run(place)
    same_anew(place, tmp_path / "anew")
    purge(place, "c03")
    run(place)
    same_anew(place, tmp_path / "anew")
    rows = pl.read_parquet(place / "customer_months/*/*.parquet", hive_partitioning=False)
    assert "c03" not in rows["customer_id"] and "c04" in rows["customer_id"]


@pytest.mark.slow
def test_months_that_are_no_longer_there_go(tmp_path: Path) -> None:
    operator = Operator(2)
    place = relaid(tmp_path / "work", operator.known())
    run(place)
    for earliest in (FIRST + 1, FIRST):
        facts = {"bills": "month", "usage": "month", "payments": "paid_at", "contacts": "opened_at"}
        known = operator.known()
        later = {
            name: known[name].filter(pl.col(day) >= month_at(earliest)) for name, day in facts.items() if name in known
        }
        run(relaid(place, {**known, **later}))
        assert min(contents(place)) == month_at(earliest).isoformat()
        same_anew(place, tmp_path / "anew")


def test_a_line_that_turns_out_to_follow_takes_back_who_left_before_it(tmp_path: Path) -> None:
    ended = {"subscription_id": "1", "customer_id": "a", "activated_on": date(2023, 1, 1), "ended_on": date(2024, 3, 9)}
    after = {"subscription_id": "2", "customer_id": "a", "activated_on": date(2024, 4, 2)}
    bills = [{"customer_id": "a", "month": month_at(k), "kind": "total", "amount": 9.0} for k in range(FIRST, LAST + 1)]
    known = {"customers": table("customers", [{"customer_id": "a"}]), "bills": table("bills", bills)}
    place = relaid(tmp_path / "work", {**known, "subscriptions": table("subscriptions", [ended])})
    run(place)
    stood = run(relaid(place, {**known, "subscriptions": table("subscriptions", [ended, after])}))
    assert max(stood) == "2024-02-01"
    march = pl.read_parquet(place / "customer_months/month=2024-03-01/*.parquet", hive_partitioning=False)
    assert march["left"].to_list() == [False]
    same_anew(place, tmp_path / "anew")


def test_who_comes_back_has_no_other_past(tmp_path: Path) -> None:
    lines = [
        {"subscription_id": "1", "customer_id": "a", "activated_on": date(2020, 1, 1), "ended_on": date(2023, 12, 9)},
        {"subscription_id": "2", "customer_id": "b", "activated_on": date(2020, 1, 1), "ended_on": date(2021, 3, 9)},
        {"subscription_id": "3", "customer_id": "c", "activated_on": date(2020, 1, 1)},
    ]
    again = [{"subscription_id": f"{who}2", "customer_id": who, "activated_on": date(2024, 5, 2)} for who in "ab"]
    rows = [{"customer_id": "c", "month": month_at(k), "kind": "total", "amount": 9.0} for k in range(FIRST, LAST + 1)]
    people = table("customers", [{"customer_id": who} for who in "abc"])
    then = {"bills": table("bills", rows[:-1]), "subscriptions": table("subscriptions", lines)}
    now = {"bills": table("bills", rows), "subscriptions": table("subscriptions", [*lines, *again])}
    place = relaid(tmp_path / "work", {"customers": people, **then})
    run(place)
    stood = run(relaid(place, {"customers": people, **now}))
    assert max(stood) == "2024-03-01"
    same_anew(place, tmp_path / "anew")
