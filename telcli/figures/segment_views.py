"""The business views as management reads them: what each group is like, and moves between stages of life."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from telcli.figures.base import hidden
from telcli.figures.ways import walked
from telcli.tables.by_size import by_size
from telcli.tables.subjects import CUSTOMER_CLASSES
from telcli.tables.views import BY_LABEL
from telcli.tables.worth import MEAN, USUAL, billed, shares

__all__ = ["SHOWN", "STAGE_TEXTS", "VIEW_TEXTS", "Naming"]
__all__ += ["hidden_classes", "hidden_stages", "stage_moves", "view_rows"]

SHOWN = (
    *("account_class", "consumption_tier", "lifecycle_stage", "rfm_group", "value_mode"),
    *("value_overlap", "exit_candidate", "online", "own_groups"),
)
"""Views in the order of the report. Profitable, loyal and strategic stand in their overlaps alone: beside these, the
counts of each would betray overlaps that are hidden."""
VIEW_TEXTS = ("view", "group", "meaning")
STAGE_TEXTS = ("from_stage", "to_stage", "before")
_FIGURES = ("customers", "customer_share", "revenue_share", "value_index", "churn_probability", "churned_share")
_OWN, _NOT_KNOWN = "own_groups", "not-known"


@dataclass(frozen=True)
class Naming:
    """What views, their groups and reasons are called, in English and Chinese; `reasons` names each view's column."""

    reasons: Mapping[str, str]
    view: Callable[[str], tuple[str, str]]
    group: Callable[[str, str], tuple[str, str]]
    reason: Callable[[str, str], tuple[str, str]]


def view_rows(views: pl.DataFrame, lines: pl.DataFrame, naming: Naming, least: int) -> list[dict[str, Any]]:
    """One row per view and group that has customers, counted from the customers' lines; flags without their "no".

    Parameters
    ----------
    views : pl.DataFrame
        Table customer_views.
    lines : pl.DataFrame
        One row per customer of the month, as `telcli.figures.customers.snapshot` gives them.
    naming : Naming
        The words for views, groups and reasons.
    least : int
        Figures of groups with fewer customers are left out (`small`), and others that would give them away: of the
        operator's own groups, which may share customers, those that almost everybody is in. What is hidden of a group
        is hidden of every group of another view that has the same customers.

    `meaning` is the reason that most of the group's customers are in it for.
    """
    both = views.join(lines, on="customer_id", how="inner").with_columns(_mark=pl.col("customer_id").hash())
    found = {}
    for view in (name for name in SHOWN if name in views.columns):
        held = _exploded(both) if view == _OWN else both.with_columns(group_name=_group(both, view))
        if view in BY_LABEL:
            held = held.with_columns(churned=pl.lit(None, dtype=pl.Boolean))
        found[view] = _ordered(_measured(held, both, naming.reasons.get(view, "")), view)
    small = _alike(found, lambda view, also: _small(found[view], view, both.height, least, also))
    rare = _alike(found, lambda view, also: hidden([row["went"] or 0 for row in found[view]], least, also))
    return [
        _told(row, view, naming, place=place, gone=gone, few=few)
        for place, (view, groups) in enumerate(found.items(), 1)
        for row, gone, few in zip(groups, small[view], rare[view], strict=True)
        if row["group_name"] != "no"
    ]


def hidden_stages(rows: Sequence[Mapping[str, Any]], naming: Naming) -> frozenset[str]:
    """Stages of life whose size the rows of `view_rows` hide."""
    return _hidden(rows, naming, "lifecycle_stage", _HELD)


def hidden_classes(rows: Sequence[Mapping[str, Any]], naming: Naming) -> frozenset[str]:
    """Account classes whose size the rows of `view_rows` hide."""
    return _hidden(rows, naming, "account_class", CUSTOMER_CLASSES)


def _hidden(rows: Sequence[Mapping[str, Any]], naming: Naming, name: str, groups: Collection[str]) -> frozenset[str]:
    view = naming.view(name)[0]
    gone = {row["group"] for row in rows if row["view"] == view and row.get("small")}
    return frozenset(group for group in groups if naming.group(name, group)[0] in gone)


def stage_moves(table: pl.DataFrame, least: int, gone: Collection[str] = ()) -> list[dict[str, Any]]:
    """Ways between stages of life since the month before, of table segment_moves: a row for each that anybody went.

    Counts of fewer than `least` customers are left out (`small`), and others that would betray them; so are the sizes
    (`of`) of such stages, and all ways from them and to them; `gone` are stages whose size now is hidden elsewhere.
    `moved` is 1 where both are stages, and not the same.
    """
    ways = table.filter(pl.col("view") == "lifecycle_stage")
    before, now = (_stages(ways[column].unique().to_list()) for column in ("from_group", "to_group"))
    rows = []
    for row, figures in walked(ways, before, now, least, _HELD, gone):
        one, other = row["from_group"], row["to_group"]
        names = {"from_stage": one, "from_stage_zh": row["from_group_zh"]}
        names |= {"to_stage": other, "to_stage_zh": row["to_group_zh"], "before": f"{row['before']:%Y-%m}"}
        rows.append({**names, "moved": float(one != other and {one, other} <= set(_STAGES)), **figures})
    return rows


_STAGES = ("acquisition", "growth", "maturity", "decline", "dormant", "churned")
_HELD = (*_STAGES, "unknown")
"""Stages of customers who are still there, whose sizes the views tell."""


def _stages(found: Sequence[str]) -> list[str]:
    return [*(one for one in _STAGES if one in found), *sorted(one for one in found if one not in _STAGES)]


def _group(both: pl.DataFrame, view: str) -> pl.Expr:
    group = pl.col(view)
    if both.schema[view] == pl.Boolean:
        group = pl.when(group).then(pl.lit("yes")).when(~group).then(pl.lit("no"))
    return group.cast(pl.String).fill_null(_NOT_KNOWN)


def _exploded(both: pl.DataFrame) -> pl.DataFrame:
    """A row for each customer and rule of the operator's own that holds."""
    named = both.filter(pl.col(_OWN).is_not_null()).with_columns(group_name=pl.col(_OWN).str.split("+"))
    return named.explode("group_name")


def _measured(held: pl.DataFrame, everybody: pl.DataFrame, reason: str) -> list[dict[str, Any]]:
    """Each group's figures; sums in order of size, so that they repeat to the last bit."""
    alive = ~pl.col("gone")
    commonest = pl.col(reason).value_counts(sort=True).struct.field(reason) if reason else pl.lit("own-rule")
    folded = (
        held.sort("customer_id")
        .group_by("group_name", maintain_order=True)
        .agg(
            *billed(),
            customers=pl.len().cast(pl.Int64),
            churn_probability=pl.col("churn_probability").filter(alive).pipe(by_size).mean(),
            churned_share=pl.col("churned").mean(),
            went=pl.col("churned").sum().cast(pl.Int64),
            same=pl.format("{} {}", pl.len(), pl.col("_mark").bitwise_xor()),  # groups of the same customers have one
            reason=commonest.first(),
        )
    )
    return folded.with_columns(
        *shares(everybody[USUAL]), customer_share=pl.col("customers") / max(everybody.height, 1)
    ).to_dicts()


def _ordered(groups: list[dict[str, Any]], view: str) -> list[dict[str, Any]]:
    """Stages of life as they follow, own groups by name, others by revenue a customer; who is not known last."""

    def key(row: dict[str, Any]) -> tuple[bool, float, str]:
        name = row["group_name"]
        if view == "lifecycle_stage":
            place = float(_STAGES.index(name)) if name in _STAGES else 9.0
        else:
            place = 0.0 if view == _OWN else -(row[MEAN] or 0.0)
        return name in (_NOT_KNOWN, "unknown"), place, name

    return sorted(groups, key=key)


def _small(groups: Sequence[Mapping[str, Any]], view: str, total: int, least: int, also: Sequence[bool]) -> list[bool]:
    """Groups of a view to hide; of the operator's own, those that fewer than `least` are in, or are not."""
    counts = [row["customers"] for row in groups]
    if view != _OWN:
        return hidden(counts, least, also)
    return [gone or 0 < count < least or 0 < total - count < least for count, gone in zip(counts, also, strict=True)]


def _alike(
    found: Mapping[str, Sequence[Mapping[str, Any]]], hide: Callable[[str, Sequence[bool]], list[bool]]
) -> dict[str, list[bool]]:
    """What each view hides, again and again, until no group is hidden in one view and shown in another."""
    masks = {view: hide(view, [False] * len(groups)) for view, groups in found.items()}
    while True:
        gone = {
            row["same"] for view, groups in found.items() for row, one in zip(groups, masks[view], strict=True) if one
        }
        wider = {view: hide(view, [row["same"] in gone for row in groups]) for view, groups in found.items()}
        if wider == masks:
            return masks
        masks = wider


def _told(row: dict[str, Any], view: str, naming: Naming, *, place: int, gone: bool, few: bool) -> dict[str, Any]:
    called, group = naming.view(view), naming.group(view, row["group_name"])
    why = naming.reason(view, row["reason"]) if row["group_name"] not in (_NOT_KNOWN, "unknown") else ("", "")
    names = {"view": called[0], "view_zh": called[1], "place": place, "group": group[0], "group_zh": group[1]}
    if gone:
        return {**names, "small": 1.0}
    told = {**{name: row[name] for name in _FIGURES}, "meaning": why[0] or None, "meaning_zh": why[1] or None}
    return {**names, **told, **({"churned_share": None, "small_risk": 1.0} if few else {})}
