"""``monitor``: what is off what was expected, beyond chance and materially, among all that is watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import MissingInputError, Notice, UsageError
from telcli.settings import MonitorSettings
from telcli.settings.names_in import names_in
from telcli.stages import Inputs, Outcome
from telcli.stages.monitor_accounts import accounts_part
from telcli.stages.monitor_alerts import OPEN, alert_rows, beyond_chance, coverage, with_state
from telcli.stages.monitor_by_day import DAY_METRICS, days_part
from telcli.stages.monitor_days import calendar_for, years_unknown
from telcli.stages.monitor_ended import KEY, SETTLED
from telcli.stages.monitor_gaps import gap_notices, with_counts, withheld
from telcli.stages.monitor_known import acknowledged, explained, file_causes, unknown_metrics
from telcli.stages.monitor_kpis import kpis_part
from telcli.stages.monitor_lifecycle import lifecycle_part
from telcli.stages.monitor_loss import common_notices, loss_of
from telcli.stages.monitor_mix import mix_part
from telcli.stages.monitor_panel import METRICS, Part
from telcli.stages.monitor_pipeline import pipeline_part
from telcli.tables import contract

__all__ = ["monitor"]

PARTS: Mapping[str, Callable[[Inputs, MonitorSettings], Part]] = {
    "accounts": accounts_part,
    "kpis": kpis_part,
    "mix": mix_part,
    "pipeline": pipeline_part,
    "days": days_part,
    "lifecycle": lifecycle_part,
}
"""What can be watched, in the order in which it is looked at."""
_FURTHER = (
    *("revenue-mix", "plan-mix", "product-mix"),
    *("rows", "lag-days", "rejects", "psi", "not-delivered", "stale"),
    *DAY_METRICS,
    *("into-decline", "into-dormant", "into-churned"),
)
"""Metrics beside those of series, and the operator's own."""
_OF_PARTS = ("monitor_by_day", "lifecycle_moves", "lifecycle_warnings")
_ABOUT = dict.fromkeys(("kind", "entity", "manager_id", "branch"), pl.String) | {"worth": pl.Float64}
_TESTS = {
    **dict.fromkeys(("kind", "entity", "metric", "unit", "methods"), pl.String),
    **dict.fromkeys(("observed", "expected", "low", "high", "change", "score"), pl.Float64),
    **dict.fromkeys(("p_value", "found_p", "expected_loss"), pl.Float64),
}
_MAYBE = dict.fromkeys(("usual_miss", "day_weight"), pl.Float64)
"""What there is to know of each entity, and of each test, at least."""


def monitor(inputs: Inputs, settings: MonitorSettings) -> Outcome:
    """Look at the as-of month of everything that is watched.

    Parameters
    ----------
    inputs : customer_months, customers; value_scores of the month, segments and facts up to it, and the alerts of the
        last snapshot before, where there are some. `choices` may hold ``kpis`` (the operator's own),
        ``known_causes`` and ``seen_alerts`` (rows of the files that the settings name), ``stale`` (stages out of date),
        ``deliveries`` (by source the months it delivered for).
    settings : `watch` (what), `top_accounts`, the baseline, the charts, and what makes an alert: `fdr`,
        `least_amount`, `least_change`, `direction`.

    Returns
    -------
    Outcome
        Tables ``alerts``, ``monitor_series``, ``monitor_suppressed`` and ``monitor_coverage``, and those of its parts:
        ``monitor_by_day``, ``lifecycle_moves`` and ``lifecycle_warnings``.

    Raises
    ------
    MissingInputError
        Nothing that is watched has months enough to be judged.
    UsageError
        `watch` names something that cannot be watched, or a KPI what is not there.
    DataError
        A file of known causes cannot be read.
    """
    as_of = inputs.as_of or date.min
    inputs = with_counts(inputs, as_of, settings.watch)
    files = [file_causes(inputs.choices.get(name)) for name in ("known_causes", "seen_alerts")]
    parts = [PARTS[name](inputs, settings) for name in _watched(settings.watch)]
    judged = [one for part in parts for one in part.judged]
    tests = _joined([one.tests for one in judged], _TESTS)
    gaps = tuple(gap_notices(inputs, as_of))
    if tests.is_empty() and not sum(part.looked for part in parts) and not gaps:
        raise _too_short(settings, as_of)
    about = _joined([part.about for part in parts if part.about is not None], _ABOUT)
    found = beyond_chance(tests, about, settings) if tests.height else tests.with_columns(material=pl.lit(value=True))
    off = _joined([found.filter(pl.col("material")), *(part.rows for part in parts if part.rows is not None)], _TESTS)
    members = next((part.members for part in parts if part.members is not None), None)
    told = explained(off, files[0], members, inputs.tables, as_of)
    held = told.filter(pl.col("cause").is_not_null())
    seasonal = [one.series for one in judged if one.how["baseline"] == "last-year"]
    past = pl.concat(seasonal, how="diagonal_relaxed") if seasonal else None
    open_ = told.filter(pl.col("cause").is_null())
    stated = with_state(open_, _before(inputs, held), tests, as_of, withheld(inputs), past)
    words = {one.panel.metric.name: one.panel.metric.words for one in judged}
    alerts = alert_rows(acknowledged(stated, files[1], as_of), about, as_of, words)
    covered = coverage(judged, found, held, alerts)
    tables = {
        "alerts": alerts,
        "monitor_series": _shaped("monitor_series", _joined([one.series for one in judged], {}), as_of),
        "monitor_suppressed": _shaped("monitor_suppressed", held, as_of),
        "monitor_coverage": _shaped("monitor_coverage", pl.DataFrame(covered, schema_overrides=_MAYBE), as_of),
        **_others(parts),
    }
    said = (
        *gaps,
        *_notices(covered, settings),
        *unknown_metrics(files, (*METRICS, *_FURTHER, *inputs.choices.get("kpis", {}))),
        *years_unknown(judged, calendar_for(inputs, settings)),
        *common_notices(judged, settings),
        *(notice for part in parts for notice in part.notices),
    )
    metrics = _metrics(alerts, held, covered, members) | {"loss_months": settings.loss_months}
    metrics |= {name: value for part in parts for name, value in part.metrics.items()}
    return Outcome({name: frame.lazy() for name, frame in tables.items()}, metrics, said)


def _watched(text: str) -> tuple[str, ...]:
    """What is watched, in the order of PARTS."""
    named = set(names_in(text))
    unknown = sorted(named - set(PARTS))
    if unknown or not named:
        raise UsageError(
            "watch-unknown",
            "[monitor] watch is {given}: it can name {known}.",
            hint='Write it as: --watch "accounts,kpis"; without it all are watched.',
            given=text.strip() or '""',
            known=", ".join(PARTS),
        )
    return tuple(name for name in PARTS if name in named)


def _others(parts: Sequence[Part]) -> dict[str, pl.DataFrame]:
    """Tables of the parts themselves; without rows where a part is not watched."""
    made = {name: frame for part in parts for name, frame in part.tables.items()}
    return {name: made.get(name, contract(name).schema.create_empty()) for name in _OF_PARTS}


def _too_short(settings: MonitorSettings, as_of: date) -> MissingInputError:
    return MissingInputError(
        "monitor-short",
        "Nothing that is watched has {months} earlier months up to {month}, so nothing can be judged.",
        hint="Ingest earlier months, or lower [monitor] least_months.",
        months=settings.least_months,
        month=f"{as_of:%Y-%m}",
    )


def _joined(frames: Sequence[pl.DataFrame], columns: Mapping[str, Any]) -> pl.DataFrame:
    """Frames under each other, with the columns of all, and these at least."""
    return pl.concat([pl.DataFrame(schema=columns), *frames], how="diagonal_relaxed")


def _before(inputs: Inputs, held: pl.DataFrame) -> pl.DataFrame | None:
    """The alerts of the snapshot before, but for those whose cause is known by now: they are not over."""
    if inputs.earlier is None:
        return None
    return inputs.earlier.tables["alerts"].collect().join(held.select(KEY), on=KEY, how="anti").sort(KEY)


def _shaped(table: str, rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Rows with the columns of a table."""
    if rows.is_empty():
        return contract(table).schema.create_empty()
    wanted = [column.name for column in contract(table).columns()]
    rows = rows.with_columns(as_of=pl.lit(as_of))
    return rows.with_columns(pl.lit(None).alias(name) for name in wanted if name not in rows.columns).select(wanted)


def _metrics(
    alerts: pl.DataFrame, held: pl.DataFrame, covered: Sequence[Mapping[str, Any]], members: pl.DataFrame | None
) -> dict[str, Any]:
    """Figures to be shown and compared; `alerts` are those that nobody has seen to."""
    standing = alerts.filter(pl.col("state").is_in(OPEN))
    open_ = standing.filter(~pl.col("acknowledged"))
    causes = dict(held.group_by("cause").len().sort("cause").iter_rows()) if held.height else {}
    return {
        "alerts": open_.height,
        **{state: open_.filter(state=state).height for state in OPEN},
        "over": alerts.filter(state="over").height,
        "settled": alerts.filter(pl.col("state").is_in(SETTLED)).height,
        "acknowledged": standing.height - open_.height,
        "suppressed": held.height,
        "causes": causes,
        "entities_alerted": open_.select("kind", "entity").unique().height,
        "expected_loss": round(loss_of(open_, members), 2),
        "watched": sum(row["entities"] for row in covered),
        "judged": sum(row["judged"] for row in covered),
        "by_kind": dict(open_.group_by("kind").len().sort("kind").iter_rows()),
        "by_metric": dict(open_.group_by("metric").len().sort("metric").iter_rows()),
    }


def _notices(covered: Sequence[Mapping[str, Any]], settings: MonitorSettings) -> Iterator[Notice]:
    series = sum(row["entities"] for row in covered)
    short = series - sum(row["judged"] for row in covered)
    if series and short == series:
        yield Notice(
            "monitor-none-judged",
            "None of {of} series is judged: each needs {months} earlier months ([monitor] least_months), and {known} "
            "are known at most. Ingest earlier months.",
            {"of": series, "months": settings.least_months, "known": max(row["months"] for row in covered) - 1},
        )
    elif short:
        yield Notice(
            "monitor-not-judged",
            "{count} of {of} series are not judged: they have fewer than {months} earlier months, or no figures of the "
            "month.",
            {"count": short, "of": series, "months": settings.least_months},
        )
