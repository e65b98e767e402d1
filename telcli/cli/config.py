"""``telcli config``."""

from __future__ import annotations

from telcli.cli import _settings
from telcli.cli._options import Call, command


@command()
def config(call: Call) -> None:
    """Show each setting, its value, and where it came from.

    A value comes from the command line, else the environment, else telcli.toml, else the default.
    """
    from telcli.api.settled import collect

    found = collect(call.workdir, call.flags())
    call.out.result(lambda: _settings.view(found), as_of=call.as_of, settings=found)
