"""``telcli purge``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli import _purged
from telcli.cli._options import Call, Wait, command

_Customer = Annotated[
    str,
    typer.Option(
        "--customer",
        metavar="ID",
        help="Whom: the customer_id, or the whole telephone number or certificate.",
        show_default=False,
    ),
]


@command()
def purge(call: Call, customer: _Customer, wait: Wait = 0.0) -> None:
    """Remove one person from every table.

    The person's rows, lines, keys of other systems and pages that name the person go at one instant, and later ingests
    leave the person out. A number or certificate is put under the key of pseudonyms to find whose it is; it is kept
    nowhere. The results are stale then: make them anew with telcli run.
    """
    from telcli.pipeline.purge import purge as remove

    call.refuse_month()
    _purged.tell(call, remove(call.workdir, customer, wait))
