"""Table lifecycle_warnings: the customers behind moves into decline and dormancy, what fell, and what is at risk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.features.lifecycle_moves import BAD, falls, onward
from telcli.features.month_index import add_months
from telcli.settings import MonitorSettings

__all__ = ["STAGES", "warning_rows", "worth_of"]

_SHOWN = 0.1
"""Falls of this share and more are told, and the largest where all are smaller."""
_FEW = 10
"""Earlier customers of the kind from which on it is told how many left."""
_SIGNS = {
    "complaints": "complaints_sum_3",
    "months_overdue": "months_overdue",
    "contract_months_left": "contract_months_left",
}
_WORDS = {
    "call_minutes": ("calls", "通话"),
    "data_mb": ("data", "流量"),
    "texts": ("texts", "短信"),
    "active_days": ("active days", "活跃天数"),
    "revenue": ("revenue", "收入"),
}
STAGES = {
    "acquisition": ("acquisition", "新入网"),
    "growth": ("growth", "成长"),
    "maturity": ("maturity", "成熟"),
    "decline": ("decline", "衰退"),
    "dormant": ("dormancy", "沉默"),
    "unknown": ("a stage not known", "未知阶段"),
    "churned": ("leaving", "离网"),
}


def warning_rows(
    tables: Mapping[str, pl.LazyFrame], moves: pl.DataFrame, as_of: date, settings: MonitorSettings
) -> pl.DataFrame:
    """Table lifecycle_warnings without its month, by value at risk; who comes back from dormancy is no warning."""
    mine = pl.col("now").is_in(BAD[:2]) & (pl.col("was") != pl.col("now")) & (pl.col("was") != "dormant")
    people = moves.filter(pl.col("month") == as_of, mine).select("customer_id", "was", "now", "reason")
    months = tables["customer_months"]
    told = people.join(_fallen(falls(months, people, as_of)), on="customer_id", how="left")
    for part in (_now(months, as_of), _who(tables, as_of), worth_of(tables, as_of, settings)):
        told = told.join(part.collect(), on="customer_id", how="left")
    left = onward(moves, as_of, settings.lifecycle_horizon).with_columns(
        leave_share=pl.when(pl.col("entered") >= _FEW).then(pl.col("left") / pl.col("entered"))
    )
    told = told.join(left.select("now", "leave_share"), on="now", how="left")
    risk = pl.coalesce("churn_probability", "leave_share")
    told = told.with_columns(value_at_risk=(pl.col("worth") * risk).round(4))
    ranked = told.sort("value_at_risk", "worth", "customer_id", descending=[True, True, False], nulls_last=True)
    return _said(ranked.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))).rename(
        {"was": "from_stage", "now": "to_stage"}
    )


def _fallen(fell: pl.DataFrame) -> pl.DataFrame:
    """By customer what fell most, and all that fell, as text in two languages."""
    some = fell.filter(pl.col("fell") >= 0.005)
    largest = pl.col("fell") == pl.col("fell").max().over("customer_id")
    shown = some.filter((pl.col("fell") >= _SHOWN) | largest)
    shown = shown.sort("customer_id", "fell", "column", descending=[False, True, False])
    percent = (100 * pl.col("fell")).round().cast(pl.Int64).cast(pl.String)
    words = [pl.col("column").replace_strict({name: word[at] for name, word in _WORDS.items()}) for at in (0, 1)]
    shown = shown.with_columns(
        _sign=pl.format("{}:-{}%", "column", percent),
        _en=pl.format("{} fell {}%", words[0], percent),
        _zh=pl.format("{}下降{}%", words[1], percent),
    )
    first = [pl.col(name).first().alias(alias) for name, alias in (
        ("column", "fell"), ("fell", "fell_share"), ("before", "fell_from"), ("after", "fell_to"))]  # fmt: skip
    texts = (("_sign", "signs", ","), ("_en", "_en", ", "), ("_zh", "_zh", "、"))
    joined = [pl.col(name).str.join(between).alias(alias) for name, alias, between in texts]
    return shown.group_by("customer_id", maintain_order=True).agg(*first, *joined)


def _now(months: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    here = months.filter(pl.col("month") == as_of)
    have = months.collect_schema().names()
    return here.select(
        "customer_id",
        *((pl.col(name) if name in have else pl.lit(None, pl.Float64)).alias(alias) for alias, name in _SIGNS.items()),
    )


def _who(tables: Mapping[str, pl.LazyFrame], as_of: date) -> pl.LazyFrame:
    """Manager, branch, segment and the chance of leaving, where they are known."""
    who = tables["customers"].select("customer_id", "manager_id", "branch")
    segments, scores = tables.get("segments"), tables.get("churn_scores")
    if segments is None:
        who = who.with_columns(segment_name=pl.lit(None, pl.String))
    else:
        latest = segments.sort("as_of").group_by("customer_id", maintain_order=True).agg(pl.col("segment_name").last())
        who = who.join(latest, on="customer_id", how="left")
    if scores is None:
        return who.with_columns(churn_probability=pl.lit(None, pl.Float64))
    return who.join(scores.select("customer_id", "churn_probability"), on="customer_id", how="left")


def worth_of(tables: Mapping[str, pl.LazyFrame], as_of: date, settings: MonitorSettings) -> pl.LazyFrame:
    """By customer their worth: retention value, else margin_share of usual revenue of a year over `loss_months`."""
    year = tables["customer_months"].filter(pl.col("month").is_between(add_months(as_of, -12), add_months(as_of, -1)))
    usual = pl.col("revenue").median().clip(lower_bound=0.0) * settings.margin_share * settings.loss_months
    assumed = year.group_by("customer_id").agg(assumed=usual)
    if "value_scores" not in tables:
        return assumed.select("customer_id", worth="assumed")
    told = tables["value_scores"].select("customer_id", "retention_value")
    both = assumed.join(told, on="customer_id", how="full", coalesce=True)
    return both.select("customer_id", worth=pl.coalesce(pl.col("retention_value").clip(lower_bound=0.0), "assumed"))


def _said(rows: pl.DataFrame) -> pl.DataFrame:
    """`why` and `why_zh`: from which stage to which, what fell, and what else is seen."""
    parts = []
    for at, (fell, between) in enumerate((("_en", "; "), ("_zh", "；"))):
        was, now = (pl.col(name).replace_strict({s: w[at] for s, w in STAGES.items()}) for name in ("was", "now"))
        heads = (pl.format("from {} to {}", was, now), pl.format("由{}转入{}", was, now))
        many = pl.col("complaints").cast(pl.Int64)
        old = pl.col("months_overdue").cast(pl.Int64)
        rest = pl.col("contract_months_left").cast(pl.Int64)
        words = (
            (
                pl.when(many > 0).then(pl.format("complaints in 3 months: {}", many)),
                pl.when(old > 0).then(pl.format("months overdue: {}", old)),
                pl.when(rest.is_between(0, 3)).then(pl.format("months of contract left: {}", rest)),
            ),
            (
                pl.when(many > 0).then(pl.format("近3个月投诉{}次", many)),
                pl.when(old > 0).then(pl.format("欠费账龄{}个月", old)),
                pl.when(rest.is_between(0, 3)).then(pl.format("合约剩余{}个月", rest)),
            ),
        )[at]
        said = pl.concat_str([heads[at], pl.col(fell), *words], separator=between, ignore_nulls=True)
        parts.append(said.alias(("why", "why_zh")[at]))
    return rows.with_columns(parts).drop("_en", "_zh")
