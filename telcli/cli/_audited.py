"""The audit log on the screen, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from telcli.cli._aligned import aligned
from telcli.cli._stage_view import failed
from telcli.cli._words import tr
from telcli.tables.masking import plain

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.errors import TelcliError
    from telcli.pipeline.audit import Audit

__all__ = ["tell"]

_SHOWN = ("at", "user", "host", "command", "table", "rows", "to")


def tell(call: Call, found: Audit, failure: TelcliError | None) -> None:
    """Print a line for each entry, the oldest first."""
    metrics = {
        "entries": found.entries,
        "lines": found.lines,
        "last": found.last,
        "broken": [asdict(one) for one in found.breaks],
    }
    call.out.result(lambda: _view(found), metrics=metrics, **failed(failure))


def _view(found: Audit) -> Iterator[str]:
    rows = [[_cell(one, name) for name in _SHOWN] for one in found.entries]
    if rows:
        yield from aligned([[tr(name) for name in _SHOWN], *rows], right=(5,))
    yield tr("{shown} of {total} lines; the last is {last}", shown=len(rows), total=found.lines, last=found.last or "-")


def _cell(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    if name == "rows":
        value = value if value is not None else entry.get("rows_at_most") or sum(entry.get("tables", {}).values())
        return f"{value:,}" if isinstance(value, int) else ""
    if name == "at":
        return plain(str(value or ""))[:19].replace("T", " ")
    if name == "table" and not value:
        value = ", ".join(map(str, entry.get("tables", ())))
    return plain(str(value or ""))
