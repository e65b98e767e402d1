"""What is said of columns of persons: which became pseudonyms, and what in them cannot be joined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from telcli.errors import Notice
from telcli.intake.certificates import certificates
from telcli.intake.identity import PERSONAL_FORMS, Seen, seen
from telcli.intake.phones import hashed, phones

if TYPE_CHECKING:
    from telcli.intake.cleaning import Reading

__all__ = ["columns_of_people", "id_notices", "people_notices"]

_WHAT = {"phone": "telephone numbers", "certificate": "certificates", "device": "IMEI", "sim": "IMSI"}


def columns_of_people(frame: pl.LazyFrame, readings: list[Reading]) -> dict[str, tuple[Reading, Seen]]:
    """Count, over all rows and in bounded memory, what stands in each column of persons: header -> what was seen."""
    chosen = {reading.header: reading for reading in readings if reading.form in PERSONAL_FORMS}
    if not chosen:
        return {}
    kinds = list(Seen.__dataclass_fields__)
    schema = {f"{at}.{kind}": pl.Int64() for at in range(len(chosen)) for kind in kinds}

    def count(batch: pl.DataFrame) -> pl.DataFrame:
        found: dict[str, int] = {}
        for at, (header, reading) in enumerate(chosen.items()):
            counts = seen(batch[header], reading.form)
            found |= {f"{at}.{kind}": getattr(counts, kind) for kind in kinds}
        return pl.DataFrame(found, schema=schema)

    columns = frame.select(list(chosen))
    row = columns.map_batches(count, schema=schema, streamable=True).sum().collect(engine="streaming")
    totals = row.row(0, named=True)
    return {
        header: (reading, Seen(**{kind: int(totals[f"{at}.{kind}"] or 0) for kind in kinds}))
        for at, (header, reading) in enumerate(chosen.items())
    }


def people_notices(file: str, found: Mapping[str, tuple[Reading, Seen]]) -> list[Notice]:
    """Say which columns became pseudonyms, and how many of their values are masked, hashes already, or neither."""
    made = [f"{header} -> {reading.name}" for header, (reading, counts) in found.items() if counts.values]
    notices = []
    if made:
        notices.append(
            Notice(
                "pseudonyms-made",
                "{file}: of these columns only pseudonyms were kept: {columns}.",
                {"file": file, "columns": ", ".join(made)},
            )
        )
    for header, (reading, counts) in found.items():
        about: dict[str, object] = {"file": file, "column": header}
        if counts.masked:
            notices.append(_masked(about | {"count": counts.masked}))
        if counts.hashed:
            notices.append(_hashed(about))
        if counts.destroyed:
            values = {**about, "count": counts.destroyed}
            notices.append(
                Notice(
                    "people-destroyed",
                    "{file}: a spreadsheet has destroyed {count} values of {column} (1.1E+17), which were left empty; "
                    "export them again as text.",
                    values,
                )
            )
        if counts.unreadable > counts.destroyed:
            values = {**about, "count": counts.unreadable - counts.destroyed, "what": _WHAT[reading.form]}
            notices.append(
                Notice(
                    "people-unreadable",
                    "{file}: {count} values of {column} are no {what} and were left empty.",
                    values,
                )
            )
    return notices


def id_notices(file: str, column: str, head: pl.Series, *, dialled: bool = False) -> list[Notice]:
    """Say of an identifier that it is a number or certificate, or a hash of one, by its first values.

    Of those `dialled`, plain digits are numbers.
    """
    about: dict[str, object] = {"file": file, "column": column}
    known = head.drop_nulls()
    number, certificate = phones(known), certificates(known, any_kind=False)
    if 2 * (known.len() - int((number.is_null() & certificate.is_null()).sum())) > known.len():
        return [
            Notice(
                "id-personal",
                "{file}: {column} holds phone numbers or certificates; their pseudonyms are the identifiers.",
                about,
            )
        ]
    if dialled and known.len() and 2 * int(known.str.contains(r"^\d{7,15}$").sum()) > known.len():
        return [
            Notice(
                "id-dialled",
                "{file}: {column} holds telephone numbers, as calls tell or number_ids of [ingest] says; their "
                'pseudonyms are the identifiers (else: number_ids = "no").',
                about,
            )
        ]
    if known.len() and 2 * int(hashed(known).sum()) > known.len():
        return [_hashed(about)]
    return []


def _masked(values: dict[str, object]) -> Notice:
    return Notice(
        "people-masked",
        "{file}: {count} values of {column} have digits hidden; such numbers cannot be joined and were left empty.",
        dict(values),
    )


def _hashed(values: dict[str, object]) -> Notice:
    return Notice(
        "people-hashed",
        "{file}: {column} holds hashes, which were kept as they are. A plain hash of a number protects nobody: all "
        "numbers can be tried in minutes.",
        dict(values),
    )
