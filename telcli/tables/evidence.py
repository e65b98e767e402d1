"""What a reject shows of the row it refuses: its values as text, masked where they may be personal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

__all__ = ["evidence", "masked_column", "masked_id", "shown"]

_LONG = 1e7
_OF_PERSONS = frozenset(("counterpart", "source_key", "value"))
"""Columns that may name persons."""
_PSEUDONYM = "^[0-9a-f]{32}$"
"""What stands for a number of a person already; nothing of it is to be hidden."""
_DIGITS, _HAN, _MAIL = r"(\d{3})\d{4,}(\d{2})", r"(\p{Han})\p{Han}{1,3}", r"[^\s@]+@[^\s@]+"


def shown(name: str, kind: pl.DataType) -> pl.Expr:
    """A value as rejects may show it: a number as long as that of a telephone is told by its size alone."""
    value = pl.col(name)
    if kind.is_float():
        value = pl.when(value.abs() < _LONG).then(value).otherwise(value.round_sig_figs(2))
    return value.cast(pl.String).str.replace_all(_DIGITS, "$1******$2")


def evidence(names: Sequence[str], have: Mapping[str, pl.DataType], when: pl.Expr | None = None) -> pl.Expr:
    """The values of several columns, in their order, parted by commas; null where `when` does not hold.

    >>> rows = pl.DataFrame({"id": ["C1", "13812345678"], "fee": [1.5, None]})
    >>> rows.select(evidence(["id", "fee"], rows.schema)).to_series().to_list()
    ['C1, 1.5', '138******78, -']
    """
    parts = []
    for name in names:
        if name in have:
            text = shown(name, have[name])
            masked = _masked(text) if have[name] == pl.String else text
            parts.append(masked.fill_null("-"))
    whole = pl.concat_str(parts, separator=", ") if parts else pl.lit(None, dtype=pl.String)
    return whole if when is None else pl.when(when).then(whole)


def masked_id(name: str) -> str:
    """An identifier as `evidence` shows it.

    >>> masked_id("13812345678"), masked_id("C0001")
    ('138******78', 'C0001')
    """
    return str(pl.select(_masked(pl.lit(name).str.replace_all(_DIGITS, "$1******$2"))).item())


def masked_column(name: str, kind: pl.DataType) -> pl.Expr:
    """A column as others may see it: without the middle digits of what could be a number, and without addresses.

    The operator's own columns and what sources said are also without names; text is never cut. Identifiers (``_id``)
    are only masked where they have the shape of a number or a certificate of a person, so that they still tell rows
    apart.

    >>> frame = pl.DataFrame({"customer_id": ["13812345678"], "x_note": ["李雷，13912345678"], "branch": ["云泽1网格"]})
    >>> frame.select(masked_column(name, kind) for name, kind in frame.schema.items()).row(0)
    ('138******78', '李**，139******78', '云泽1网格')
    >>> pl.DataFrame({"subject_id": ["U9000002301"]}).select(masked_column("subject_id", pl.String())).item()
    'U9000002301'
    """
    value = pl.col(name)
    if kind != pl.String:
        return value
    if name.endswith("_id"):
        return _numbers(value).str.replace_all(_MAIL, "***@***").alias(name)
    text = value.str.replace_all(_DIGITS, "$1******$2").str.replace_all(_MAIL, "***@***")
    text = text.str.replace_all(_HAN, "$1**") if _personal(name) else text
    return pl.when(value.str.contains(_PSEUDONYM)).then(value).otherwise(text).alias(name)


def _numbers(value: pl.Expr) -> pl.Expr:
    """Without the middle of mobile numbers, numbers with a country's code, and certificates of 15 or 18 signs."""
    for shape in (r"\b(1[3-9]\d)\d{6}(\d{2})\b", r"(\+\d{2})\d{5,}(\d{2})\b", r"\b(\d{3})\d{10,13}(\d[\dXx])\b"):
        value = value.str.replace_all(shape, "$1******$2")
    return value


def _personal(name: str) -> bool:
    """Whether a column may hold names of customers."""
    return name.startswith("x_") or name in _OF_PERSONS


def _masked(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(_MAIL, "***@***").str.replace_all(_HAN, "$1**").str.slice(0, 40)
