"""A file that the command line of a stage named, read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from telcli.errors import Notice

__all__ = ["Opened"]


@dataclass(frozen=True)
class Opened:
    """What was read of one file: its name as the analyst may be told it, its rows, and what there is to say of it."""

    name: str
    frame: pl.DataFrame
    notices: tuple[Notice, ...] = ()
