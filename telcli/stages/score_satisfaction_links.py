"""Part of score-satisfaction: what customers did after they were asked, by how satisfied they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.features.after_survey import after_survey
from telcli.features.month_index import add_months
from telcli.methods.stratified_difference import (
    Estimate,
    alike_difference,
    mean_interval,
    plain_difference,
    share_interval,
)
from telcli.settings import ScoreSatisfactionSettings
from telcli.tables.from_rows import from_rows
from telcli.tables.satisfaction_driver_results import BANDS, OUTCOMES

__all__ = ["Links", "links_of"]

Floats = NDArray[np.float64]
_TENURES = (12.0, 36.0, 72.0)
"""Months as a customer between which like tenures lie."""
_UNKNOWN = "-"
_WORDS = {"churn": "leaving", "revenue_change": "revenue", "complaint": "complaints"}
_TABLE = "satisfaction_links"


@dataclass(frozen=True)
class Links:
    """The table satisfaction_links, figures, and what is to be said."""

    table: pl.DataFrame
    metrics: dict[str, Any]
    notices: tuple[Notice, ...]


def links_of(
    tables: Mapping[str, pl.LazyFrame],
    people: pl.DataFrame,
    then: pl.DataFrame,
    as_of: date,
    settings: ScoreSatisfactionSettings,
) -> Links:
    """Follow customers for `link_months` after they were asked.

    `people` has customer_id, satisfaction and surveyed_on; `then` what was known of them when they were asked.
    """
    rated = people.filter(pl.col("satisfaction").is_not_null())
    followed = after_survey(tables, rated.select("customer_id", "surveyed_on"), as_of, settings.link_months)
    rows = followed.join(rated.select("customer_id", "satisfaction"), on="customer_id").join(
        _strata(then), on="customer_id", how="left"
    )
    rows = rows.with_columns(band=_band(settings), stratum=pl.col("stratum").fill_null(_UNKNOWN)).sort("customer_id")
    lines = [line for outcome in OUTCOMES for line in _outcome(rows, outcome, settings)]
    table = from_rows(_TABLE, ({"as_of": as_of, **line} for line in lines))
    notices = _untold(table) if rows.height else (_too_soon(as_of, settings.link_months),)
    return Links(table, {"followed": rows.height, "links": _told(lines)}, notices)


def _untold(table: pl.DataFrame) -> tuple[Notice, ...]:
    """Outcomes that nothing tells of anybody."""
    names = [name for name in OUTCOMES if name not in table["outcome"]]
    if not names:
        return ()
    text = "What follows satisfaction is told without {outcomes}: nothing is known of it (bills, contacts with a kind)."
    return (Notice("satisfaction-links-untold", text, {"outcomes": ", ".join(_WORDS[name] for name in names)}),)


def _too_soon(as_of: date, months: int) -> Notice:
    return Notice(
        "satisfaction-no-links",
        "What follows satisfaction is not told: nobody was asked up to {month} who could be followed for {months} "
        "months (link_months, window_months).",
        {"month": f"{add_months(as_of, -months):%Y-%m}", "months": months},
    )


def _band(settings: ScoreSatisfactionSettings) -> pl.Expr:
    score = pl.col("satisfaction")
    return (
        pl.when(score >= settings.satisfied_from)
        .then(pl.lit(BANDS[0]))
        .when(score < settings.dissatisfied_below)
        .then(pl.lit(BANDS[2]))
        .otherwise(pl.lit(BANDS[1]))
    )


def _strata(then: pl.DataFrame) -> pl.DataFrame:
    """Like customers: of one class and a like tenure, as known before they were asked."""
    classed = pl.col("customer_class") if "customer_class" in then.columns else pl.lit(None, pl.String)
    tenure = pl.col("tenure_months") if "tenure_months" in then.columns else pl.lit(None, pl.Float64)
    banded = sum(((tenure.cast(pl.Float64) >= edge).cast(pl.Int64) for edge in _TENURES), pl.lit(0))
    text = pl.format("{}|{}", classed.fill_null("-"), banded.fill_null(-1))
    return then.select("customer_id", stratum=text)


def _outcome(rows: pl.DataFrame, outcome: str, settings: ScoreSatisfactionSettings) -> Iterator[dict[str, Any]]:
    known = rows.filter(pl.col(outcome).is_not_null())
    if not known.height:
        return
    y, band = known[outcome].cast(pl.Float64).to_numpy(), known["band"].to_numpy()
    stratum, shares = known["stratum"].to_numpy(), outcome != "revenue_change"
    satisfied = y[band == BANDS[0]]
    for name in BANDS:
        here = band == name
        small = int(here.sum()) < settings.small_cell
        line = {
            "outcome": outcome,
            "band": name,
            "months": settings.link_months,
            "customers": int(here.sum()),
            "events": int(y[here].sum()) if shares and not small else None,
            "withheld": small,
        }
        if not small:
            mean = share_interval(y[here].sum(), here.sum()) if shares else mean_interval(y[here])
            line |= _ends("", mean, "value", "low", "high")
        if not small and name != BANDS[0] and satisfied.size >= settings.small_cell:
            line |= _ends("difference", plain_difference(y[here], satisfied, shares=shares))
            both = (here | (band == BANDS[0])) & (stratum != _UNKNOWN)  # like customers are those that are known
            line |= _ends("adjusted", alike_difference(y[both], here[both], stratum[both]))
        yield line


def _ends(name: str, found: Estimate, *names: str) -> dict[str, float | None]:
    keys = names or (name, f"{name}_low", f"{name}_high")
    return {key: round(float(end), 8) if np.isfinite(end) else None for key, end in zip(keys, found, strict=True)}


def _told(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The dissatisfied against the satisfied, by outcome."""
    names = ("value", "difference", "difference_low", "difference_high", "adjusted", "adjusted_low", "adjusted_high")
    return {line["outcome"]: {name: line.get(name) for name in names} for line in lines if line["band"] == BANDS[2]}
