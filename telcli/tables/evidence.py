"""What a reject shows of the row it refuses: its values as text, masked where they may be personal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

__all__ = ["evidence", "identifiers", "masked_column", "masked_id", "shown"]

_LONG = 1e7
_OF_PERSONS = frozenset(
    (
        *("customer_id", "account_id", "subscription_id", "payment_id", "contact_id", "group_id", "household_id"),
        *("subject_id", "entity", "counterpart", "source_key", "value", "text", "evidence"),
    )
)
"""Columns that name persons, their lines or papers, or hold what was written of them."""
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


def identifiers(schema: Mapping[str, pl.DataType]) -> list[str]:
    """The columns of text that name persons or what is theirs, by their names, and what people wrote.

    >>> identifiers({"customer_id": pl.String(), "plan_id": pl.String(), "text": pl.String(), "branch": pl.String()})
    ['customer_id', 'text']
    """
    return [name for name, kind in schema.items() if kind == pl.String and name in _OF_PERSONS]


def masked_column(name: str) -> pl.Expr:
    """A column of identifiers as `masked_id` shows one.

    >>> pl.DataFrame({"customer_id": ["13812345678", None]}).select(masked_column("customer_id")).to_series().to_list()
    ['138******78', None]
    """
    return _masked(pl.col(name).str.replace_all(_DIGITS, "$1******$2")).alias(name)


def _masked(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(_MAIL, "***@***").str.replace_all(_HAN, "$1**").str.slice(0, 40)
