"""Where a command has customers worked on: options of every command whose stage can have it done elsewhere."""

from __future__ import annotations

from typing import Annotated

from telcli.cli._options import setting

__all__ = ["ENGINE"]

_ANY = "customer-months"
"""A stage with these settings: what they mean is the same in all."""

ENGINE = {
    "engine": Annotated[str | None, setting(_ANY, "engine", "--engine")],
    "master": Annotated[str | None, setting(_ANY, "master", "--master", metavar="URL")],
}
