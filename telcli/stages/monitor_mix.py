"""The mix of revenue by kind of charge, and of plans and products held: whether it is another than before."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
from scipy.special import ndtri

from telcli.features.month_index import add_months
from telcli.methods.mix_change import mix_chance, mix_moves, mix_reach
from telcli.methods.rates import found_among
from telcli.settings import MonitorSettings
from telcli.stages import Inputs
from telcli.stages.monitor_gaps import withheld
from telcli.stages.monitor_kpis import levels_of, placed, sizes_of
from telcli.stages.monitor_panel import Part
from telcli.stages.monitor_plans import REST, held_mixes

__all__ = ["mix_part"]

_KINDS = {
    "recurring_fee": ("recurring fees", "固定费用"),
    "billed_voice": ("voice", "语音"),
    "billed_data": ("data", "流量"),
    "billed_text": ("texts", "短信"),
    "billed_value_added": ("value-added", "增值业务"),
    "billed_one_time": ("one-time", "一次性"),
    "billed_penalty": ("penalties", "违约金"),
    "billed_other": ("other", "其他"),
}
_OF = {
    "revenue-mix": ("revenue is of other kinds", "收入结构"),
    "plan-mix": ("lines have other plans", "套餐结构"),
    "product-mix": ("products held are others", "产品结构"),
}
_BACK = 24


def mix_part(inputs: Inputs, settings: MonitorSettings) -> Part:
    """Alerts of mixes beyond how much each always moves, many compared, whose distance is `mix_least` or more.

    Of a key account the revenue that is of other kinds must be `least_amount` or more, too; key accounts are compared
    among themselves, and so are mixes of plans, and of products, of groups and of key accounts each.
    """
    as_of = inputs.as_of or date.min
    within = pl.col("month").is_between(add_months(as_of, -_BACK), as_of)
    base = inputs.tables["customer_months"].filter(within)
    groups: list[dict[str, Any]] = []
    billed = "revenue-mix" not in withheld(inputs)
    for level in ("all", *levels_of(settings)) if billed else ():
        here = placed(base, inputs.tables, level)
        large = sizes_of(here).filter(pl.col("customers") >= settings.small_cell)
        sums = [pl.col(name).sort_by("customer_id").sum() for name in _KINDS]
        groups += _all_judged(
            here.group_by("entity", "month").agg(sums).collect().join(large, on="entity", how="semi"), as_of
        )
    keys = inputs.tables["customers"].filter(pl.col("customer_class") == "key", billed).select("customer_id")
    own = base.join(keys, on="customer_id", how="semi").select("month", *_KINDS, entity="customer_id").collect()
    held: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for metric, account, frame in held_mixes(inputs.tables, as_of, settings):
        held.setdefault((metric, account), []).extend(_judged(frame, as_of, metric))
    families = [_compared(groups, 0.0, settings), _compared(_all_judged(own, as_of), settings.least_amount, settings)]
    families += [_compared(rows, 0.0, settings) for rows in held.values()]
    told = pl.concat([family for family in families if family is not None] or [pl.DataFrame()])
    if told.is_empty():
        return Part()
    off = told.filter("off").drop("off", "moved")
    return Part(
        rows=off.sort("entity", "metric") if off.height else None, metrics={"mixes": told.height}, looked=told.height
    )


def _all_judged(months: pl.DataFrame, as_of: date) -> list[dict[str, Any]]:
    """Rows of all entities whose last month could be judged."""
    each = months.sort("entity", "month").partition_by("entity", maintain_order=True)
    return [row for frame in each for row in _judged(frame, as_of)]


def _compared(rows: list[dict[str, Any]], least: float, settings: MonitorSettings) -> pl.DataFrame | None:
    """Mixes compared with each other, and whether each is `off`: beyond chance, and by share and money enough."""
    if not rows:
        return None
    found = pl.Series("found_p", found_among(np.array([row["p_value"] for row in rows])))
    real = (pl.col("found_p") <= settings.fdr) & (pl.col("observed") >= settings.mix_least)
    told = pl.DataFrame(rows).with_columns(found, kind=pl.lit("mix"))
    return told.with_columns(off=real & (pl.col("moved") >= least))


def _judged(frame: pl.DataFrame, as_of: date, metric: str = "revenue-mix") -> list[dict[str, Any]]:
    """The row of one entity, where its last month could be judged."""
    if frame["month"].max() != as_of:
        return []
    # As numbers: select would read a name such as "*", of the rest, as a pattern.
    kinds = frame.drop("entity", "month")
    amounts = np.nan_to_num(kinds.to_numpy().astype(np.float64))
    some = amounts.sum(axis=0) > 0
    names, amounts = [name for name, there in zip(kinds.columns, some, strict=True) if there], amounts[:, some]
    g, distance = mix_moves(amounts)
    if metric != "revenue-mix":
        g[:-1] = np.maximum(g[:-1], 1.0 / max(float(amounts[-1].sum()), 1.0))  # what stands still is not surely still
    chance = mix_chance(g, amounts.shape[1])
    if not np.isfinite(chance):
        return []
    usual = float(np.nanmedian(distance[:-1]))
    shares = amounts / np.maximum(amounts.sum(axis=1, keepdims=True), 1e-9)
    moved = shares[-1] - shares[-7:-1].mean(axis=0)
    most = int(np.argmax(np.abs(moved)))
    before, now = float(shares[-1, most] - moved[most]), float(shares[-1, most])
    en, zh = _KINDS.get(names[most], ("others", "其他") if names[most] == REST else (names[most], names[most]))
    of, of_zh = _OF[metric]
    told = {
        "why": f"{distance[-1]:.0%} of {of} than before: {en} {before:.0%} -> {now:.0%}",
        "why_zh": f"{of_zh}有{distance[-1]:.0%}发生变化：{zh}由{before:.0%}变为{now:.0%}",
    }
    size = {"observed": float(distance[-1]), "expected": usual, "change": float(distance[-1] / max(usual, 1e-9) - 1.0)}
    size |= {"low": 0.0, "high": mix_reach(g, distance, amounts.shape[1])}
    score = float(min(-ndtri(max(chance, 1e-16)), 8.3))
    named: dict[str, Any] = {"entity": frame["entity"][0], "metric": metric, "unit": "share", "methods": "g"}
    named["moved"] = float(distance[-1] * amounts[-1].sum())
    return [{**named, **size, "score": score, "p_value": chance, **told}]
