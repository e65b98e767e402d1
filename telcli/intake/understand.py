"""Each extract understood: its table, its columns, its attributes and their types, its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from telcli.errors import DataError, Notice
from telcli.intake.confidence import weighed
from telcli.intake.decimals import decimal_commas
from telcli.intake.dictionary import slots
from telcli.intake.guessing import guessed, spoken
from telcli.intake.kept import Keep, as_it_is
from telcli.intake.looking import looked_at, told_of
from telcli.intake.mapping import SourceMap, why_not
from telcli.intake.pinned import pinned_map, refuse_unlisted
from telcli.intake.pseudonyms import Pseudonyms
from telcli.intake.told import told_by_map
from telcli.intake.understood import NOBODY, Understood, headers_of_extract
from telcli.tables.extract import Extract

__all__ = ["understand"]


def understand(
    extracts: Sequence[Extract],
    choices: Mapping[str, Any],
    people: Pseudonyms = NOBODY,
    keep: Keep = as_it_is,
    today: date | None = None,
) -> tuple[list[Understood], list[Notice]]:
    """Find the table of every extract, then look at all values of the columns that have no meaning.

    `people` makes the pseudonyms of whoever the extracts name; what is read of them goes through `keep`. Facts
    dated after `today`, where it is given, are faults.

    Raises
    ------
    DataError
        No extract has an identifier of a customer, or two columns could be one.
    UsageError
        `--map` or the mapping file names what does not exist.
    """
    read = [decimal_commas(extract) for extract in extracts]
    extracts = [extract for extract, _ in read]
    headers = {extract.name: headers_of_extract(extract) for extract in extracts}
    pinned = choices.get("mapping") or {}
    told = told_by_map(choices.get("map") or {}, headers)
    if "source" not in pinned:
        for source, pairs in pinned.items():
            if source in headers and isinstance(pairs, Mapping):
                told[source] = told_by_map(pairs, {source: headers[source]})[source] | told[source]
    found: list[Understood] = []
    notices: list[Notice] = [notice for _, told_of in read for notice in told_of]
    left_out: dict[str, str] = {}
    for extract in extracts:
        names = headers[extract.name]
        known = pinned_map(pinned, extract.name, names) if "source" in pinned else None
        if known:
            found.append(_from_pin(extract, known[0], known[1]))
            notices += known[2]
            continue
        mapped = guessed(extract, names, spoken(told[extract.name], alone=len(extracts) == 1, names=names))
        if mapped is None:
            left_out[extract.name] = why_not(extract.name, names, told[extract.name])
        else:
            found.append(Understood(extract, mapped, 0, {}))
    if any(one.map.table == "customers" and not one.map.weak_id for one in found):
        left_out |= {one.map.source: "customer_id" for one in found if one.map.weak_id}
        found = [one for one in found if not one.map.weak_id]
    if "source" in pinned:
        refuse_unlisted(pinned, [one.map.source for one in found if one.rows >= 0])
    elif pinned and not set(pinned) & set(headers):
        refuse_unlisted(pinned, list(headers))
    _refuse_nothing(found, left_out, headers)
    unheaded = {extract.name for extract in extracts if not extract.headed}
    notices += [_left_out(source, missing, source in unheaded) for source, missing in left_out.items()]
    provided = {"usage" if one.map.table == "calls" else one.map.table for one in found}
    found = [_own(one, provided) for one in found]
    billed = _plan_fee_as_bill(found) if provided <= {"customers"} else found
    notices += [_fee_taken(one) for one, was in zip(billed, found, strict=True) if one is not was]
    looked = [looked_at(replace(one, people=people, today=today), keep) for one in billed]
    return looked, [*notices, *[notice for one in looked for notice in told_of(one)]]


def _plan_fee_as_bill(found: Sequence[Understood]) -> list[Understood]:
    """Tables with a row per customer, where the fee of the plan is the only monthly charge: it is the bill too.

    Beside other charges, none of which is recurring or the sum, it is the recurring one. Pinned maps stay as written.
    """
    have = {name for one in found for name in one.map.columns if name.startswith("bills.")} - {"bills.discount"}
    if have & {"bills.total", "bills.amount", "bills.recurring"}:
        return list(found)
    kind = "bills.recurring" if have else "bills.total"
    for place, one in enumerate(found):
        fee = one.map.use("plan_fee", "subscriptions")
        if fee and one.rows >= 0 and not (have and not one.map.columns_of("bills")):
            evidence = {**one.map.evidence, kind: weighed("weak", rivals=("subscriptions.plan_fee",))}
            columns = {**one.map.columns, kind: fee}
            billed = replace(one, map=replace(one.map, columns=columns, evidence=evidence))
            return [*found[:place], billed, *found[place + 1 :]]
    return list(found)


def _fee_taken(one: Understood) -> Notice:
    fee = one.map.use("plan_fee", "subscriptions")
    return Notice(
        "plan-fee-billed",
        "{file}: {header} is taken as the monthly bill as well, as no other charge stands for it "
        "(else: --map bills.total=COLUMN).",
        {"file": one.map.source, "header": fee.header if fee else ""},
    )


def _own(one: Understood, provided: set[str]) -> Understood:
    """Without the borrowed columns of tables that have an extract of their own."""
    lenders = {slots()[name].table for name in one.map.columns} - {one.map.table}
    taken = sorted(lenders & provided)
    return one.without(taken) if taken else one


def _from_pin(extract: Extract, mapped: SourceMap, attributes: Mapping[str, tuple[str, str]]) -> Understood:
    return Understood(extract, mapped, -1, attributes)


def _left_out(source: str, missing: str, unheaded: bool) -> Notice:
    if unheaded:
        return Notice(
            "source-unnamed",
            "{file} was left out: it has no header, so nothing tells its columns. Name them, as in --map "
            "{file}:table=calls --map {file}:customer_id=column_2; what is not named is kept as an attribute.",
            {"file": source},
        )
    return Notice(
        "source-unused",
        "{file} was left out: it fits no table; it lacks {column}, or it is under another name (--map).",
        {"file": source, "column": missing},
    )


def _refuse_nothing(
    found: Sequence[Understood], left_out: Mapping[str, str], headers: Mapping[str, Mapping[str, str]]
) -> None:
    if found:
        return
    source = next(iter(left_out), "")
    columns = ", ".join(list(headers.get(source, {}).values())[:12])
    raise DataError(
        "no-id",
        "{file} has no column that identifies a customer.",
        hint="Name it: --map customer_id=COLUMN; or number the rows: --map customer_id=@row. Columns: {columns}.",
        file=source,
        columns=columns,
    )
