"""``telcli status``."""

from __future__ import annotations

from telcli.cli import _state
from telcli.cli._options import Call, Sources, command


@command()
def status(call: Call, sources: Sources = None) -> None:
    """Show what the working directory holds, what is stale, and what to run next.

    A stage is stale when its inputs, settings or seed, or telcli itself, have changed since it ran. Name SOURCES to
    compare the extracts too.
    """
    from telcli.pipeline.status import status as look

    found = look(call.request(sources=sources or ()))
    more = _state.payload(found, call.given())
    call.out.result(lambda: _state.view(found, call.given(), verbose=call.verbose), as_of=found.as_of, **more)
