"""One hash over all figures of a report: the same data, the same hash."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

__all__ = ["DIGITS", "content_hash"]

DIGITS = 12
"""Significant digits of a number that count: what lies beyond may differ by the processor that added up."""


def content_hash(figures: pl.DataFrame, currency: str) -> str:
    """SHA-256 over the figures of a month, as 64 hexadecimal digits.

    Parameters
    ----------
    figures : polars.DataFrame
        A month of report_figures; the order of its rows does not count.
    currency : str
        Code of the currency that amounts are in.

    Returns
    -------
    str
        Hash of one line of JSON for the month and the currency, and one for each figure in order of section, row and
        metric: these three, the number with `DIGITS` significant digits, the text in English and in Chinese. Neither
        the language nor the kind of file that a report is written in changes it.

    >>> import polars as pl
    >>> from datetime import date
    >>> row = {"as_of": date(2024, 6, 1), "section": "kpi", "row": 1, "metric": "customers", "value": 12.0}
    >>> one, other = (pl.DataFrame([row | {"value": n, "text": None, "text_zh": None}]) for n in (12.0, 13.0))
    >>> content_hash(one, "CNY")[:12], content_hash(one, "CNY") == content_hash(other, "CNY")
    ('07db1d00bcff', False)
    """
    made = sha256()
    months = [f"{month:%Y-%m}" for month in figures["as_of"].unique().sort()]
    lines: list[list[Any]] = [[*months, currency]]
    ordered = figures.sort("section", "row", "metric", "value", "text", "text_zh")
    for *place, value, text, zh in ordered.select("section", "row", "metric", "value", "text", "text_zh").iter_rows():
        lines.append([*place, None if value is None else f"{value + 0.0:.{DIGITS}g}", text, zh])
    for line in lines:
        made.update(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    return made.hexdigest()
