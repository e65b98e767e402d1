"""Tables of a stage on its screen: the first rows of each under their heads, and where the others are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from telcli.cli._aligned import aligned
from telcli.cli._words import tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.pipeline.run import StageRun

__all__ = ["Limit", "first_rows", "others", "rows_of"]

Limit = Annotated[int, typer.Option("--limit", metavar="N", min=0, help="The most rows shown of each table.")]


def rows_of(call: Call, run: StageRun, names: Iterable[str]) -> dict[str, Any]:
    """All rows of tables that the run gave, by table."""
    from telcli.pipeline.show import read

    return {name: read(call.workdir, name, run.as_of).frame.collect().to_dicts() for name in names}


def first_rows(
    heads: Sequence[str],
    lines: Iterable[Sequence[str]],
    right: Sequence[int],
    limit: int,
    table: str,
    total: int | None = None,
) -> Iterator[str]:
    """At most `limit` lines under their heads, those of columns `right` to the right; `total` is all there are.

    >>> list(first_rows(("who", "n"), [["a", "1"], ["b", "12"]], [1], 1, "alerts"))
    ['    who  n', '    a    1', '    1 of 2 rows. All: telcli show alerts']
    """
    every = list(lines)
    shown = every[:limit]
    if shown:
        yield from aligned([[tr(head) if head else "" for head in heads], *shown], right, indent=4)
    yield from others(len(shown), len(every) if total is None else total, table)


def others(shown: int, total: int, table: str) -> Iterator[str]:
    """Where the rows are that are not shown; nothing where all are."""
    if shown < total:
        yield "    " + tr("{shown} of {total} rows. All: telcli show {table}", shown=shown, total=total, table=table)
