"""The mix of revenue by kind of charge, of the whole base and by level: whether it is another than before."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
from scipy.special import ndtri

from telcli.features.month_index import add_months
from telcli.methods.mix_change import mix_chance, mix_moves
from telcli.methods.rates import found_among
from telcli.settings import MonitorSettings
from telcli.stages import Inputs
from telcli.stages.monitor_kpis import levels_of, placed, sizes_of
from telcli.stages.monitor_panel import Part

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
_BACK = 24


def mix_part(inputs: Inputs, settings: MonitorSettings) -> Part:
    """Alerts of mixes beyond how much each always moves, many compared, whose distance is `mix_least` or more."""
    as_of = inputs.as_of or date.min
    within = pl.col("month").is_between(add_months(as_of, -_BACK), as_of)
    base = inputs.tables["customer_months"].filter(within)
    rows: list[dict[str, Any]] = []
    for level in ("all", *levels_of(settings)):
        here = placed(base, inputs.tables, level)
        large = sizes_of(here).filter(pl.col("customers") >= settings.small_cell)
        sums = [pl.col(name).sort_by("customer_id").sum() for name in _KINDS]
        months = here.group_by("entity", "month").agg(sums).collect().join(large, on="entity", how="semi")
        for frame in months.sort("entity", "month").partition_by("entity", maintain_order=True):
            rows += _judged(frame, as_of)
    if not rows:
        return Part()
    told = pl.DataFrame(rows).with_columns(
        pl.Series("found_p", found_among(np.array([row["p_value"] for row in rows]))), kind=pl.lit("mix")
    )
    off = told.filter(pl.col("found_p") <= settings.fdr, pl.col("observed") >= settings.mix_least)
    return Part(rows=off.sort("entity") if off.height else None, metrics={"mixes": told.height}, looked=told.height)


def _judged(frame: pl.DataFrame, as_of: date) -> list[dict[str, Any]]:
    """The row of one entity, where its last month could be judged."""
    if frame["month"].max() != as_of:
        return []
    amounts = frame.select(list(_KINDS)).fill_null(0.0).to_numpy()
    amounts = amounts[:, amounts.sum(axis=0) > 0]
    names = [name for name in _KINDS if float(frame[name].fill_null(0.0).sum()) > 0]
    g, distance = mix_moves(amounts)
    chance = mix_chance(g, amounts.shape[1])
    if not np.isfinite(chance):
        return []
    usual = float(np.nanmedian(distance[:-1]))
    shares = amounts / np.maximum(amounts.sum(axis=1, keepdims=True), 1e-9)
    moved = shares[-1] - shares[-7:-1].mean(axis=0)
    most = int(np.argmax(np.abs(moved)))
    before, now = float(shares[-1, most] - moved[most]), float(shares[-1, most])
    en, zh = _KINDS[names[most]]
    told = {
        "why": f"{distance[-1]:.0%} of revenue is of other kinds than before: {en} {before:.0%} -> {now:.0%}",
        "why_zh": f"收入结构有{distance[-1]:.0%}发生变化：{zh}由{before:.0%}变为{now:.0%}",
    }
    size = {"observed": float(distance[-1]), "expected": usual, "change": float(distance[-1] / max(usual, 1e-9) - 1.0)}
    score = float(min(-ndtri(max(chance, 1e-16)), 8.3))
    named = {"entity": frame["entity"][0], "metric": "revenue-mix", "unit": "share", "methods": "g"}
    return [{**named, **size, "score": score, "p_value": chance, **told}]
