"""Columns that the dictionary does not know: their type, found on every row, and whether they name a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from telcli.intake.dates import days
from telcli.intake.numbers import CODE, numbers
from telcli.intake.own_names import like_names, mostly_own
from telcli.intake.phones import masked_number
from telcli.intake.privacy import header_tells, holds_person, is_person, is_prose, of_things
from telcli.intake.words import meant

__all__ = ["Profile", "attribute_names", "looks_personal", "profile"]

_BOOLEAN = ["yes", "no", "true", "false", "y", "n", "是", "否"]
_SMALL = 1e6


@dataclass(frozen=True)
class Profile:
    """How many values of one column are of which kind, over all rows.

    `own` is 1 where they are, by their kind and number, names or addresses of persons.
    """

    values: int
    numbers: int
    dates: int
    booleans: int
    codes: int
    personal: int
    long: int
    small: int
    prose: int
    nameable: int = 0
    own: int = 0

    @property
    def type(self) -> str:
        """Boolean, Date, Float64 or String: the narrowest that every value is; codes with leading zeros stay text.

        ``Float64-masked`` are numbers among which a few telephone numbers strayed, which are to be left out.
        """
        if self.values == self.booleans:
            return "Boolean"
        if self.values == self.dates:
            return "Date"
        if self.values != self.numbers or self.codes:
            return "String"
        return "Float64-masked" if self.personal and self._long_ones_name_persons else "Float64"

    @property
    def _long_ones_name_persons(self) -> bool:
        """Whether most numbers as long as a telephone's look like one: those of a measure spread, as bytes do."""
        return 2 * self.personal >= self.long

    @property
    def names_persons(self) -> bool:
        """One value in a hundred is, or holds, a telephone number, a certificate or a mail address."""
        if self.values in (self.booleans, self.dates):
            return False
        return 100 * self.personal >= max(self.values, 1) and (self.type == "String" or self._long_ones_name_persons)

    def names_persons_under(self, header: str) -> bool:
        """Whether the column is personal by its values, or by a header that the values do not contradict.

        Names are told by their values alone where the header does not speak of a thing or a place. Flags, dates and
        small numbers name nobody whatever the header says, but for days of birth; notes do where they are prose.
        """
        told = header_tells(header)
        plain = self.type in ("Boolean", "Date") or self.values == self.small
        if told == "birth":
            return self.type == "Date" or not plain
        said = (told == "person" and not plain) or (told == "note" and 100 * self.prose >= max(self.values, 1))
        return self.names_persons or said or (bool(self.own) and not of_things(header))


def profile(frame: pl.LazyFrame, headers: Sequence[str]) -> tuple[int, dict[str, Profile]]:
    """Count the rows and look at every value of these columns, in one pass of bounded memory."""
    kinds = [kind for kind in Profile.__dataclass_fields__ if kind != "own"]
    schema = {"rows": pl.Int64(), **{f"{n}.{kind}": pl.Int64() for n in range(len(headers)) for kind in kinds}}

    def count(batch: pl.DataFrame) -> pl.DataFrame:
        found = {"rows": batch.height}
        for number, header in enumerate(headers):
            found |= {f"{number}.{kind}": value for kind, value in _counts(batch[header]).items()}
        return pl.DataFrame(found, schema=schema)

    chosen = frame.select(headers or pl.first())
    counted = chosen.map_batches(count, schema=schema, streamable=True).sum().collect(engine="streaming")
    row = counted.row(0, named=True)
    found = {
        header: Profile(**{kind: int(row[f"{number}.{kind}"] or 0) for kind in kinds})
        for number, header in enumerate(headers)
    }
    own = mostly_own(frame, [header for header, one in found.items() if 2 * one.nameable >= max(one.values, 1)])
    return int(row["rows"] or 0), {header: replace(one, own=int(header in own)) for header, one in found.items()}


def _counts(text: pl.Series) -> dict[str, int]:
    """Count the values of each kind; a text that repeats is looked at once."""
    repeats = text.drop_nulls().alias("t").value_counts(name="n")
    bare = meant(repeats["t"])
    value, _ = numbers(bare)
    dated = bare.str.contains(r"^(?:19|20)\d{6}$|^(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
    read, _ = days(pl.DataFrame({"t": bare, "d": dated}).select(pl.when("d").then("t"))["t"])
    person = holds_person(bare) | masked_number(bare)
    marks = {
        "values": bare.is_not_null(),
        "numbers": value.is_not_null(),
        "dates": read.is_not_null(),
        "booleans": bare.str.to_lowercase().is_in(_BOOLEAN),
        "codes": bare.str.contains(CODE),
        "personal": person,
        "long": person | bare.str.contains(r"\d{9}"),
        "small": value.abs() < _SMALL,
        "prose": is_prose(bare),
        "nameable": like_names(bare),
    }
    weights = repeats["n"]
    return {kind: int((weights * mark.fill_null(value=False).cast(pl.UInt32)).sum()) for kind, mark in marks.items()}


def looks_personal(text: pl.Series) -> bool:
    """Whether most of the texts are numbers, certificates or addresses of persons.

    >>> looks_personal(pl.Series(["13812345678", "+49 89 1234567", "a@b.cn"])), looks_personal(pl.Series(["K100130"]))
    (True, False)
    """
    bare = meant(text).drop_nulls()
    return bare.len() > 0 and 2 * int(is_person(bare).sum()) > bare.len()


def attribute_names(headers: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Name an attribute after its header, as readable as it was: header -> ``x_<name>``, none of those taken.

    >>> attribute_names(["Senior Citizen", "是否4G客户（本地）"])
    {'Senior Citizen': 'x_Senior_Citizen', '是否4G客户（本地）': 'x_是否4G客户_本地'}
    """
    names: dict[str, str] = {}
    for header in headers:
        plain = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", header)).strip("_") or "column"
        name, copy = f"x_{plain}", 1
        while name in {*taken, *names.values()}:
            copy += 1
            name = f"x_{plain}_{copy}"
        names[header] = name
    return names
