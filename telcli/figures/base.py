"""The long table of figures, and the rule that keeps small groups of people out of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

__all__ = ["SCHEMA", "Figures", "hidden"]

SCHEMA = {
    "as_of": pl.Date,
    "section": pl.String,
    "row": pl.Int64,
    "metric": pl.String,
    "value": pl.Float64,
    "text": pl.String,
    "text_zh": pl.String,
}


class Figures:
    """Collects figures in order; `frame` gives them as the report_figures table.

    A number goes to `value`, a text to `text` and `text_zh`; None and NaN are left out.

    >>> figures = Figures()
    >>> figures.put("kpi", 1, "customers", 12)
    >>> figures.put("segments", 1, "name", "Talkers", "语音型")
    >>> figures.frame(date(2024, 6, 1)).select("row", "metric", "value", "text_zh").rows()
    [(1, 'customers', 12.0, None), (1, 'name', None, '语音型')]
    """

    def __init__(self) -> None:
        self._rows: list[tuple[str, int, str, float | None, str | None, str | None]] = []

    def put(self, section: str, row: int, metric: str, found: float | str | None, zh: str | None = None) -> None:
        """Add one figure; a text without `zh` is the same in both languages."""
        if isinstance(found, str):
            self._rows.append((section, row, metric, None, found, zh or found))
        elif found is not None and math.isfinite(found):
            self._rows.append((section, row, metric, float(found), None, None))

    def block(self, section: str, rows: Iterable[Mapping[str, Any]], texts: Sequence[str] = ()) -> None:
        """Add rows numbered from 1; of `texts`, the Chinese form stands under the same name with ``_zh``."""
        for number, row in enumerate(rows, 1):
            for name, found in row.items():
                if name.removesuffix("_zh") not in texts:
                    self.put(section, number, name, found)
                elif not name.endswith("_zh"):
                    self.put(section, number, name, found, row.get(f"{name}_zh"))

    def frame(self, as_of: date) -> pl.DataFrame:
        """Everything so far, as the table of this month."""
        rows = [(as_of, *row) for row in self._rows]
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def hidden(counts: Sequence[int], least: int, also: Sequence[bool] = ()) -> list[bool]:
    """Tell which groups are too small to show, and which others must go so that sums do not betray them.

    A group of 1 to ``least - 1`` people is hidden. Were it the only one, the total less the others would give it
    away: the next smallest group then goes too. Empty groups tell nothing and stay. `also` are groups that are hidden
    elsewhere, and so are here.

    >>> hidden([120, 4, 60, 30], 10), hidden([120, 4, 6, 30], 10), hidden([120, 60], 10)
    ([False, True, False, True], [False, True, True, False], [False, False])
    """
    told = also or [False] * len(counts)
    mask = [0 < count < least or (gone and count > 0) for count, gone in zip(counts, told, strict=True)]
    lost = sum(count for count, gone in zip(counts, mask, strict=True) if gone)
    if lost > 0 and (sum(mask) == 1 or lost < least):
        rest = [(count, place) for place, count in enumerate(counts) if not mask[place] and count > 0]
        if rest:
            mask[min(rest)[1]] = True
    return mask
