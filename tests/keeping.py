"""What a stage keeps, in memory: what tests read is small."""

import polars as pl

__all__ = ["kept"]


def kept(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The same rows, computed once; without it every look at an extract reads and cleans it anew."""
    return frame.collect().lazy()
