"""How a column of dates is written, decided on all its values: never by one of them, and never in silence.

1/2/2019 is a day of January or of February, 43510 a number or a day that Excel counted: only the whole column can tell,
and where it cannot, the analyst is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from telcli.errors import DataError, Notice
from telcli.intake.dates import moments
from telcli.intake.dictionary import date_forms
from telcli.intake.mapping import Use
from telcli.intake.slots import slots
from telcli.intake.words import meant
from telcli.intake.zones import ANYWHERE

__all__ = [
    "DateCounts",
    "date_form",
    "date_notice",
    "look_at_dates",
    "refuse_unclear",
    "with_date_forms",
]

_PARTED = r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](?:\d{4})(?:\D|$)"
_SHORT = r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(?:\s|$)"
_NOTHING = r"^0+(?:\.0+)?$"
_MOST, _FEW = 0.95, 0.001
_DATES = ("day", "month", "moment")
_KINDS = (("serial", "excel"), ("seconds", "epoch"), ("millis", "epochms"))
_NAMES = {
    "dmy": "day/month/year",
    "mdy": "month/day/year",
    "ymd": "year-month-day with two digits of the year",
    "excel": "days that Excel counts from 1900 (from 1904: @excel1904)",
    "excel1904": "days that Excel counts from 1904",
    "epoch": "seconds since 1970",
    "epochms": "milliseconds since 1970",
}


@dataclass(frozen=True)
class DateCounts:
    """How many values of a column are written in which way."""

    values: int
    plain: int
    parted: int
    first_is_day: int
    second_is_day: int
    dotted: int
    short: int
    serial: int
    seconds: int
    millis: int


def look_at_dates(frame: pl.LazyFrame, headers: list[str]) -> dict[str, DateCounts]:
    """Count, over all rows and in bounded memory, how the values of these columns are written."""
    kinds = list(DateCounts.__dataclass_fields__)
    schema = {f"{at}.{kind}": pl.Int64() for at in range(len(headers)) for kind in kinds}

    def count(batch: pl.DataFrame) -> pl.DataFrame:
        found: dict[str, int] = {}
        for at, header in enumerate(headers):
            found |= {f"{at}.{kind}": value for kind, value in _counts(batch[header]).items()}
        return pl.DataFrame(found, schema=schema)

    row = frame.select(headers).map_batches(count, schema=schema, streamable=True).sum().collect(engine="streaming")
    totals = row.row(0, named=True)
    return {
        header: DateCounts(**{kind: int(totals[f"{at}.{kind}"] or 0) for kind in kinds})
        for at, header in enumerate(headers)
    }


def _counts(text: pl.Series) -> dict[str, int]:
    repeats = text.drop_nulls().alias("t").value_counts(name="n")
    bare = meant(repeats["t"].str.normalize("NFKC"))
    bare = bare.to_frame("t").select(pl.when(~pl.col("t").str.contains(_NOTHING)).then("t"))["t"]
    value = bare.cast(pl.Float64, strict=False)
    first, second = (bare.str.extract(_PARTED, group).cast(pl.Int64, strict=False) for group in (1, 2))
    _, bad = moments(bare, zone=ANYWHERE)
    marks = {
        "values": bare.is_not_null(),
        "plain": bare.is_not_null() & ~bad,
        "parted": first.is_not_null(),
        "first_is_day": first > 12,
        "second_is_day": second > 12,
        "dotted": bare.str.contains(r"^\d{1,2}\.\d{1,2}\.\d{4}"),
        "short": bare.str.contains(_SHORT),
        "serial": value.is_between(10_000, 73_050) & bare.str.contains(r"^\d{5}(?:\.\d+)?$"),
        "seconds": value.is_between(631_152_000, 4_102_444_800) & bare.str.contains(r"^\d{9,10}(?:\.\d+)?$"),
        "millis": value.is_between(631_152_000_000, 4_102_444_800_000) & bare.str.contains(r"^\d{12,13}$"),
    }
    weights = repeats["n"]
    return {kind: int((weights * mark.fill_null(value=False).cast(pl.UInt32)).sum()) for kind, mark in marks.items()}


def date_form(counts: DateCounts) -> str:
    """The form of a column, empty where its values speak for themselves; ``unclear``, ``mixed`` or ``short`` else.

    >>> date_form(DateCounts(9, 0, 9, 0, 3, 0, 0, 0, 0, 0)), date_form(DateCounts(9, 0, 9, 0, 0, 0, 0, 0, 0, 0))
    ('mdy', 'unclear')
    """
    odd = counts.values - counts.plain
    if not counts.values or odd <= (1 - _MOST) * counts.values:
        return ""
    for kind, form in _KINDS:
        if getattr(counts, kind) >= _MOST * counts.values:
            return form
    if counts.short >= _MOST * odd:
        return "short"
    return _order(counts) if counts.parted >= _MOST * odd else ""


def _order(counts: DateCounts) -> str:
    """Which of two numbers is the day; a column in which both are is mixed, but for one slip in a thousand."""
    few, many = sorted((counts.first_is_day, counts.second_is_day))
    if few > _FEW * many:
        return "mixed"
    if many:
        return "dmy" if counts.first_is_day == many else "mdy"
    return "dmy" if counts.dotted == counts.parted else "unclear"


def date_notice(file: str, header: str, form: str, zone: str) -> Notice:
    """Say how a column of dates was read, and in which zone those are told that count from a moment."""
    values = {"file": file, "column": header, "form": _NAMES[form]}
    if form in ("epoch", "epochms"):
        told = "{file}: the times in {column} were read as {form}; they are told in local time of {zone}."
        return Notice("times-read-as", told, values | {"zone": zone})
    return Notice(
        "dates-read-as", "{file}: the dates in {column} were read as {form}, as all of its values allow.", values
    )


def refuse_unclear(file: str, header: str, slot: str, form: str, counts: Mapping[str, DateCounts]) -> None:
    """Refuse a column whose dates could be read in two ways.

    Raises
    ------
    DataError
        It is such a column; the candidates are named.
    """
    found = counts[header]
    about = {"file": file, "column": header, "slot": slot}
    if form == "unclear":
        raise DataError(
            "dates-ambiguous",
            "{file}: the dates in {column} could be day/month/year or month/day/year; none of {count} tells.",
            hint="Say which: --map {slot}={column}@dmy or --map {slot}={column}@mdy",
            **about,
            count=found.parted,
        )
    if form == "mixed":
        raise DataError(
            "dates-mixed",
            "{file}: {column} mixes orders: {days} dates begin with the day, {months} with the month.",
            hint="Export it in one order, best as 2019-02-14.",
            **about,
            days=found.first_is_day,
            months=found.second_is_day,
        )
    if form == "short":
        raise DataError(
            "dates-short",
            "{file}: the years in {column} have two digits, so that 01-02-03 could be any of several days.",
            hint="Export four digits, or say the order: --map {slot}={column}@dmy, @mdy or @ymd (69 to 99 are 19xx).",
            **about,
        )


def _refuse_other_unit(file: str, header: str, slot: str, said: str, head: pl.Series) -> None:
    """Refuse a form that the analyst told of a column of numbers which are plainly of another one."""
    counts = _counts(head)
    for kind, form in _KINDS:
        if counts["values"] and counts[kind] >= _MOST * counts["values"] and said not in (form, f"{form}1904"):
            raise DataError(
                "dates-other-unit",
                "{file}: {column} is said to hold {said}, but its values are {likely}; read as said they would be "
                "times of long ago, or none.",
                hint="Say --map {slot}={column}@{form}, or leave the form out.",
                file=file,
                column=header,
                slot=slot,
                said=_NAMES[said],
                likely=_NAMES[form],
                form=form,
            )


def with_date_forms(source: str, frame: pl.LazyFrame, head: pl.DataFrame, uses: Mapping[str, Use]) -> dict[str, Use]:
    """The same uses, those of dates with the form in which their whole column is written.

    Only columns whose first rows do not speak for themselves are looked at whole.

    Raises
    ------
    DataError
        A column could be read in two ways, or not in the one that the analyst told.
    """
    dated = {name: use for name, use in uses.items() if slots()[name].form in _DATES and use.header in head.columns}
    told = {name: replace(use, unit=date_forms(slots()[name].unit).get(use.unit, "")) for name, use in dated.items()}
    for name, use in told.items():
        if use.unit:
            _refuse_other_unit(source, use.header, name, use.unit, head[use.header])
    odd = {name: use for name, use in told.items() if not dated[name].unit and _unlike_dates(head[use.header])}
    if not odd:
        return {**uses, **told}
    counts = look_at_dates(frame, list({use.header: None for use in odd.values()}))
    for name, use in odd.items():
        form = date_form(counts[use.header])
        refuse_unclear(source, use.header, name, form, counts)
        told[name] = replace(use, unit=form)
    return {**uses, **told}


def _unlike_dates(head: pl.Series) -> bool:
    """Whether the first rows have values that are no dates as they stand, or none at all."""
    values, bad = moments(head, zone=ANYWHERE)
    return int(bad.sum()) > 0.02 * len(head) or values.null_count() == len(head)
