"""``telcli segment``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell
from telcli.errors import UsageError

_Refit = Annotated[
    bool | None,
    typer.Option(
        "--refit/--no-refit",
        help="Find segments anew, or let customers join those of the snapshot before.",
        show_default="refit",
    ),
]


def _refuse_unused(call: Call, flags: Mapping[str, Any]) -> None:
    """Options that say how segments are found, where none are: a number asked for is told of by the stage itself."""
    from telcli import settings

    given = next((name for name in ("algorithm", "max_segments") if flags[name] is not None), None)
    if given is None:
        return
    file = settings.config_file(call.workdir)
    resolved = settings.resolve("segment", flags, settings.read_config(file), str(file or "telcli.toml"))
    if resolved.values.refit == "never":
        raise UsageError(
            "segment-option-unused",
            "{option} does nothing where customers join the segments that there are.",
            hint="Leave {option} out, or find segments anew with --refit.",
            option=f"--{given.replace('_', '-')}",
        )


@command(writes=True)
def segment(
    call: Call,
    n_segments: Annotated[int | None, setting("segment", "n_segments", "--n-segments")] = None,
    algorithm: Annotated[str | None, setting("segment", "algorithm", "--algorithm")] = None,
    max_segments: Annotated[int | None, setting("segment", "max_segments", "--max-segments")] = None,
    refit: _Refit = None,
    compare_with: Annotated[str | None, setting("segment", "compare_with", "--compare-with", metavar="COLUMN")] = None,
) -> None:
    """Group customers who behave alike, and name each group.

    Reads customer_months; writes segments and segment_profiles for the as-of month, and how to assign next month's
    customers. Segments keep the names of the snapshot before where most of their customers are the same. Beside them
    customer_views and view_groups say who is public, business or key, profitable, loyal, strategic, online and so on.
    """
    from telcli.pipeline.run import run_stage

    kept = None if refit is None else "always" if refit else "never"
    flags = {"n_segments": n_segments, "algorithm": algorithm, "max_segments": max_segments}
    flags |= {"refit": kept, "compare_with": compare_with}
    _refuse_unused(call, flags)
    tell(call.out, run_stage("segment", call.request(flags)))
