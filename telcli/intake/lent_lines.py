"""Lines that several extracts of customers lend: one line each, whichever extract knows what of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from telcli.intake.settle import settle
from telcli.intake.survivorship import Survivorship
from telcli.intake.systems import stable_name
from telcli.intake.whose import RECORD
from telcli.tables.refused import FAULTS

__all__ = ["one_line_each"]

_KEY = ("customer_id", "subscription_id")
_SOUND = pl.col(FAULTS).list.len() == 0


def one_line_each(
    parts: Sequence[tuple[str, pl.LazyFrame]], ranks: Mapping[str, int], rules: Survivorship
) -> tuple[pl.LazyFrame, pl.DataFrame | None]:
    """Join the lines that extracts lend, as (name of the extract, its lines); beside them where extracts disagree."""
    frames = [frame.drop(RECORD, strict=False) for _, frame in parts]
    if len(parts) == 1:
        return frames[0], None
    lines = [frame.collect(engine="streaming") for frame in frames]
    seen = pl.concat([frame.filter(_SOUND).select(_KEY).unique() for frame in lines])
    twice = seen.group_by(_KEY).len().filter(pl.col("len") > 1).select(_KEY)
    if not twice.height:
        return pl.concat(frames, how="diagonal_relaxed"), None
    torn, rest = [], []
    for (name, _), frame in zip(parts, lines, strict=True):
        source = stable_name(name)
        ours = frame.filter(_SOUND).join(twice, on=_KEY, how="semi")
        torn.append(
            ours.with_columns(
                source=pl.lit(source),
                source_key="subscription_id",
                _rank=pl.lit(ranks.get(source, len(ranks))),
                _when=pl.lit(None, dtype=pl.Date),
            )
        )
        rest += [frame.filter(~_SOUND).lazy(), frame.filter(_SOUND).join(twice, on=_KEY, how="anti").lazy()]
    whole, conflicts, _ = settle(pl.concat(torn, how="diagonal_relaxed"), rest, rules, "subscriptions", _KEY)
    return whole, conflicts
