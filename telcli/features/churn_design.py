"""From a table of customers to the numbers a churn model reads, and back to names.

A design is learned once from the training rows: which columns are used, as what, and with which categories. It then
turns any such table into the same matrix, this month's or next year's, and is kept beside the saved model.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import DataError
from telcli.features.text_codes import as_code

__all__ = ["ChurnDesign", "Feature", "digests", "learn_design"]

_MOST_LEVELS, _MOST_SHOWN, _HEX = 10_000, 60, 16
"""Levels of a category, of one whose values are kept as they are, and hexadecimal digits of a digest."""
_IDENTIFIER = re.compile(
    r"(^|[_\s])(id|no|nr|key|code|number|uuid|guid)$|(编号|编码|号码|标识|流水号)$|^(id|uuid)", re.IGNORECASE
)
_CODE = re.compile(r"(?i:(^|[_\s])(id|code|key|zip|postcode)$)|(?<=[a-z])(Id|ID|Code)$|(编码|编号|代码|邮编|邮政编码)$")
"""Whole numbers of such a name are names of things, not amounts: 2 is not between 1 and 3."""


@dataclass(frozen=True)
class Feature:
    """One column of the matrix.

    `kind` is ``number``, ``flag`` (0, 1), ``date`` (days before the snapshot) or ``category`` (codes of `levels`;
    the code after the last is any other value where `rest` says that rare ones were seen). Levels of a `hashed` one are
    digests of its values, see `digests`.
    """

    name: str
    kind: str
    levels: tuple[str, ...] = ()
    rest: bool = False
    hashed: bool = False

    def as_levels(self, values: pl.Series) -> pl.Series:
        """Values of a category as its levels have them; null stays null."""
        text = values.to_frame("value").select(as_code(pl.col("value"))).to_series()
        return digests(text, self.name) if self.hashed else text

    def expression(self) -> pl.Expr:
        """The column as Float64; a gap, or a value that is not finite, is NaN."""
        column = pl.col(self.name)
        if self.kind == "date":
            found = (pl.col("month") - column).dt.total_days().cast(pl.Float64)
        elif self.kind == "category":
            text = as_code(column)
            if self.hashed:
                text = text.map_batches(partial(digests, column=self.name), return_dtype=pl.String)
            other = float(len(self.levels)) if self.rest else None
            codes = [float(code) for code in range(len(self.levels))]
            known = text.replace_strict(list(self.levels), codes, default=other, return_dtype=pl.Float64)
            found = pl.when(text.is_null()).then(None).otherwise(known)
        else:
            found = column.cast(pl.Float64)
            found = pl.when(found.is_finite()).then(found)
        return found.fill_null(float("nan")).alias(self.name)


@dataclass(frozen=True)
class ChurnDesign:
    """The features of a model, in order, and why other columns are not among them."""

    features: tuple[Feature, ...]
    left_out: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names, in the matrix's order."""
        return tuple(feature.name for feature in self.features)

    @property
    def categorical(self) -> tuple[int, ...]:
        """Positions of category columns."""
        return tuple(j for j, feature in enumerate(self.features) if feature.kind == "category")

    def matrix(self, frame: pl.DataFrame) -> NDArray[np.float32]:
        """Customers x features. A column that the table lacks is all gaps; `month` must be the snapshot."""
        found = np.empty((frame.height, len(self.features)), dtype=np.float32, order="F")
        for j, feature in enumerate(self.features):
            if feature.name in frame.columns:
                found[:, j] = frame.select(feature.expression()).to_series().to_numpy()
            else:
                found[:, j] = np.nan
        return found

    def without(self, names: set[str], why: str) -> ChurnDesign:
        """The same design less some columns."""
        kept = tuple(feature for feature in self.features if feature.name not in names)
        dropped = {name: why for name in self.names if name in names}
        return ChurnDesign(kept, {**self.left_out, **dropped})

    def never(self, names: list[str], why: str) -> ChurnDesign:
        """The same design, with columns on record that were not offered to it."""
        return ChurnDesign(self.features, {**self.left_out, **dict.fromkeys(names, why)})

    def describe(self) -> list[dict[str, Any]]:
        """The features as JSON."""
        return [{**asdict(feature), "levels": list(feature.levels)} for feature in self.features]


def learn_design(frame: pl.DataFrame, columns: list[str], *, level_rows: int = 5) -> ChurnDesign:
    """Choose what to use of `columns`, from the training rows alone.

    Left out, with the reason: columns that are empty or constant, identifiers (every value different, and a name that
    says so or numbers in a row), text with nearly as many values as rows, and text of which no value has `level_rows`
    rows. Values that have fewer are taken together. Whole numbers named as codes (region code, 机构编码) are
    categories. Of a free attribute (`x_`) with more than 60 values only digests of them are kept: it may name persons.

    >>> table = pl.DataFrame({"month": [None] * 10, "x_a": ["p", "q"] * 5, "x_b": [1] * 10})
    >>> design = learn_design(table, ["x_a", "x_b"])
    >>> design.names, design.left_out
    (('x_a',), {'x_b': 'constant'})
    """
    if not frame.height:
        raise DataError("no-rows", "There are no customers to learn from.")
    used, left_out = [], {}
    for name in columns:
        column = frame.get_column(name)
        why = _unusable(column)
        feature = None if why else _feature(column, level_rows)
        if feature is None:
            left_out[name] = why or "few rows per value"
        else:
            used.append(feature)
    return ChurnDesign(tuple(used), left_out)


def digests(values: pl.Series, column: str) -> pl.Series:
    """Texts as the first 16 hexadecimal digits of the SHA-256 of `column|text`: alike in every run, told by no result.

    They keep values out of sight. Who can guess a value can still check the guess, for no secret is in them.

    >>> digests(pl.Series(["a", None]), "x_dealer").to_list()
    ['5489805da4dbfa05', None]
    """
    distinct = values.drop_nulls().unique()
    made = [hashlib.sha256(f"{column}|{value}".encode()).hexdigest()[:_HEX] for value in distinct]
    return values.replace_strict(distinct, pl.Series(made, dtype=pl.String), default=None, return_dtype=pl.String)


def _unusable(column: pl.Series) -> str:
    known = column.drop_nulls()
    if known.dtype.is_float():
        known = known.filter(known.is_finite())
    if not len(known):
        return "empty"
    different = known.n_unique()
    if different == 1 and len(known) == len(column):
        return "constant"
    if different == 1 and known.dtype == pl.Boolean:
        return ""
    if known.dtype == pl.String:
        return _unusable_text(known, different)
    if known.dtype.is_numeric() and different == len(known) >= 20 and _numbered(known):
        return "identifier"
    return ""


def _unusable_text(known: pl.Series, different: int) -> str:
    if different == len(known) >= 20:
        return "identifier"
    if different > max(10, 0.5 * len(known)) or (different == len(known) and len(known) > 2):
        return "near-unique text"
    return ""


def _numbered(known: pl.Series) -> bool:
    """Whole numbers, all different, that count rows or whose name says they identify."""
    whole = known.dtype.is_integer() or bool((known == known.round()).all())
    if not whole:
        return False
    span = float(known.max()) - float(known.min())  # type: ignore[arg-type]
    return span + 1 == len(known) or bool(_IDENTIFIER.search(known.name.removeprefix("x_")))


def _names_things(column: pl.Series) -> bool:
    """Whole numbers whose name says that they are codes, of fewer values than half the rows."""
    known = column.drop_nulls()
    return (
        column.name.startswith("x_")
        and bool(_CODE.search(column.name.removeprefix("x_")))
        and 2 * known.n_unique() <= len(known)
        and (known.dtype.is_integer() or bool((known == known.round()).all()))
    )


def _feature(column: pl.Series, level_rows: int) -> Feature | None:
    if column.dtype == pl.Boolean:
        return Feature(column.name, "flag")
    if column.dtype in (pl.Date, pl.Datetime):
        return Feature(column.name, "date")
    if column.dtype.is_numeric():
        yes_no = column.name.startswith("x_") and bool(((column == 0) | (column == 1)).all())
        if yes_no or not _names_things(column):
            return Feature(column.name, "flag" if yes_no else "number")
    texts = column.to_frame().select(as_code(pl.col(column.name))).to_series()
    hashed = column.name.startswith("x_") and texts.drop_nulls().n_unique() > _MOST_SHOWN
    counts = texts.drop_nulls().value_counts(name="rows").sort(["rows", column.name], descending=[True, False])
    kept = counts.filter(pl.col("rows") >= level_rows).head(_MOST_LEVELS).get_column(column.name)
    rest = len(kept) < counts.height
    levels = tuple(digests(kept, column.name) if hashed else kept)
    return Feature(column.name, "category", levels, rest=rest, hashed=hashed) if levels else None
