"""How much of one file is taken in: far more than any export holds, and less than would fill the memory.

They stand here once, for whoever has to raise one; what each refusal advises needs no change of them.
"""

from __future__ import annotations

__all__ = ["CELLS", "COLUMNS", "LINE", "LISTING", "RAGGED", "SHEETS", "TEXT", "TEXTS"]

COLUMNS = 5_000
"""Columns of one table: the widest tables of operators that are known have some hundreds."""
CELLS = 10_000_000
"""Blank cells of one web page, merged and skipped ones, for which a few bytes can ask."""
SHEETS = 500
"""Tables of one workbook or web page."""
LINE = 1 << 26
"""Bytes of one line of a text."""
LISTING = 4 << 20
"""Bytes of an archive's list of the files in it."""
RAGGED = 2_000_000
"""Lines of a text that are blank or too short."""
TEXT = 1 << 20
"""Bytes of one text in a workbook: spreadsheet programs write 32,767 letters at most."""
TEXTS = 600 << 20
"""Bytes of all the texts of one workbook, those that many cells share counted for each."""
