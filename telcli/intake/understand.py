"""Each extract understood: its table, its columns, its attributes and their types, its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from telcli.errors import DataError, Notice
from telcli.intake.candidates import FILE_NAME, SNAPSHOT, shown_months
from telcli.intake.confidence import weighed
from telcli.intake.decimals import decimal_commas
from telcli.intake.dialled import NumberIds, dialling
from telcli.intake.extract_told import told_of
from telcli.intake.guessing import HEAD, guessed, spoken
from telcli.intake.kept import Keep, as_it_is
from telcli.intake.looking import looked_at
from telcli.intake.mapping import SourceMap, Use, guess, why_not
from telcli.intake.names_told import names_told
from telcli.intake.pinned import pinned_map, refuse_unlisted
from telcli.intake.plans import with_plans
from telcli.intake.pseudonyms import Pseudonyms
from telcli.intake.same_name import read_alike
from telcli.intake.slots import slots
from telcli.intake.told import TABLE, told_by_map
from telcli.intake.understood import NOBODY, Understood, headers_of_extract
from telcli.intake.unheaded import Proposal, left_unnamed, proposal, refuse_unnamed
from telcli.intake.zones import UTC
from telcli.tables.extract import Extract

__all__ = ["understand"]


def understand(
    extracts: Sequence[Extract],
    choices: Mapping[str, Any],
    people: Pseudonyms = NOBODY,
    keep: Keep = as_it_is,
    today: date | None = None,
    zone: str = UTC,
    numbers: tuple[str, ...] = (),
    ranges: tuple[str, ...] = (),
    number_ids: NumberIds | None = None,
) -> tuple[list[Understood], list[Notice]]:
    """Find the table of every extract, then look at all values of the columns that have no meaning.

    `people` makes the pseudonyms of whoever the extracts name; what is read of them goes through `keep`. Facts
    dated after `today`, where it is given, are faults; times are told in `zone`; calls with `numbers` are flagged,
    and of those with a number of one of the `ranges` the range is kept; `number_ids` says what plain digits are.

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
    told = _told(choices.get("map") or {}, extracts, headers)
    if "source" not in pinned:
        named = {one.delivered: one.name for one in extracts if one.delivered}
        pinned = {named.get(source, source): pairs for source, pairs in pinned.items()}
        for source, pairs in pinned.items():
            if source in headers and isinstance(pairs, Mapping):
                told[source] = told_by_map(pairs, {source: headers[source]})[source] | told[source]
    extracts, looked_up = with_plans(extracts, told)
    headers = {extract.name: headers_of_extract(extract) for extract in extracts}
    found, left_out, unnamed, told_of_pins = _sorted_out(extracts, headers, told, pinned)
    notices = [*[notice for _, said in read for notice in said], *looked_up, *told_of_pins]
    if any(one.map.table == "customers" and not one.map.weak_id for one in found):
        left_out |= {one.map.source: "customer_id" for one in found if one.map.weak_id}
        found = [one for one in found if not one.map.weak_id]
    if "source" in pinned:
        refuse_unlisted(pinned, [one.map.source for one in found if one.rows >= 0])
    elif pinned and not set(pinned) & set(headers):
        refuse_unlisted(pinned, list(headers))
    if unnamed and not found:
        refuse_unnamed(unnamed[0])
    _refuse_nothing(found, left_out, headers)
    notices += [_left_out(source, missing) for source, missing in left_out.items()]
    notices += [left_unnamed(one) for one in unnamed]
    provided = {"usage" if one.map.table == "calls" else one.map.table for one in found if one.extract.rows != 0}
    found = [_own(one, provided) for one in found]
    billed = _plan_fee_as_bill(found) if provided <= {"customers"} else found
    notices += [_fee_taken(one) for one, was in zip(billed, found, strict=True) if one is not was]
    here: dict[str, Any] = {"people": people, "today": today, "zone": zone, "numbers": numbers, "ranges": ranges}
    digits = dialling(billed, number_ids or NumberIds(), people)
    here |= {"names": names_told(billed), "number_ids": digits.ids, "number_parties": digits.parties}
    looked = [looked_at(replace(one, **here), keep) for one in billed]
    alike, told_of_names = read_alike(looked, keep)
    return alike, [*notices, *[notice for one in alike for notice in told_of(one)], *told_of_names]


def _told(
    choices: Mapping[str, Any], extracts: Sequence[Extract], headers: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, Use]]:
    """What `--map` says of each extract, which it may call as it was delivered."""
    given = {one.delivered: headers[one.name] for one in extracts if one.delivered}
    told = told_by_map(choices, {**headers, **given})
    return {one.name: told[one.name] | told.get(one.delivered, {}) for one in extracts}


def _sorted_out(
    extracts: Sequence[Extract],
    headers: Mapping[str, Mapping[str, str]],
    told: Mapping[str, Mapping[str, Use]],
    pinned: Mapping[str, Any],
) -> tuple[list[Understood], dict[str, str], list[Proposal], list[Notice]]:
    """The extracts that fit a table; what others lack; those whose values tell too little; what pins had to say."""
    found: list[Understood] = []
    left_out: dict[str, str] = {}
    unnamed: list[Proposal] = []
    notices: list[Notice] = []
    for extract in extracts:
        names = headers[extract.name]
        known = pinned_map(pinned, extract.name, names, extract.delivered) if "source" in pinned else None
        if known:
            found.append(_from_pin(extract, known[0], known[1]))
            notices += known[2]
            continue
        said = spoken(told[extract.name], alone=len(extracts) == 1, names=names)
        mapped = guessed(extract, names, said) if extract.headed or set(said) - {TABLE} else _by_values(extract, said)
        if isinstance(mapped, Proposal):
            unnamed.append(mapped)
        elif mapped is None:
            left_out[extract.name] = _why_not(extract.name, names, told[extract.name])
        else:
            found.append(Understood(extract, mapped, 0, {}))
    return found, left_out, unnamed, notices


def _why_not(source: str, names: Mapping[str, str], told: Mapping[str, Use]) -> str:
    """The column that an extract lacks; ``@file`` where its file could name its customer, nothing where rows repeat."""
    fitting = guess(source, names, {name: use for name, use in told.items() if name != TABLE})
    if fitting and fitting.table == "customers":
        return ""
    missing = why_not(source, names, told)
    if missing != "customer_id":
        return missing
    named = guess(source, names, {**told, "customer_id": Use(FILE_NAME)})
    return FILE_NAME if named and named.table != "customers" else missing


def _by_values(extract: Extract, told: Mapping[str, Use]) -> SourceMap | Proposal | None:
    """A file without header, by its values; the proposal where they do not tell enough."""
    names = headers_of_extract(extract)
    head = extract.frame.head(HEAD).select(list(names)).collect(engine="streaming")
    seen = proposal(extract.name, head, told[TABLE].header if TABLE in told else "")
    if not seen.told:
        return seen
    mapped = guessed(extract, names, {**seen.told, TABLE: Use(seen.table)})
    if not mapped:
        return seen
    sure = min(one.confidence for one in seen.evidence.values())
    return replace(mapped, confidence=sure, evidence={**mapped.evidence, **seen.evidence})


def _plan_fee_as_bill(found: Sequence[Understood]) -> list[Understood]:
    """Tables with a row per customer, where the fee of the plan is the only monthly charge: it is the bill too.

    Beside other charges, none of which is recurring or the sum, it is the recurring one. Pinned maps stay as written.
    """
    have = {name for one in found for name in one.map.columns if name.startswith("bills.")} - {"bills.discount"}
    if have & {"bills.total", "bills.amount", "bills.recurring"}:
        return list(found)
    kind = "bills.recurring" if have else "bills.total"
    billed: list[Understood] = []
    first: Understood | None = None
    for one in found:
        fits = one.map.use("plan_fee", "subscriptions") is not None and one.rows >= 0
        if fits and not (have and not one.map.columns_of("bills")) and (first is None or _shown_alike(first, one)):
            first = first or one
            one = _fee_as(one, kind)  # noqa: PLW2901
        billed.append(one)
    return billed


def _shown_alike(first: Understood, one: Understood) -> bool:
    """Whether two extracts show the same of another month each."""
    return first.map.use(SNAPSHOT) is not None and set(first.map.columns) == set(one.map.columns)


def _fee_as(one: Understood, kind: str) -> Understood:
    """An extract of customers whose plan fee is a charge of this kind as well."""
    fee = one.map.columns["subscriptions.plan_fee"]
    evidence = {**one.map.evidence, kind: weighed("weak", rivals=("subscriptions.plan_fee",))}
    columns = {**one.map.columns, kind: fee}
    return replace(one, map=replace(one.map, columns=columns | shown_months(columns), evidence=evidence))


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
    since = one.map.use("activated_on", "subscriptions")
    if one.map.table == "customers" and "subscriptions" in taken and since and not one.map.use("joined_on"):
        columns = {**one.map.columns, "customers.joined_on": since}
        evidence = {**one.map.evidence, "customers.joined_on": weighed("weak", rivals=("subscriptions.activated_on",))}
        one = replace(one, map=replace(one.map, columns=columns, evidence=evidence))
    return one.without(taken) if taken else one


def _from_pin(extract: Extract, mapped: SourceMap, attributes: Mapping[str, tuple[str, str]]) -> Understood:
    return Understood(extract, mapped, -1, attributes)


def _left_out(source: str, missing: str) -> Notice:
    if not missing:
        return Notice(
            "source-repeats",
            "{file} was left out: nothing in it is known but its identifiers, and they repeat, so it has no row per "
            "customer (else: --map {file}:table=TABLE).",
            {"file": source},
        )
    if missing == FILE_NAME:
        return Notice(
            "source-of-nobody",
            "{file} was left out: it names no customer. If each such file is of one, name them after their files: "
            "--map customer_id=@file.",
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
    if not left_out.get(source, "customer_id"):
        raise DataError(
            "customers-repeat",
            "{file}: nothing in it is known but its identifiers, and they repeat, so it has no row per customer.",
            hint="Say what it is, and what its columns are: --map table=TABLE --map NAME=COLUMN. Columns: {columns}.",
            file=source,
            columns=columns,
        )
    raise DataError(
        "no-id",
        "{file} has no column that identifies a customer.",
        hint="Name it: --map customer_id=COLUMN; number the rows: --map customer_id=@row; or, where each file is of "
        "one customer, name them after their files: --map customer_id=@file. A title above the header has to be taken "
        "out. Columns: {columns}.",
        file=source,
        columns=columns,
    )
