"""``monitor``: what is off what was expected, beyond chance and materially, among all that is watched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import MissingInputError, Notice, UsageError
from telcli.settings import MonitorSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.monitor_accounts import account_panels, accounts_of
from telcli.stages.monitor_alerts import Found, alert_rows, found_in, with_state
from telcli.stages.monitor_judge import judge
from telcli.tables import contract

__all__ = ["WATCHES", "monitor"]

WATCHES = ("accounts",)


def monitor(inputs: Inputs, settings: MonitorSettings) -> Outcome:
    """Look at the as-of month of everything that is watched.

    Parameters
    ----------
    inputs : customer_months, customers; value_scores of the month and the alerts of the last snapshot before, where
        there are some.
    settings : `watch` (what), `top_accounts`, the baseline, the charts, and what makes an alert: `fdr`,
        `least_amount`, `least_change`, `direction`.

    Returns
    -------
    Outcome
        Tables ``alerts``, ``monitor_series``, ``monitor_suppressed`` and ``monitor_coverage``.

    Raises
    ------
    MissingInputError
        Nothing that is watched has months enough to be judged.
    UsageError
        `watch` names something that cannot be watched.
    """
    as_of = inputs.as_of or date.min
    _watched(settings.watch)
    accounts = accounts_of(inputs.tables, as_of, settings)
    judged = [judge(panel, settings) for panel in account_panels(accounts, settings)]
    if not any(one.tests.height for one in judged):
        raise MissingInputError(
            "monitor-short",
            "Nothing that is watched has {months} earlier months up to {month}, so nothing can be judged.",
            hint="Ingest earlier months, or lower [monitor] least_months.",
            months=settings.least_months,
            month=f"{as_of:%Y-%m}",
        )
    found = [found_in(one, accounts.about.select("kind", "entity", "worth"), settings) for one in judged]
    tests = pl.concat([one.tests for one in judged], how="diagonal_relaxed")
    rows = pl.concat([one.rows.filter(pl.col("material")) for one in found], how="diagonal_relaxed")
    earlier = inputs.earlier.tables["alerts"].collect() if inputs.earlier else None
    alerts = alert_rows(with_state(rows, earlier, tests, as_of), accounts.about, as_of)
    suppressed = contract("monitor_suppressed").schema.create_empty()
    series = pl.concat([one.series for one in judged], how="diagonal_relaxed")
    tables = {
        "alerts": alerts,
        "monitor_series": _shaped("monitor_series", series, as_of),
        "monitor_suppressed": suppressed,
        "monitor_coverage": _coverage(found, suppressed, alerts, as_of),
    }
    return Outcome(
        {name: frame.lazy() for name, frame in tables.items()},
        _metrics(alerts, suppressed, tables["monitor_coverage"]),
        tuple(_notices(tables["monitor_coverage"])),
    )


def _watched(text: str) -> tuple[str, ...]:
    """What is watched, in the order of WATCHES."""
    named = {part.strip() for part in text.replace("，", ",").split(",") if part.strip()}
    unknown = sorted(named - set(WATCHES))
    if unknown or not named:
        raise UsageError(
            "watch-unknown",
            "[monitor] watch is {given}: it can name {known}.",
            given=text.strip() or '""',
            known=", ".join(WATCHES),
        )
    return tuple(name for name in WATCHES if name in named)


def _shaped(table: str, rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Rows with the columns of a table."""
    return rows.with_columns(as_of=pl.lit(as_of)).select([column.name for column in contract(table).columns()])


def _coverage(found: Sequence[Found], suppressed: pl.DataFrame, alerts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    rows = pl.DataFrame([one.coverage(suppressed, alerts) for one in found])
    return _shaped("monitor_coverage", rows, as_of)


def _metrics(alerts: pl.DataFrame, suppressed: pl.DataFrame, coverage: pl.DataFrame) -> dict[str, Any]:
    states = {state: alerts.filter(state=state).height for state in ("new", "continuing", "over")}
    open_ = alerts.filter(pl.col("state") != "over")
    each = open_.group_by("kind", "entity").agg(pl.col("expected_loss").max()).sort("kind", "entity")
    return {
        "alerts": open_.height,
        **states,
        "suppressed": suppressed.height,
        "entities_alerted": each.height,
        "expected_loss": round(float(each["expected_loss"].sum() or 0.0), 2),
        "watched": int(coverage["entities"].sum()),
        "judged": int(coverage["judged"].sum()),
        "by_kind": dict(open_.group_by("kind").len().sort("kind").iter_rows()),
        "by_metric": dict(open_.group_by("metric").len().sort("metric").iter_rows()),
    }


def _notices(coverage: pl.DataFrame) -> Iterator[Notice]:
    short = int((coverage["entities"] - coverage["judged"]).sum())
    if short:
        yield Notice(
            "monitor-too-short",
            "{count} of {of} series have too few earlier months to be judged.",
            {"count": short, "of": int(coverage["entities"].sum())},
        )
