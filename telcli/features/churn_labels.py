"""Who of those alive at a snapshot left in its outcome window, and of whom that cannot be said.

Nothing before the snapshot and nothing after the outcome window, and the months waited for returns after it, changes a
label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import polars as pl

from telcli.features.churn_leavings import Departed
from telcli.features.exit_kinds import KINDS
from telcli.features.month_index import add_months

__all__ = ["STATES", "LabelWindow", "label_counts", "label_rows", "labelled"]

STATES = ("churned", "stayed", "gap", "otherwise", "unseen")
"""What became of a customer: the first two are labels, the others are left out."""
_SORTED = 1_000_000
"""Customers whose rows are sorted together."""
_HELD = {"state": pl.Enum(STATES), "kind": pl.Enum(KINDS)}
"""A row of every customer and snapshot: a text each would take most of their memory."""
_SCHEMA = pl.Schema({"customer_id": pl.String(), "month": pl.Date(), **_HELD})


@dataclass(frozen=True)
class LabelWindow:
    """What lies after a snapshot, in months: the gap, the outcome window, and how long returns are waited for."""

    gap: int
    outcome: int
    returns: int = 0

    @property
    def ahead(self) -> int:
        """Months from the snapshot to the last of the outcome window."""
        return self.gap + self.outcome


def labelled(found: Departed, snapshots: tuple[date, ...], window: LabelWindow) -> pl.DataFrame:
    """Everyone alive at each snapshot, sorted by customer and month: customer_id, month, state and kind.

    `state` is one of `STATES`:

        churned    left in the outcome window in a way that counts
        stayed     was there at its end
        gap        left before it: nobody could act in time
        otherwise  left in it in a way that does not count
        unseen     was not there at its end and is not known to have left: an internal move, or rows that end

    `kind` is how they left, null for those who stayed; internal where an internal move is all that is known. It is the
    first leaving after the snapshot that counts, so what happens after the window, a return and a second leaving, say,
    changes no label.
    """
    if not snapshots:
        return pl.DataFrame(schema=_SCHEMA)
    # one month after the other: joins of all of them at once take the memory of all
    parts = [_at(found, month, window).cast(pl.Schema(_HELD)).collect(engine="streaming") for month in snapshots]
    return _in_order(parts)


def _in_order(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The rows of all parts by customer and month; of many customers some at a time, for sorting takes much memory."""
    ids = max(parts, key=lambda part: part.height)["customer_id"]
    edges = ids.sort().gather([*range(_SORTED, len(ids), _SORTED)]).to_list() if len(ids) > _SORTED else []
    found = []
    for low, high in pairwise([None, *edges, None]):
        within = [pl.col("customer_id") >= low] if low is not None else []
        within += [pl.col("customer_id") < high] if high is not None else []
        some = pl.concat(part.filter(*within) if within else part for part in parts)
        found.append(some.sort("customer_id", "month"))
    return pl.concat(found)


def label_rows(states: pl.DataFrame) -> pl.DataFrame:
    """`customer_id`, `month`, `churned` of those with a label, in the order of `labelled`."""
    known = states.filter(pl.col("state").is_in(STATES[:2]))
    return known.select("customer_id", "month", churned=pl.col("state") == "churned")


def label_counts(states: pl.DataFrame) -> dict[date, dict[str, int]]:
    """How many were in each state by snapshot, and how they left: churners (`churned KIND`), others (`other KIND`).

    Those who left in the gap have no kind here.
    """
    churned = pl.col("state") == "churned"
    other = ~churned & (pl.col("state") != "gap")
    counts = states.group_by("month").agg(
        *((pl.col("state") == name).sum().alias(name) for name in STATES),
        *(((pl.col("kind") == name) & churned).sum().alias(f"churned {name}") for name in KINDS),
        *(((pl.col("kind") == name) & other).sum().alias(f"other {name}") for name in KINDS),
    )
    return {row.pop("month"): row for row in counts.sort("month").to_dicts()}


def _at(found: Departed, snapshot: date, window: LabelWindow) -> pl.LazyFrame:
    opens, closes = add_months(snapshot, window.gap + 1), add_months(snapshot, window.ahead)
    here = found.alive.filter(pl.col("month") == snapshot).select("customer_id", "month")
    after = found.gone.filter(pl.col("month").is_between(add_months(snapshot, 1), closes))
    first = after.group_by("customer_id").agg(
        pl.col("month").min().alias("gone_in"), pl.col("kind").sort_by("month").first().alias("gone_as")
    )
    ends = found.ends.filter(pl.col("month").is_between(opens, closes), pl.col("counts"))
    hit = ends.group_by("customer_id").agg(
        pl.col("month").min().alias("hit_in"), pl.col("kind").sort_by("month", "kind").first().alias("hit_as")
    )
    moved = found.moves.filter(pl.col("month").is_between(opens, closes)).select(
        "customer_id", moved=pl.lit("internal")
    )
    there = found.alive.filter(pl.col("month").is_between(closes, add_months(closes, window.returns)))
    seen = there.select("customer_id", seen=pl.lit(value=True)).unique()
    rows = here
    for facts in (first, hit, moved.unique(), seen):
        rows = rows.join(facts, on="customer_id", how="left")
    gap = pl.col("gone_in") < opens
    churned = pl.col("hit_in") <= pl.col("gone_in").fill_null(closes)
    state = (
        pl.when(gap).then(pl.lit("gap"))
        .when(churned).then(pl.lit("churned"))
        .when(pl.col("gone_in").is_not_null()).then(pl.lit("otherwise"))
        .when(pl.col("seen").is_null()).then(pl.lit("unseen"))
        .otherwise(pl.lit("stayed"))
    )  # fmt: skip
    kind = (
        pl.when(pl.col("state") == "churned").then("hit_as")
        .when(pl.col("state").is_in(["gap", "otherwise"])).then("gone_as")
        .when(pl.col("state") == "unseen").then("moved")
    )  # fmt: skip
    return rows.with_columns(state=state).select("customer_id", "month", "state", kind=kind)
