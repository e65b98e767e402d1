"""``telcli segment``."""

from __future__ import annotations

from typing import Annotated

import typer

from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell

_Refit = Annotated[
    bool | None,
    typer.Option(
        "--refit/--no-refit",
        help="Find segments anew, or let customers join those of the snapshot before.",
        show_default="refit",
    ),
]


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
    from telcli.api.unused import refuse_unused
    from telcli.pipeline.run import run_stage

    kept = None if refit is None else "always" if refit else "never"
    flags = {"n_segments": n_segments, "algorithm": algorithm, "max_segments": max_segments}
    flags |= {"refit": kept, "compare_with": compare_with}
    request = call.request(flags)
    refuse_unused(request)
    tell(call.out, run_stage("segment", request))
