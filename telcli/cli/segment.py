"""``telcli segment``."""

from __future__ import annotations

from typing import Annotated

from telcli.cli._options import Call, command, setting
from telcli.cli._stage_view import tell


@command(writes=True)
def segment(
    call: Call,
    n_segments: Annotated[int | None, setting("segment", "n_segments", "--n-segments")] = None,
) -> None:
    """Group customers who behave alike, and name each group.

    Reads customer_months; writes segments and segment_profiles for the as-of month.
    """
    from telcli.pipeline.run import run_stage

    tell(call.out, run_stage("segment", call.request({"n_segments": n_segments})))
