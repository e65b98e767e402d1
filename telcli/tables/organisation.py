"""Levels of an operator's organisation: which branches make a local network, which of these a province, and so on."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

__all__ = ["Organisation", "placed"]


@dataclass(frozen=True)
class Organisation:
    """How branches belong together.

    Parameters
    ----------
    levels : names of the levels, the smallest first.
    table : a row per value of the smallest, with those above it; None where customers have a column for each level.
    file : what the table was read from; empty where there is none.
    """

    levels: tuple[str, ...]
    table: pl.DataFrame | None = None
    file: str = ""

    @property
    def own(self) -> tuple[str, ...]:
        """The levels that customers have a column for."""
        return self.levels if self.table is None else self.levels[:1]

    @property
    def above(self) -> tuple[str, ...]:
        """The levels that are worked out."""
        return () if self.table is None else self.levels[1:]


def placed(frame: pl.LazyFrame, organisation: Organisation) -> pl.LazyFrame:
    """Rows with the levels above that of their own; null where the smallest, or what is above it, is not known.

    >>> of = Organisation(("branch", "province"), pl.DataFrame({"branch": ["N"], "province": ["P"]}))
    >>> placed(pl.LazyFrame({"branch": ["N", "S", None]}), of).collect()["province"].to_list()
    ['P', None, None]
    """
    if organisation.table is None:
        return frame
    return frame.join(organisation.table.lazy(), on=organisation.levels[0], how="left", maintain_order="left")
