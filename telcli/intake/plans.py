"""Lists of plans: a table with a row per plan, whose fee and name go to the lines that have the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from telcli.errors import Notice
from telcli.intake.candidates import Use, meaning
from telcli.intake.dictionary import bare, gives_way, plan_fees
from telcli.intake.numbers import numbers
from telcli.intake.understood import headers_of_extract
from telcli.intake.words import meant
from telcli.tables.extract import Extract

__all__ = ["with_plans"]

_MOST = 10_000
"""A list of plans is short."""
_PLAN, _FEE, _NAME = "plan_id", "plan_fee", "plan_name"
_OWNERS = ("customer_id", "subscription_id")


@dataclass(frozen=True)
class _Plans:
    """One list of plans: its columns that may be the plan's code or name, its fee, and its rows."""

    source: str
    keys: tuple[str, ...]
    fee: str
    rows: pl.DataFrame


def with_plans(
    extracts: Sequence[Extract], told: Mapping[str, Mapping[str, Use]]
) -> tuple[list[Extract], list[Notice]]:
    """The extracts without lists of plans, whose fees stand as `plan_fee` beside the plans of the others.

    `told` is what the analyst said of each extract. A list of plans names no customers; each of its plans stands once.

    >>> crm = pl.LazyFrame({"user_id": ["u"], "plan": ["surf"], "_line": [2]})
    >>> plans = pl.LazyFrame({"plan_name": ["surf"], "usd_monthly_pay": ["20"], "_line": [2]})
    >>> given = [Extract(name, frame, "utf-8", ",", "") for name, frame in (("crm.csv", crm), ("plans.csv", plans))]
    >>> found, notices = with_plans(given, {"crm.csv": {}, "plans.csv": {}})
    >>> found[0].frame.collect().rows(), len(found), notices[0].values["plans"]
    ([('u', 'surf', 2, '20')], 1, 'plans.csv')
    """
    lists = [plans for one in extracts if (plans := _plans(one, told.get(one.name, {})))]
    if not lists:
        return list(extracts), []
    names = {plans.source for plans in lists}
    notices: list[Notice] = []
    found = []
    for one in extracts:
        if one.name in names:
            continue
        joined, told_of = _joined(one, told.get(one.name, {}), lists)
        found.append(joined)
        notices += told_of
    used = {notice.values["plans"] for notice in notices}
    back = [one for one in extracts if one.name in names - used]
    return [*found, *back], notices


def _plans(one: Extract, told: Mapping[str, Use]) -> _Plans | None:
    """The extract as a list of plans, where it is one."""
    names = headers_of_extract(one)
    if any(_of_lines(written) in _OWNERS for written in names.values()) or set(_OWNERS) & {*map(_last, told)}:
        return None
    keys = _said(told, _PLAN) or [name for name, written in names.items() if _of_lines(written) == _PLAN]
    fees = _said(told, _FEE) or [
        name for name, written in names.items() if _of_lines(written) == _FEE or bare(written) in plan_fees()
    ]
    if not keys or len(fees) != 1:
        return None
    rows = one.frame.select([*keys, *fees]).head(_MOST + 1).collect(engine="streaming")
    amounts, bad = numbers(rows[fees[0]])
    if not 0 < rows.height <= _MOST or bad.any() or amounts.null_count() == rows.height:
        return None
    unique = tuple(key for key in keys if _plain(rows[key]).drop_nulls().is_unique().all())
    return _Plans(one.name, unique, fees[0], rows) if unique else None


def _of_lines(written: str) -> str:
    return meaning("subscriptions", written)[0]


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _said(told: Mapping[str, Use], column: str) -> list[str]:
    return [use.header for name, use in told.items() if _last(name) == column]


def _plain(text: pl.Series) -> pl.Series:
    return meant(text).alias(text.name)


def _joined(one: Extract, told: Mapping[str, Use], lists: Iterable[_Plans]) -> tuple[Extract, list[Notice]]:
    """One extract with the fees of its plans, where it names plans and no fees."""
    names = headers_of_extract(one)
    owned = {name for name, written in names.items() if _of_lines(written) == _FEE}
    plan = _said(told, _PLAN) or _first_plan(names)
    if not plan or owned or _said(told, _FEE) or _FEE in names:
        return one, []
    have = one.frame.select(pl.col(plan[0]).unique()).collect(engine="streaming")[plan[0]]
    wanted = set(_plain(have).drop_nulls().to_list())
    best = max(
        ((len(wanted & set(_plain(plans.rows[key]).to_list())), plans, key) for plans in lists for key in plans.keys),
        key=lambda found: found[0],
    )
    common, plans, key = best
    if not wanted or 2 * common < len(wanted):
        return one, []
    listed = pl.DataFrame({"_plan": _plain(plans.rows[key]), _FEE: plans.rows[plans.fee]})
    other = [name for name in plans.keys if name != key and _NAME not in names]
    if other:
        listed = listed.with_columns(plans.rows[other[0]].alias(_NAME))
    frame = one.frame.with_columns(_plan=pl.col(plan[0]).str.strip_chars())
    frame = frame.join(listed.drop_nulls("_plan").lazy(), on="_plan", how="left", maintain_order="left").drop("_plan")
    missed = sorted(wanted - set(listed["_plan"].to_list()))
    return replace(one, frame=frame), [_told(one.name, names[plan[0]], plans, missed, len(wanted))]


def _first_plan(names: Mapping[str, str]) -> list[str]:
    """The column of plans: a code before a name."""
    found = [name for name, written in names.items() if _of_lines(written) == _PLAN]
    return sorted(found, key=lambda name: bare(names[name]) in gives_way(_PLAN))[:1]


def _told(source: str, header: str, plans: _Plans, missed: Sequence[str], count: int) -> Notice:
    values = {"file": source, "header": header, "plans": plans.source, "fee": plans.fee, "count": count}
    if not missed:
        return Notice(
            "plans-looked-up",
            "{file}: {plans} lists the plans in {header}; {fee} there is their plan_fee, its other columns are not "
            "used.",
            values,
        )
    return Notice(
        "plans-missing",
        "{file}: {plans} lists the plans in {header}; {fee} there is their plan_fee, its other columns are not used. "
        "{missing} of {count} plans are not in it: {names}.",
        {**values, "missing": len(missed), "names": ", ".join(missed[:6])},
    )
