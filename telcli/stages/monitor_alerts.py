"""From what is off to alerts: beyond chance among many, material, without a known cause, ranked, new or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from telcli.features.month_index import index_at, month_index
from telcli.methods.rates import found_among
from telcli.methods.series_watch import CHARTS
from telcli.settings import MonitorSettings
from telcli.stages.monitor_judge import Judged
from telcli.stages.monitor_panel import METRICS
from telcli.tables import contract

__all__ = ["KEY", "Found", "alert_rows", "found_in", "with_state"]

KEY = ("kind", "entity", "metric")
_OPEN = ("new", "continuing")


class Found:
    """What a family of tests came to: `rows` beyond chance, with `material` beside; `told` of the coverage table."""

    def __init__(self, judged: Judged, rows: pl.DataFrame) -> None:
        self.rows, self.judged = rows, judged

    def coverage(self, suppressed: pl.DataFrame, alerts: pl.DataFrame) -> dict[str, Any]:
        """The row of the coverage table, where it is known what was suppressed and what became an alert."""
        panel = self.judged.panel
        mine = (pl.col("kind") == panel.kind) & (pl.col("metric") == panel.metric.name)
        return {
            "kind": panel.kind,
            "metric": panel.metric.name,
            **self.judged.how,
            "beyond_chance": self.rows.height,
            "immaterial": self.rows.filter(~pl.col("material")).height,
            "suppressed": suppressed.filter(mine).height,
            "alerts": alerts.filter(mine, pl.col("state").is_in(_OPEN)).height,
        }


def found_in(judged: Judged, worth: pl.DataFrame, settings: MonitorSettings) -> Found:
    """The tests of a panel that are beyond chance, many compared, with what is expected to be lost.

    `worth` has kind, entity, worth: what an entity brings in the months that a change is taken to last. A change of
    money is material by its amount and its share; of other metrics by its share and by the loss expected of it a month,
    where the worth is known.
    """
    rows = judged.tests.with_columns(found_p=pl.Series(found_among(judged.tests["p_value"].to_numpy())))
    rows = rows.filter(pl.col("found_p") <= settings.fdr)
    counts = float(rows["p_value"].max() or 0.0)  # type: ignore[arg-type]
    called = [pl.when(pl.col(f"p_{name}") <= counts).then(pl.lit(name)) for name in CHARTS]
    rows = rows.with_columns(methods=pl.concat_str(called, separator=" ", ignore_nulls=True))
    rows = rows.join(worth, on=["kind", "entity"], how="left").sort("entity")
    part = pl.min_horizontal(pl.col("change").abs(), 1.0) * pl.col("share") * pl.col("worth")
    bad = pl.col("change").sign() == judged.panel.metric.side
    rows = rows.with_columns(expected_loss=pl.when(bad).then(part).otherwise(part * 0.0))
    money = (pl.col("observed") - pl.col("expected")).abs()
    amount = money if judged.panel.metric.unit == "currency" else part / settings.loss_months
    enough = (amount >= settings.least_amount).fill_null(value=True)
    return Found(judged, rows.with_columns(material=enough & (pl.col("change").abs() >= settings.least_change)))


def with_state(rows: pl.DataFrame, earlier: pl.DataFrame | None, tests: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Alerts with state and first month, and those of the snapshot before that are over, with what is seen now."""
    if earlier is None:
        return rows.with_columns(state=pl.lit("new"), first_seen=pl.lit(as_of))
    open_before = earlier.filter(pl.col("state").is_in(_OPEN)).select(*KEY, "first_seen")
    rows = rows.join(open_before, on=KEY, how="left", maintain_order="left")
    state = pl.when(pl.col("first_seen").is_null()).then(pl.lit("new")).otherwise(pl.lit("continuing"))
    rows = rows.with_columns(state=state, first_seen=pl.col("first_seen").fill_null(as_of))
    over = open_before.join(rows, on=KEY, how="anti").with_columns(state=pl.lit("over"))
    over = over.join(tests, on=KEY, how="left")
    return pl.concat([rows, over], how="diagonal_relaxed")


def alert_rows(rows: pl.DataFrame, about: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The table of alerts: ranked by what is expected to be lost, those that are over last."""
    about = about.select("kind", "entity", "manager_id", "branch")
    rows = rows.join(about, on=["kind", "entity"], how="left")
    order = [pl.col("state") == "over", -pl.col("expected_loss").fill_null(0.0), pl.col("p_value").fill_null(1.0), *KEY]
    rows = rows.sort(order).with_columns(
        as_of=pl.lit(as_of),
        rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        acknowledged=pl.lit(value=False),
        months=_months_between(as_of),
    )
    said = [_why(row) for row in rows.to_dicts()]
    rows = rows.with_columns(
        pl.Series("why", [one for one, _ in said], dtype=pl.String),
        pl.Series("why_zh", [zh for _, zh in said], dtype=pl.String),
    )
    return rows.select(_names("alerts"))


def _months_between(as_of: date) -> pl.Expr:
    """Months from the first one to this, both counted."""
    return (month_index(as_of) - index_at(pl.col("first_seen")) + 1).cast(pl.Int64)


def _names(table: str) -> Sequence[str]:
    return [column.name for column in contract(table).columns()]


def _why(row: dict[str, Any]) -> tuple[str, str]:
    """What happened, in English and Chinese.

    >>> _why({"metric": "revenue", "state": "new", "observed": 50.0, "expected": 100.0, "low": 90.0, "high": 110.0,
    ...     "change": -0.5})[0]
    'revenue 50% below what was expected: 50 instead of 100 (90..110)'
    """
    known = METRICS.get(row["metric"])
    en, zh = known.words if known else (row["metric"], row["metric"])
    if row["observed"] is None or row["expected"] is None:
        return f"{en}: no longer watched", f"{zh}：不再监测"
    seen, meant, low, high = (_amount(row[name]) for name in ("observed", "expected", "low", "high"))
    if row["state"] == "over":
        return f"{en} as expected again: {seen} ({low}..{high})", f"{zh}已恢复到预期范围：{seen}（{low}..{high}）"
    below = row["change"] < 0
    share = f"{abs(row['change']):.0%}"
    told = f"{en} {share} {'below' if below else 'above'} what was expected: {seen} instead of {meant} ({low}..{high})"
    return told, f"{zh}比预期{'低' if below else '高'}{share}：实际{seen}，预期{meant}（{low}..{high}）"


def _amount(value: float) -> str:
    """A figure for reading.

    >>> _amount(12345.6), _amount(3.14159), _amount(2.0)
    ('12,346', '3.1', '2')
    """
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f}"
