"""Which periods the report is asked for."""

from __future__ import annotations

from telcli.errors import UsageError
from telcli.settings.names_in import names_in

__all__ = ["PERIODS", "periods_of"]

PERIODS = ("month", "quarter", "year")


def periods_of(text: str) -> list[str]:
    """Kinds of periods, each once, from the shortest; the month where none is named.

    Raises
    ------
    UsageError
        There is no such period.

    >>> periods_of("year, Month,year"), periods_of("")
    (['month', 'year'], ['month'])
    """
    asked = names_in(text.lower())
    for name in asked:
        if name not in PERIODS:
            raise UsageError(
                "report-period-unknown",
                "telcli report knows no period {period}.",
                hint="It knows {known}, and which one by the month: --period quarter --as-of 2024-06",
                period=name,
                known=", ".join(PERIODS),
            )
    return [name for name in PERIODS if name in asked] or ["month"]
