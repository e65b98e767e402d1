"""``telcli customer``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _card
from telcli.cli._options import Call, command

_Id = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="The customer_id, else the customer's key in a source system, a line, or a whole number or certificate.",
    ),
]

_Key = Annotated[bool, typer.Option("--key", help="ID is the customer's key in a source system.")]


@command()
def customer(call: Call, id: _Id, key: _Key = False) -> None:
    """Show one customer on one screen.

    Who it is, risk of leaving with its reasons, value and segment, lines, the last months, contacts, payments,
    campaigns, where systems disagree, and which systems know the customer. Numbers of persons are pseudonyms here too.
    Nothing is written, so it works while another command does.
    """
    from telcli.pipeline.customer import customer as look

    _card.tell(call, look(call.workdir, id, call.as_of, by_key=key))
