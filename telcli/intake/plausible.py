"""What the values of a column say against how it would be read: doubtful units, identifiers that are lost."""

from __future__ import annotations

import polars as pl

from telcli.errors import DataError, Notice
from telcli.intake.numbers import measured
from telcli.intake.words import meant

__all__ = ["percent_doubts", "refuse_destroyed", "share_unit", "unit_doubts"]

_LIMITS = {"currency": (3000.0, "分"), "MB": (1_048_576.0, "kb"), "minutes": (11_160.0, "秒")}
"""Unit -> median month above which it is doubtful, and the unit that it may be: 3,000 yuan, 1 TB, 6 hours a day."""
_EACH = {"minutes": (30.0, "秒")}
"""The same of a single call or session."""
_OVERRUN = 3.0
"""Of shares the highest that is told from a percentage: three times what a bundle holds."""
_SMALL_MB = 60.0
_SCIENTIFIC = r"^[+-]?\d(?:\.\d+)?[eE]\+?\d+$"
_ENOUGH = 5


def unit_doubts(file: str, header: str, column: str, unit: str, head: pl.Series, *, each: bool = False) -> list[Notice]:
    """Doubt the unit of a column whose header names none, where the middle of its values could hardly have it.

    `each` says that a value is of one call or session, not of a month.

    >>> amounts = pl.Series(["5900", "12900", "3900"])
    >>> unit_doubts("a.csv", "应收", "amount", "currency", amounts)[0].values["likely"]
    '分'
    """
    values, _ = measured(head, unit, 1.0)
    used = values.filter(values > 0)
    limits = _EACH if each else _LIMITS
    if used.len() < _ENOUGH - 2 or unit not in limits:
        return []
    middle, most = float(used.median()), float(used.max())  # type: ignore[arg-type]
    limit, likely = limits[unit]
    if unit == "MB" and middle < _SMALL_MB and most < 20 * _SMALL_MB and used.len() >= _ENOUGH:
        likely = "gb"
    elif middle <= limit:
        return []
    return [
        Notice(
            "unit-doubtful",
            "{file}: {header} names no unit and was read as {unit}, but its middle value is {middle:,.0f}: if it is "
            "in {likely}, every result is wrong. Say so: --map {column}={header}@{likely}, or @{same} if it is right.",
            {
                "file": file,
                "header": header,
                "column": column,
                "unit": unit,
                "middle": middle,
                "likely": likely,
                "same": {"currency": "元", "minutes": "分钟"}.get(unit, unit.lower()),
            },
        )
    ]


def share_unit(file: str, header: str, column: str, frame: pl.LazyFrame) -> str:
    """Whether all values of a column, whose header names no unit, are shares or percentages; empty where none is bare.

    Shares of a bundle may exceed 1 where it was used up; where even the middle one would be threefold, they are in %.

    Raises
    ------
    DataError
        They could be either.

    >>> rows = pl.LazyFrame({"a": ["85", "40.5", "0"], "b": ["0.85", "1.2", "0"], "c": ["85%", "", None]})
    >>> [share_unit("u.csv", header, "data_saturation", rows) for header in "abc"]
    ['%', 'share', '']
    """
    middle, most = _middle_and_most(header, frame)
    if most is None or middle is None:
        return ""
    if most <= 1.0 or (middle <= _OVERRUN / 2 and most <= _OVERRUN):
        return "share"
    if middle > _OVERRUN:
        return "%"
    raise DataError(
        "unit-ambiguous",
        "{file}: {header} names no unit, and its values could be shares or percentages: the middle one is "
        "{middle:,.4g}, the highest {most:,.4g}.",
        hint="Say which: --map {file}:{column}={header}@% or --map {file}:{column}={header}@share.",
        file=file,
        header=header,
        column=column,
        middle=middle,
        most=most,
    )


def percent_doubts(file: str, header: str, column: str, frame: pl.LazyFrame) -> list[Notice]:
    """Doubt a percentage of which no value is above 1: spreadsheets keep 85 % as 0.85.

    >>> rows = pl.LazyFrame({"a": ["0.85", "0.4", "1"], "b": ["0.85", "40", "1"]})
    >>> [len(percent_doubts("u.csv", header, "data_saturation", rows)) for header in "ab"]
    [1, 0]
    """
    _, most = _middle_and_most(header, frame)
    if most is None or most > 1.0:
        return []
    return [
        Notice(
            "percent-doubtful",
            "{file}: {header} was read as percentages, but no value is above 1: if they are shares, every result is a "
            "hundredth of what it should be. Say so: --map {column}={header}@share.",
            {"file": file, "header": header, "column": column},
        )
    ]


def _middle_and_most(header: str, frame: pl.LazyFrame) -> tuple[float | None, float | None]:
    """The middle and the highest of the bare numbers above zero in a column."""
    bare = pl.col(header).str.strip_chars().cast(pl.Float64, strict=False)
    used = frame.select(v=bare).filter(pl.col("v").is_finite() & (pl.col("v") > 0))
    found = used.select(m=pl.col("v").median(), h=pl.col("v").max()).collect(engine="streaming")
    return found["m"].item(), found["h"].item()


def refuse_destroyed(file: str, header: str, head: pl.Series) -> None:
    """Refuse a column of identifiers that a spreadsheet has rounded: no care later brings the digits back.

    Raises
    ------
    DataError
        Most of its values are in scientific notation, or have more than 15 digits of which all after these are 0.

    >>> refuse_destroyed("a.csv", "id", pl.Series(["1.38E+10", "1.39E+10"]))
    Traceback (most recent call last):
    ...
    telcli.errors.DataError: a.csv: a spreadsheet has destroyed the identifiers in id: 2 of 2 are in ...
    """
    texts = meant(head).drop_nulls()
    plain = texts.str.normalize("NFKC").str.replace(r"\.0+$", "")
    scientific = int(plain.str.contains(_SCIENTIFIC).sum())
    if texts.len() and 2 * scientific > texts.len():
        raise _destroyed(file, header, scientific, texts.len(), "are in scientific notation")
    distinct = plain.filter(plain.str.contains(r"^\d{17,}$")).unique()
    rounded = distinct.filter(distinct.str.slice(15).str.contains(r"^0+$"))
    if distinct.len() >= _ENOUGH and rounded.len() > 0.8 * distinct.len():
        raise _destroyed(file, header, rounded.len(), distinct.len(), "end in zeros after 15 digits")


def _destroyed(file: str, header: str, count: int, of: int, how: str) -> DataError:
    return DataError(
        "ids-destroyed",
        "{file}: a spreadsheet has destroyed the identifiers in {column}: {count} of {of} {how}.",
        hint="Export them from the source system again, as text, without opening them in a spreadsheet.",
        file=file,
        column=header,
        count=count,
        of=of,
        how=how,
    )
