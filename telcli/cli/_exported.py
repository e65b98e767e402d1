"""What telcli export says it wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telcli.cli._words import tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.pipeline.export import Exported

__all__ = ["tell"]


def tell(call: Call, found: Exported) -> None:
    """Print which file holds how many rows."""
    said = tr("{table}: {rows} rows to {path}", table=found.table, rows=f"{found.rows:,}", path=found.path)
    call.out.result(
        lambda: [said],
        as_of=found.as_of,
        outputs=[{"table": found.table, "path": str(found.path), "rows": found.rows}],
        metrics={"masked": list(found.masked)},
        notices=found.notices,
    )
