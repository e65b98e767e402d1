"""From understood extracts to whole subject tables: stacked, numbers put under their customers, orphans noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.intake.batches import folded
from telcli.intake.by_account import ACCOUNT, BY_ACCOUNT, account_sums, by_account, by_invoice
from telcli.intake.candidates import SNAPSHOT
from telcli.intake.events import calls
from telcli.intake.facts import add_fault, fact, settled, takes_off
from telcli.intake.flat import customers_of, lent_months
from telcli.intake.households import at_home
from telcli.intake.kept import Keep, as_it_is
from telcli.intake.lent_lines import one_line_each
from telcli.intake.linkage import Likeness
from telcli.intake.repeats import summed_once, with_ids
from telcli.intake.resolve import Held
from telcli.intake.reversals import REVERSED, taken_back
from telcli.intake.slots import CHARGES
from telcli.intake.spells import apart, named, owners, spells, transferred
from telcli.intake.survey_columns import (
    answers_lent,
    chosen,
    item_columns,
    lends_answers,
    once_each,
    one_below_the_other,
)
from telcli.intake.timelines import Timelines
from telcli.intake.understood import Understood
from telcli.intake.unify import Identity, earlier, unify
from telcli.intake.voided import voided
from telcli.intake.whose import RECORD
from telcli.tables.refused import FAULTS, LINE, SOURCE

__all__ = ["Assembled", "assemble", "light", "needs_month", "spoken"]

_SUMMED = {"bills": ("customer_id", "month", "kind"), "usage": ("customer_id", "month")}
_MONTHLY = ("bills", "usage")
_LINE = "_line_told"
"""Column of the line as told, while the account stands in its place."""


def needs_month(ones: Sequence[Understood]) -> bool:
    """Whether something in the extracts has no month of its own and must be given one."""
    return any(
        one.map.table == "customers"
        and one.map.use(SNAPSHOT) is None
        and (
            one.map.columns_of("bills")
            or one.map.columns_of("usage")
            or one.map.use("tenure_months", "subscriptions")
            or lends_answers(one)
        )
        for one in ones
    )


def light(ones: Sequence[Understood]) -> frozenset[str]:
    """Tables of facts whose rows are those of their extracts, one for one: nothing is summed, numbered or unfolded."""
    lent = {table for one in ones for table in _MONTHLY if table != one.map.table and one.map.columns_of(table)}
    lent |= {"surveys" for one in ones if item_columns(one)}
    heavy = {one.map.table for one in ones if one.kept is None or one.lacks_id or one.summed or not _long(one)}
    return frozenset({one.map.table for one in ones} - heavy - lent - {"customers", "subscriptions"})


def spoken(ones: Sequence[Understood]) -> frozenset[str]:
    """Kinds of charge that the extracts of bills have a column for, so that who has none of them was billed none."""
    billing = [one for one in ones if one.map.columns_of("bills")]
    if not all(one.map.use("amount", "bills") is None for one in billing):
        return frozenset()
    return frozenset(kind for one in billing for kind in CHARGES if kind in one.map.columns_of("bills"))


def _long(one: Understood) -> bool:
    """Whether bills stand one below the other, each with its amount."""
    return one.map.table != "bills" or one.map.use("amount") is not None


@dataclass(frozen=True)
class Assembled:
    """Subject tables, lazy and unchecked, with the hidden columns; what to say of them; figures of their making.

    `ahead` counts by source the rows that begin after the load; `seen` are tables made of the identifiers in others.
    """

    tables: dict[str, pl.LazyFrame]
    notices: list[Notice]
    metrics: dict[str, Any]
    ahead: Mapping[str, int] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()

    @property
    def sums_calls(self) -> bool:
        """Whether there are calls and no months of use."""
        return "calls" in self.tables and "usage" not in self.tables


def assemble(
    ones: Sequence[Understood],
    at: date | None,
    churned_when: str,
    identity: Identity | None = None,
    held: Held | None = None,
    lines_held: pl.LazyFrame | None = None,
    likeness: Likeness | None = None,
    month: date | None = None,
    *,
    complete: bool = False,
    keep: Keep = as_it_is,
) -> Assembled:
    """Build every subject table that the extracts give.

    `at` is the month of what has none; `identity` says how customers of several systems are told to be one, `held` who
    they were in an earlier month, `lines_held` the lines that earlier loads gave, `likeness` how customers that look
    alike are looked for, `month` of when this load is, `complete` whether each month of customers has all there are.
    Where there is a table of customers, or was in an earlier load, facts of anyone else are refused as ``orphan``; else
    it is made of the identifiers seen. Calls are added up to months of use where no months of use were given. Rows that
    are looked at several times on their way go through `keep`.
    """
    identity, dated = identity or Identity(), Timelines(month, whole=complete)
    holders = [one for one in ones if one.map.table == "customers"]
    people = dated.customers(holders, lambda one: chosen(one, customers_of(one, churned_when)))
    with_lines = [one for one in ones if one.map.columns_of("subscriptions")]
    unified = earlier(held)
    if holders:
        unified = unify(holders, lambda one: people[one.map.source], identity, with_lines, held, likeness, dated.gone)
    ones = unified.put_under(ones, identity)
    whole, notices, moved = _facts(ones, at, dated)
    torn = None
    if lent := dated.lent(ones, at):
        lines, torn = one_line_each(lent, unified.ranks, identity.rules)
        whole["subscriptions"] = _with(whole.get("subscriptions"), lines)
    if "subscriptions" in whole:
        whole["subscriptions"] = dated.lines(apart(_owned(whole["subscriptions"]), moved), ones)
    known = owners(_all_lines(whole.get("subscriptions"), lines_held), moved)
    whole = _under_customers(whole, known, keep)
    whole |= dated.histories(ones)
    notices += [*transferred(moved), *unified.notices, *_unsummed(whole), *dated.notices]
    everybody = (
        unified.known if held is None else pl.concat([unified.known, held.customers.lazy().select("customer_id")])
    )
    if unified.customers is None and held is not None:
        facts = _without_orphans(whole, everybody)
        return Assembled(facts, notices, {}, dated.ahead)
    if unified.customers is None:
        made = Notice("customers-made", "No extract of customers was given; the table is made of the identifiers seen.")
        whole = {"customers": _customers_seen(whole), **whole}
        return Assembled(whole, [*notices, made], {}, dated.ahead, frozenset({"customers"}))
    tables = {"customers": unified.customers, **_without_orphans(whole, everybody)}
    unlike = any(notice.code == "accounts-apart" for notice in unified.notices)
    before, most = held.customers if held else None, identity.household_limit
    tables["customers"], homes = at_home(tables, lines_held, before, most, apart=unlike)
    notices += homes.notices(most)
    conflicts = _with(unified.conflicts, torn.lazy() if torn is not None else unified.conflicts.clear())
    tables |= {"crosswalk": unified.crosswalk, "conflicts": conflicts}
    return Assembled(tables, notices, unified.metrics | homes.metrics, dated.ahead)


def _owned(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Lines with their customer, who is called after the line where nothing tells."""
    have = lines.collect_schema()
    return lines if "customer_id" in have else lines.with_columns(customer_id=pl.col("subscription_id"))


def _unsummed(tables: Mapping[str, pl.LazyFrame]) -> list[Notice]:
    if "calls" not in tables or "usage" not in tables:
        return []
    return [Notice("calls-not-summed", "Months of use were given, so calls were not added up to months.")]


def _all_lines(given: pl.LazyFrame | None, held: pl.LazyFrame | None) -> pl.LazyFrame | None:
    """Lines of this load, and those of earlier ones, which stand behind them."""
    if held is None:
        return given
    columns = ["subscription_id", "customer_id", "number_h", "ended_on"]
    behind = held.select(*columns, pl.lit("\U0010ffff").alias(SOURCE), pl.lit(0, dtype=pl.Int64).alias(LINE))
    return behind if given is None or "customer_id" not in given.collect_schema() else _with(given, behind)


def _with(one: pl.LazyFrame | None, other: pl.LazyFrame) -> pl.LazyFrame:
    return other if one is None else pl.concat([one, other], how="diagonal_relaxed")


def _facts(
    ones: Sequence[Understood], at: date | None, dated: Timelines
) -> tuple[dict[str, pl.LazyFrame], list[Notice], pl.DataFrame]:
    """Every table but that of customers, as the extracts give it; and the numbers that changed hands."""
    frames: dict[str, list[pl.LazyFrame]] = {}
    bare: dict[tuple[str, str], list[pl.LazyFrame]] = {}
    for one in ones:
        if key := one.lacks_id:
            bare.setdefault((one.map.table, key), []).append(fact(one))
        elif one.map.table != "customers":
            made = calls(one) if one.map.table == "calls" else one_below_the_other(one, fact(one))
            frames.setdefault(one.map.table, []).append(made)
        if one.map.table in ("customers", *_MONTHLY):
            _lend(one, at, frames, dated)
    notices = [_taken_off(one) for one in ones if one.map.columns_of("bills") and takes_off(one)]
    for (table, key), parts in bare.items():
        rows, told = with_ids(pl.concat(parts, how="diagonal_relaxed"), table, key)
        frames.setdefault(table, []).append(rows)
        notices += told
    whole = {table: pl.concat(parts, how="diagonal_relaxed") for table, parts in frames.items()}
    for table in (table for table in REVERSED if table in whole):
        whole[table], void = voided(whole[table], table)
        numbered = (table, "payment_id") not in bare
        whole[table], told = taken_back(whole[table], table) if numbered else (whole[table], [])
        notices += [*void, *told]
    return whole, notices, spells(ones)


def _taken_off(one: Understood) -> Notice:
    told = "{file}: its discounts are all below zero; they are taken for what they take off the bill."
    return Notice("discounts-below-zero", told, {"file": one.map.source})


def _lend(one: Understood, at: date | None, frames: dict[str, list[pl.LazyFrame]], dated: Timelines) -> None:
    """Add what this extract holds for tables other than its own."""
    for table in _MONTHLY:
        months = lent_months(one, table, at) if table != one.map.table else None
        if months is not None:
            own = one.map.use("month", table) is not None  # of every month shown, not of the last alone
            frames.setdefault(table, []).append(months if own else dated.holding(one, months))
    if lends_answers(one):
        frames.setdefault("surveys", []).append(dated.holding(one, answers_lent(one, at)))
    if (paid := settled(one)) is not None:
        frames.setdefault("payments", []).append(paid)


def _under_customers(
    whole: Mapping[str, pl.LazyFrame], known: pl.LazyFrame | None, keep: Keep
) -> dict[str, pl.LazyFrame]:
    """Name the customer of facts that know only the number, by the table of lines; add up numbers of one customer."""
    found = {}
    accounts = whole.get("accounts"), whole.get("subscriptions")
    for table, given in whole.items():
        known_by = given.collect_schema()
        told = table in BY_ACCOUNT and "account_id" in known_by
        frame = _of_accounts(given, accounts) if told else given
        frame = by_invoice(frame, _LINE if told else "subscription_id") if "bill_no" in known_by else frame
        frame = frame.drop(_LINE, strict=False)
        have = frame.collect_schema()
        if table == "subscriptions":
            found[table] = frame
            continue
        if table == "products":
            found[table] = _on_lines(frame, known)
            continue
        if table == "surveys":
            found[table] = once_each(
                named(frame, known).drop("subscription_id") if "subscription_id" in have else frame
            )
            continue
        if "subscription_id" not in have:
            several = RECORD in have and table in _SUMMED
            found[table] = _summed_over_records(frame, _SUMMED[table], keep) if several else frame
            continue
        whose = named(frame, known)
        if RECORD in have:
            whose = whose.with_columns(subscription_id=pl.coalesce("subscription_id", RECORD)).drop(RECORD)
        if told and table == "bills":
            found["account_bills"] = account_sums(whose)
        found[table] = summed_once(keep(whose), _SUMMED[table]) if table in _SUMMED else whose.drop("subscription_id")
    return found


def _of_accounts(given: pl.LazyFrame, accounts: tuple[pl.LazyFrame | None, ...]) -> pl.LazyFrame:
    """Facts that name accounts under their customers; the account and the line, where one is told, stand beside."""
    line = pl.col("subscription_id") if "subscription_id" in given.collect_schema() else pl.lit(None, dtype=pl.String)
    return by_account(given.with_columns(line.alias(_LINE), pl.col("account_id").alias(ACCOUNT)), accounts)


def _summed_over_records(frame: pl.LazyFrame, key: tuple[str, ...], keep: Keep) -> pl.LazyFrame:
    """Add up what the records of one customer have in a month, each record once; other customers pass untouched.

    The few that do not are kept: to find them is to make all rows, and they are looked for four times.
    """
    one = frame.filter(pl.col(RECORD).is_null()).drop(RECORD)
    several = keep(frame.filter(pl.col(RECORD).is_not_null()).rename({RECORD: "subscription_id"}))
    return pl.concat([one, summed_once(several, key)], how="diagonal_relaxed")


def _on_lines(frame: pl.LazyFrame, known: pl.LazyFrame | None) -> pl.LazyFrame:
    """Products put on their lines: one known only by its customer is on the line that bears the customer's name."""
    have = frame.collect_schema()
    if "subscription_id" not in have:
        return frame.with_columns(subscription_id=pl.col("customer_id"))
    whose = named(frame.rename({"customer_id": "_told"}) if "customer_id" in have else frame, known)
    if "customer_id" not in have:
        return whose
    return whose.with_columns(customer_id=pl.coalesce("_told", "customer_id")).drop("_told")


def _without_orphans(whole: Mapping[str, pl.LazyFrame], base: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Note the fault ``orphan`` on facts of customers that the table of customers does not have."""
    known = base.select("customer_id").drop_nulls().unique().collect(engine="streaming")
    ids = known.lazy().with_columns(_known=pl.lit(value=True))
    found = {}
    for table, frame in whole.items():
        joined = frame.join(ids, on="customer_id", how="left", maintain_order="left")
        lost = pl.col("_known").is_null() & pl.col("customer_id").is_not_null()
        # What bills are refused for is not refused again of their accounts.
        kept = joined.filter(~lost) if table == "account_bills" else add_fault(joined, lost, "orphan", "customer_id")
        found[table] = kept.drop("_known")
    return found


def _customers_seen(whole: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """A table of customers from whoever has lines, or else any fact."""
    sources = [whole["subscriptions"]] if "subscriptions" in whole else list(whole.values())
    seen = pl.concat([frame.filter(pl.col(FAULTS).list.len() == 0).select("customer_id") for frame in sources])
    return folded(seen.drop_nulls(), lambda rows: rows.unique()).sort("customer_id")
