"""Columns that the dictionary does not know: their type, found on every row, and whether they name a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from telcli.intake.dates import days
from telcli.intake.numbers import numbers
from telcli.intake.words import meant

__all__ = ["Profile", "attribute_names", "looks_personal", "profile"]

_BOOLEAN = ["yes", "no", "true", "false", "y", "n", "是", "否"]
_PERSONAL = (
    r"^(?:(?:\+?(?:00)?86[- ]?)?1[3-9]\d{9}|\d{17}[\dXx]|[^\s@]+@[^\s@]+\.[A-Za-z]{2,}"  # mobile, certificate, mail
    r"|\+\d[\d -]{7,15}|0\d{2,3}[- ]\d{7,8}|00\d{9,13})$"  # other numbers: international, with an area code
)
_CODE = r"^0\d|^\d{16,}$|^\d(?:\.\d+)?[eE]\+\d+$"


@dataclass(frozen=True)
class Profile:
    """How many values of one column are of which kind, over all rows."""

    values: int
    numbers: int
    dates: int
    booleans: int
    codes: int
    personal: int

    @property
    def type(self) -> str:
        """Boolean, Date, Float64 or String: the narrowest that every value is; codes with leading zeros stay text."""
        if self.values == self.booleans:
            return "Boolean"
        if self.values == self.dates:
            return "Date"
        return "Float64" if self.values == self.numbers and not self.codes else "String"

    @property
    def names_persons(self) -> bool:
        """Most values are mobile numbers, certificates or mail addresses."""
        return 2 * self.personal > self.values


def profile(frame: pl.LazyFrame, headers: Sequence[str]) -> tuple[int, dict[str, Profile]]:
    """Count the rows and look at every value of these columns, in one pass of bounded memory."""
    kinds = list(Profile.__dataclass_fields__)
    schema = {"rows": pl.Int64(), **{f"{n}.{kind}": pl.Int64() for n in range(len(headers)) for kind in kinds}}

    def count(batch: pl.DataFrame) -> pl.DataFrame:
        found = {"rows": batch.height}
        for number, header in enumerate(headers):
            found |= {f"{number}.{kind}": value for kind, value in _counts(batch[header]).items()}
        return pl.DataFrame(found, schema=schema)

    chosen = frame.select(headers or pl.first())
    counted = chosen.map_batches(count, schema=schema, streamable=True).sum().collect(engine="streaming")
    row = counted.row(0, named=True)
    return int(row["rows"] or 0), {
        header: Profile(**{kind: int(row[f"{number}.{kind}"] or 0) for kind in kinds})
        for number, header in enumerate(headers)
    }


def _counts(text: pl.Series) -> dict[str, int]:
    """Count the values of each kind; a text that repeats is looked at once."""
    repeats = text.drop_nulls().alias("t").value_counts(name="n")
    bare = meant(repeats["t"])
    value, _ = numbers(bare)
    dated = bare.str.contains(r"^(?:19|20)\d{6}$|^(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
    read, _ = days(pl.DataFrame({"t": bare, "d": dated}).select(pl.when("d").then("t"))["t"])
    marks = {
        "values": bare.is_not_null(),
        "numbers": value.is_not_null(),
        "dates": read.is_not_null(),
        "booleans": bare.str.to_lowercase().is_in(_BOOLEAN),
        "codes": bare.str.contains(_CODE),
        "personal": bare.str.contains(_PERSONAL),
    }
    weights = repeats["n"]
    return {kind: int((weights * mark.fill_null(value=False).cast(pl.UInt32)).sum()) for kind, mark in marks.items()}


def looks_personal(text: pl.Series) -> bool:
    """Whether most of the texts are numbers, certificates or addresses of persons.

    >>> looks_personal(pl.Series(["13812345678", "+49 89 1234567", "a@b.cn"])), looks_personal(pl.Series(["K100130"]))
    (True, False)
    """
    bare = meant(text).drop_nulls()
    return bare.len() > 0 and 2 * int(bare.str.contains(_PERSONAL).sum()) > bare.len()


def attribute_names(headers: Iterable[str]) -> dict[str, str]:
    """Name an attribute after its header, as readable as it was: header -> ``x_<name>``.

    >>> attribute_names(["Senior Citizen", "是否4G客户（本地）"])
    {'Senior Citizen': 'x_Senior_Citizen', '是否4G客户（本地）': 'x_是否4G客户_本地'}
    """
    names: dict[str, str] = {}
    for header in headers:
        plain = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", header)).strip("_") or "column"
        name, copy = f"x_{plain}", 1
        while name in names.values():
            copy += 1
            name = f"x_{plain}_{copy}"
        names[header] = name
    return names
