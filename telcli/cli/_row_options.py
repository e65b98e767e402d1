"""Options of commands that choose rows of a table: which table, which rows and columns, how many, and written how."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from telcli.cli._complete import columns, table_names

__all__ = [
    "Columns",
    "Encoding",
    "FileLimit",
    "GivenEncoding",
    "Limit",
    "RowFormat",
    "Table",
    "Where",
    "where_option",
]


def where_option(meaning: str) -> Any:
    """A condition on rows; `meaning` says of what.

    >>> where_option("Only these.").metavar
    'CONDITION'
    """
    return typer.Option("--where", metavar="CONDITION", help=meaning)


def _limit(meaning: str) -> Any:
    return typer.Option("--limit", metavar="N", min=0, help=meaning)


Table = Annotated[str, typer.Argument(metavar="TABLE", help="A table's name.", autocompletion=table_names)]
Columns = Annotated[
    str | None,
    typer.Option("--columns", metavar="A,B", help="Only these columns, in this order.", autocompletion=columns),
]
Where = Annotated[str | None, where_option('Only rows that meet it, as in SQL: "amount > 100".')]
Limit = Annotated[int | None, _limit("At most so many rows; all of them, or 20 on the screen.")]
FileLimit = Annotated[int | None, _limit("At most so many rows.")]
"""Of what is written to a file, which has all rows."""
_OF_CSV = typer.Option(
    "--encoding", case_sensitive=False, help="Of CSV; utf-8-sig opens in Excel, gb18030 in older ones."
)
Encoding = Annotated[Literal["utf-8", "utf-8-sig", "gb18030"], _OF_CSV]
GivenEncoding = Annotated[Literal["utf-8", "utf-8-sig", "gb18030"] | None, _OF_CSV]
"""Of commands that may write no file."""
RowFormat = Annotated[
    Literal["human", "json", "csv", "quiet"],
    typer.Option(
        "--format",
        case_sensitive=False,
        help="What to print: for people, one JSON object, CSV with a header, or nothing.",
    ),
]
"""Of commands that print rows."""
