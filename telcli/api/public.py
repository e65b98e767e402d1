"""What `import telcli` offers, found by name when it is asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["NAMES", "public"]

_READY = {
    "looking": (
        *("config", "cube", "customer", "diff", "export", "metrics", "read", "scan", "schema", "status", "suggest"),
    ),
    "checking": ("verify", "migrate"),
    "looking_back": ("audit",),
    "making": ("gc", "merge", "purge", "rotate_key"),
    "results": ("Result", "Results"),
}
"""Modules of this room, and what is written out in them; the other functions are made of the settings."""
_WALKS = ("ingest", "run")


def _stages() -> tuple[str, ...]:
    from telcli.api.stages import STAGE_FUNCTIONS

    return tuple(STAGE_FUNCTIONS)


NAMES = (*_WALKS, *_stages(), "simulate", *(name for names in _READY.values() for name in names))
"""In the order in which they are documented."""


@cache
def public(name: str) -> Any:
    """A function or class by its name under `telcli`.

    >>> public("segment").__module__, public("Result").__name__
    ('telcli', 'Result')
    """
    for module, names in _READY.items():
        if name in names:
            return getattr(import_module(f"telcli.api.{module}"), name)
    if name in _WALKS:
        from telcli.api.walks import walk_function

        return walk_function(name)
    if name == "simulate":
        from telcli.api.making import simulate_function

        return simulate_function()
    from telcli.api.stages import stage_function

    return stage_function(name)
