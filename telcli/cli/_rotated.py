"""How `telcli rotate-key` tells what it wrote anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from telcli.cli._stage_view import row_count
from telcli.cli._words import tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.pipeline.rotate import Rotated

__all__ = ["tell"]


def tell(call: Call, done: Rotated) -> None:
    """Print the keys, and the tables and files that have other pseudonyms now."""

    def human() -> Iterator[str]:
        yield tr("Keys: {before} -> {after} ({place})", before=done.before, after=done.after, place=done.place)
        for table, rows in done.tables.items():
            yield f"  {table:<18}{row_count(rows):>16}"
        for file in done.files:
            yield f"  {file}"

    metrics = {"before": done.before, "after": done.after, "tables": dict(done.tables), "files": list(done.files)}
    call.out.result(human, metrics=metrics, notices=done.notices)
