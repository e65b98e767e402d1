"""How `telcli purge` tells what it removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from telcli.cli._stage_view import row_count
from telcli.cli._words import tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.pipeline.purge import Purged

__all__ = ["tell"]


def tell(call: Call, done: Purged) -> None:
    """Print the rows that went, by table, and the pages."""

    def human() -> Iterator[str]:
        yield tr("Removed: {customer}", customer=done.customer_id)
        for table, rows in done.removed.items():
            yield f"  {table:<18}{row_count(rows):>16}"
        for page in done.pages:
            yield f"  {page}"
        for sheet in done.sheets:
            yield "  " + tr("{file}: the person's rows; the others stay", file=sheet)

    metrics = {
        "customer_id": done.customer_id,
        "removed": dict(done.removed),
        "pages": list(done.pages),
        "sheets": list(done.sheets),
        "models": list(done.models),
    }
    call.out.result(human, as_of=call.as_of, metrics=metrics, notices=done.notices)
