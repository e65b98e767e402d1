"""A customer's card as JSON, and on the screen."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.pipeline.customer import Card

__all__ = ["payload", "tell"]

_WIDEST = 100


def tell(call: Call, found: Card) -> None:
    """Print the card."""

    def human() -> Any:
        from telcli.cli._card_view import View

        width = min(shutil.get_terminal_size((80, 24)).columns, _WIDEST)
        return View(found, width, currency_of(call), verbose=call.verbose).lines()

    shown = human() if call.out.human else ()
    call.out.result(lambda: shown, as_of=found.as_of, notices=found.notices, **payload(call, found))


def payload(call: Call, found: Card) -> dict[str, Any]:
    """The JSON of a card: `customer` holds it all, `absent` the sections that are not there and why."""
    body = found.body
    rows = {table: count for table, count in found.rows.items() if count}
    return {
        "outputs": [{"table": name, "path": str(call.workdir / name), "rows": count} for name, count in rows.items()],
        "metrics": {
            "lines": len(body["lines"]),
            "months": len(body["months"]["months"]),
            "contacts": body["contacts_in_all"],
            "contacts_open": body["contacts_open"],
            "conflicts": len(body["conflicts"]),
            "systems": len({row["system"] for row in body["systems"]}),
        },
        "customer": {"found_by": found.found_by, **body},
        "absent": found.absent,
    }


def currency_of(call: Call) -> str:
    """The operator's currency, a code such as CNY."""
    from telcli import settings

    found: str = settings.settled("general", call.workdir, call.flags()).currency
    return found
