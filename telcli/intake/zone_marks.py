"""What stands behind times, in all rows of a file: offsets from UTC, and letters that several zones share."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from telcli.errors import DataError, Notice
from telcli.intake.cleaning import Reading
from telcli.intake.kept import Kept
from telcli.intake.zones import ANYWHERE, letters_of, offsets_written, strange_letters

__all__ = ["mark_readings", "marks_notices", "marks_of", "refuse_letters"]

_MARK = "_zone "
_DATED = ("day", "month", "moment")
_FEW = 0.02
"""Where more of the first times than this are of an unknown zone, the column is refused, else the rows."""


def mark_readings(readings: Sequence[Reading]) -> list[Reading]:
    """How what stands behind the times of each column is read, beside the times."""
    headers = dict.fromkeys(one.header for one in readings if one.form in _DATED)
    return [Reading(_MARK + header, header, "zone mark") for header in headers]


def marks_of(kept: Kept, readings: Sequence[Reading]) -> dict[str, tuple[str, ...]]:
    """Header -> everything that stands behind its times, in order; columns with nothing there are left out."""
    chosen = [one for one in readings if one.form == "zone mark"]
    if not chosen:
        return {}
    each = [pl.col(kept.held(one)).drop_nulls().unique().sort().implode().alias(one.header) for one in chosen]
    found = kept.frame.select(each).collect(engine="streaming").row(0, named=True)
    return {header: tuple(marks) for header, marks in found.items() if marks}


def refuse_letters(source: str, first: pl.LazyFrame, readings: Sequence[Reading]) -> None:
    """Refuse times that end in letters by which no clock of the zone goes.

    Raises
    ------
    DataError
        Many of the first times of a column do.
    """
    dated = [one for one in readings if one.form in _DATED]
    head = first.select({one.header for one in dated}).collect(engine="streaming")
    for one in dated:
        strange = strange_letters(head[one.header], one.zone)
        if int(strange.sum()) <= _FEW * max(head.height - head[one.header].null_count(), 1):
            continue
        letters = offsets_written(head[one.header].filter(strange)).unique().sort().head(4)
        raise DataError(
            "zone-letters",
            "{file}: the times in {column} end in {letters}, and no clock of {zone} goes by that; such letters each "
            "stand for several zones (CST is China and US Central).",
            hint="Export the times in UTC or with offsets from it (+08:00); or, where all are local times of one zone, "
            "set that zone: [ingest] time_zone.",
            file=source,
            column=one.header,
            letters=", ".join(letters),
            zone=one.zone,
        )


def marks_notices(file: str, header: str, marks: Sequence[str], zone: str) -> list[Notice]:
    """Say that times carry offsets from UTC and are told in the zone, and which letters were taken for that zone.

    >>> marks_notices("a.csv", "at", ["+01:00", "CEST", "Z"], "Europe/Berlin")[0].values["offsets"]
    '+01:00, Z'
    """
    letters = [mark for mark in marks if zone != ANYWHERE and mark in letters_of(zone) and mark not in ("UTC", "GMT")]
    about = {"file": file, "column": header, "zone": zone}
    told = [mark for mark in marks if mark in ("Z", "UTC", "GMT") or not mark.isalpha()]
    notices = []
    if told:
        notices.append(
            Notice(
                "offsets-converted",
                "{file}: the times in {column} carry offsets from UTC ({offsets}); they are told in local time of "
                "{zone}.",
                {**about, "offsets": ", ".join(told[:4])},
            )
        )
    if letters:
        notices.append(
            Notice(
                "zone-letters-taken",
                "{file}: times in {column} end in {letters}; they were taken for times of {zone}, whose clocks go by "
                "that. Other zones do too (CST is China and US Central): if one of those is meant, export them with "
                "offsets from UTC (+08:00).",
                {**about, "letters": ", ".join(letters)},
            )
        )
    return notices
