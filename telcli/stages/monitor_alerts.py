"""From what is off to alerts: beyond chance among many, material, without a known cause, ranked, new or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from telcli.features.month_index import index_at, month_index
from telcli.methods.rates import found_among
from telcli.methods.series_watch import CHARTS
from telcli.settings import MonitorSettings
from telcli.stages.monitor_ended import KEY, SETTLED, UNJUDGED, ended, unseen
from telcli.stages.monitor_panel import METRICS, Judged
from telcli.tables import contract

__all__ = ["OPEN", "alert_rows", "beyond_chance", "coverage", "with_state"]

OPEN = ("new", "continuing")
_BY = ("kind", "metric")


def beyond_chance(tests: pl.DataFrame, about: pl.DataFrame, settings: MonitorSettings) -> pl.DataFrame:
    """The tests that are beyond chance among those of their family, with what is expected to be lost.

    `about` has kind, entity, worth. A change to the side that is watched is `material`, of money by its amount and its
    share; of other metrics by its share and by the loss expected of it a month, where that is known.
    """
    parts = []
    for rows in tests.sort("family", *KEY).partition_by("family", maintain_order=True):
        told = rows.with_columns(found_p=pl.Series(found_among(rows["p_value"].to_numpy())))
        found = told.filter(pl.col("found_p") <= settings.fdr)
        counts = found.select(pl.col("p_value").max()).item() or 0.0
        called = [pl.when(pl.col(f"p_{name}") <= counts).then(pl.lit(name)) for name in CHARTS]
        parts.append(found.with_columns(methods=pl.concat_str(called, separator=" ", ignore_nulls=True)))
    rows = pl.concat(parts).join(about.select("kind", "entity", "worth"), on=["kind", "entity"], how="left")
    part = pl.min_horizontal(pl.col("change").abs(), 1.0) * pl.col("share") * pl.col("worth")
    money = (pl.col("observed") - pl.col("expected")).abs()
    loss = pl.coalesce(money * pl.col("each"), part)
    better = (pl.col("side") != 0) & (pl.col("change").sign() != pl.col("side"))
    wanted = ~better if settings.direction == "bad" else pl.lit(value=True)
    rows = rows.with_columns(expected_loss=pl.when(better).then(loss * 0.0).otherwise(loss))
    amount = pl.when(pl.col("unit") == "currency").then(money).otherwise(loss / settings.loss_months)
    enough = (amount >= pl.col("least_amount")).fill_null(value=True)
    return rows.with_columns(material=enough & wanted & (pl.col("change").abs() >= pl.col("least_change"))).sort(KEY)


def with_state(
    rows: pl.DataFrame,
    earlier: pl.DataFrame | None,
    tests: pl.DataFrame,
    as_of: date,
    withheld: frozenset[str] = frozenset(),
    series: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Alerts with state, first month and what was expected then, and those before that are no alerts any more.

    They are over where the level is back, and settled where it only became what is expected: it is still off by
    `least_change` or more of what was expected in the first month, of the season of this month by `series` (those whose
    baseline is the year before). Those whose figures are withheld are not judged.
    """
    if earlier is None:
        return rows.with_columns(state=pl.lit("new"), first_seen=pl.lit(as_of), first_expected=pl.col("expected"))
    first = pl.coalesce("first_expected", "expected") if "first_expected" in earlier.columns else pl.col("expected")
    open_before = earlier.filter(pl.col("state").is_in((*OPEN, UNJUDGED)))
    open_before = open_before.select(*KEY, "first_seen", pl.col("change").alias("_fell"), first_expected=first)
    rows = rows.join(open_before.drop("_fell"), on=KEY, how="left", maintain_order="left")
    state = pl.when(pl.col("first_seen").is_null()).then(pl.lit("new")).otherwise(pl.lit("continuing"))
    rows = rows.with_columns(
        state=state,
        first_seen=pl.col("first_seen").fill_null(as_of),
        first_expected=pl.coalesce("first_expected", "expected"),
    )
    over = open_before.join(rows, on=KEY, how="anti").join(tests, on=KEY, how="left")
    absent = unseen(withheld) & pl.col("observed").is_null()
    past = pl.DataFrame(schema=dict.fromkeys(KEY, pl.String) | {"month": pl.Date, "observed": pl.Float64})
    over = ended(over, past if series is None else series, as_of)
    over = over.with_columns(state=pl.when(absent).then(pl.lit(UNJUDGED)).otherwise("state"))
    return pl.concat([rows, over.drop("_fell")], how="diagonal_relaxed")


def alert_rows(
    rows: pl.DataFrame, about: pl.DataFrame, as_of: date, words: Mapping[str, tuple[str, str]] | None = None
) -> pl.DataFrame:
    """The table of alerts: input that is missing first, then by what is expected to be lost, those that ended last.

    `words` are what metrics are called, beside those that telcli knows.
    """
    about = about.select("kind", "entity", "manager_id", "branch")
    rows = rows.join(about, on=["kind", "entity"], how="left")
    absent = [name for name in ("why", "why_zh", "acknowledged") if name not in rows.columns]
    rows = rows.with_columns(pl.lit(None).alias(name) for name in absent)
    order = [
        ~pl.col("state").is_in(OPEN),
        ~((pl.col("kind") == "pipeline") & (pl.col("observed") == 0.0)),  # what lacks input explains the others
        -pl.col("expected_loss").fill_null(0.0),
        pl.col("p_value").fill_null(1.0),
        *KEY,
    ]
    rows = rows.sort(order).with_columns(
        as_of=pl.lit(as_of),
        rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        acknowledged=pl.col("acknowledged").cast(pl.Boolean).fill_null(value=False),
        months=_months_between(as_of),
    )
    said = [_why(row, words or {}) for row in rows.to_dicts()]
    told = [pl.Series(name, [one[at] for one in said], dtype=pl.String) for at, name in enumerate(("_en", "_zh"))]
    rows = rows.with_columns(told).with_columns(why=pl.coalesce("why", "_en"), why_zh=pl.coalesce("why_zh", "_zh"))
    return rows.select([column.name for column in contract("alerts").columns()])


def coverage(
    judged: Sequence[Judged], found: pl.DataFrame, suppressed: pl.DataFrame, alerts: pl.DataFrame
) -> list[dict[str, Any]]:
    """A row per kind and metric of panels: how many were watched, and what became of them."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for one in judged:
        key = one.panel.kind, one.panel.metric.name
        if key in rows:
            for name in ("entities", "judged"):
                rows[key][name] += one.how[name]
            continue
        mine = (pl.col("kind") == key[0]) & (pl.col("metric") == key[1])
        rows[key] = {
            **dict(zip(_BY, key, strict=True)),
            **one.how,
            "beyond_chance": found.filter(mine).height,
            "immaterial": found.filter(mine, ~pl.col("material")).height,
            "suppressed": suppressed.filter(mine).height,
            "alerts": alerts.filter(mine, pl.col("state").is_in(OPEN)).height,
        }
    return list(rows.values())


def _months_between(as_of: date) -> pl.Expr:
    """Months from the first one to this, both counted."""
    return (month_index(as_of) - index_at(pl.col("first_seen")) + 1).cast(pl.Int64)


def _why(row: Mapping[str, Any], words: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """What happened, in English and Chinese.

    >>> _why({"metric": "revenue", "state": "new", "observed": 50.0, "expected": 100.0, "low": 90.0, "high": 110.0,
    ...     "change": -0.5}, {})[0]
    'revenue 50% below what was expected: 50 instead of 100 (90..110)'
    """
    metric = row["metric"]
    en, zh = words.get(metric) or (METRICS[metric].words if metric in METRICS else (metric, metric))
    if row["state"] == UNJUDGED:
        return f"{en}: not judged, since its figures are missing this month", f"{zh}：本月缺少数据，未作判断"
    if row["observed"] is None or row["expected"] is None:
        return f"{en}: within limits again, or no longer watched", f"{zh}：已恢复正常或不再监测"
    if row["low"] is None or row["high"] is None:
        return f"{en}: {_amount(row['observed'])}", f"{zh}：{_amount(row['observed'])}"
    seen, meant, low, high = (_amount(row[name]) for name in ("observed", "expected", "low", "high"))
    if row["state"] in SETTLED:
        was, lower = _amount(row["first_expected"]), row["state"] == SETTLED[0]
        return (
            f"{en} settled {'lower' if lower else 'higher'}: {seen} is what is expected by now; {was} was expected "
            "when it began",
            f"{zh}已稳定在较{'低' if lower else '高'}水平：实际{seen}已成为新的预期，告警之初预期为{was}",
        )
    if row["state"] == "over":
        return f"{en} as expected again: {seen} ({low}..{high})", f"{zh}已恢复到预期范围：{seen}（{low}..{high}）"
    below = row["change"] < 0
    share = f"{abs(row['change']):.0%}"
    told = f"{en} {share} {'below' if below else 'above'} what was expected: {seen} instead of {meant} ({low}..{high})"
    days = _days(row)
    return told + days[
        0
    ], f"{zh}比预期{'低' if below else '高'}{share}：实际{seen}，预期{meant}（{low}..{high}）{days[1]}"


def _days(row: Mapping[str, Any]) -> tuple[str, str]:
    """What the days of the month alone make of it, in English and Chinese; nothing where that is less than 1%.

    >>> _days({"days_make": -0.09, "working_days": 18, "days": 28})[0]
    '; of that expected, 18 working days of 28 make 9% less than in a usual month'
    """
    make = row.get("days_make") or 0.0
    if abs(make) < _DAYS_TOLD:
        return "", ""
    worked, days, share = row["working_days"], row["days"], f"{abs(make):.0%}"
    return (
        f"; of that expected, {worked} working days of {days} make {share} {'less' if make < 0 else 'more'} "
        "than in a usual month",
        f"；预期中已计入当月{days}天中{worked}个工作日的影响：比通常月份{'少' if make < 0 else '多'}{share}",
    )


_DAYS_TOLD = 0.01


def _amount(value: float) -> str:
    """A figure for reading.

    >>> _amount(12345.6), _amount(3.14159), _amount(2.0), _amount(0.0312)
    ('12,346', '3.1', '2', '0.031')
    """
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 1 else f"{value:.2g}"
