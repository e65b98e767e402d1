"""Settings that were given and would change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telcli.errors import UsageError

if TYPE_CHECKING:
    from telcli.pipeline.request import Request

__all__ = ["refuse_unused"]

_FINDING = ("algorithm", "max_segments")
"""How segments are found; what is said of a number asked for the stage tells itself."""


def refuse_unused(request: Request) -> None:
    """Refuse settings of `segment` that say how segments are found, where none are.

    Raises
    ------
    UsageError
        One was given, and customers join the segments that there are.
    """
    given = next((name for name in _FINDING if request.flags.get(name) is not None), None)
    if given is None:
        return
    from telcli.pipeline.run import settle

    if settle("segment", request)[0].refit == "never":
        raise UsageError(
            "segment-option-unused",
            "{option} does nothing where customers join the segments that there are.",
            hint="Leave {option} out, or find segments anew with --refit.",
            option=f"--{given.replace('_', '-')}",
        )
