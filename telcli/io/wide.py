"""Tables of more columns than any system exports, which would take hours to make sense of."""

from __future__ import annotations

from telcli.errors import DataError
from telcli.io.limits import COLUMNS

__all__ = ["refuse_wide"]


def refuse_wide(name: str, columns: int) -> None:
    """Raise where one table, called `name`, has more columns than are read.

    >>> refuse_wide("bills.csv", 12)

    Raises
    ------
    DataError
        It has.
    """
    if columns > COLUMNS:
        raise DataError(
            "table-wide",
            "{file} has more than {most} columns, which are not read of one table.",
            hint="Export the columns that are needed, or a row for each customer and value.",
            file=name,
            most=COLUMNS,
        )
