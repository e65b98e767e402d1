"""What each plan would have cost a customer in each of some months, and which would have cost least.

Use is taken as it was: a customer on another plan may use more or less, which no bill of the past tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.plan_use import Units
from telcli.methods.tariff_cost import beyond, saving_interval
from telcli.tables.tariffs import SERVICES, Tariff

__all__ = ["FITS", "PlanFit", "charges", "plan_fit"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
FITS = ("over-bundle", "tight", "fits", "unused")
"""Charged beyond the bundle in half of the months or more; nearly full; neither; hardly used."""
_FULL, _HARDLY = 0.9, 0.4
_CENT = 0.005


@dataclass(frozen=True)
class PlanFit:
    """The plans of some customers.

    Parameters
    ----------
    rows : DataFrame
        One row per customer, sorted: ``plan_id`` and ``best_plan`` (by the tariffs' words), ``months`` and
        ``exact_months`` told, ``cost`` a month on the plan of now with ``cost_low`` and ``cost_high`` (what rounding
        may make of it; null where it is not known), ``best_cost``, ``saving`` a month with the ends of its interval
        over the months, ``months_cheaper``, ``fee``, ``best_fee``, ``over_bundle`` (charged beyond the bundle a
        month), ``over_months``,
        ``voice_saturation`` and so on (used over included; null without a limit), and ``fit``, one of `FITS`.
    months : DataFrame
        ``customer_id``, ``month``, ``exact``, ``cost``, ``best_cost``, and what was charged beyond by service.
    checked : dict
        Of plans chosen without the last month: customers, and what they were expected to save in it and did.
    """

    rows: pl.DataFrame
    months: pl.DataFrame
    checked: dict[str, float]


@dataclass(frozen=True)
class _Rows:
    """Months of customers as arrays: whose each is, whether it is her last, and the columns of use."""

    use: pl.DataFrame
    who: Whole
    count: Whole
    last: NDArray[np.bool_]

    @classmethod
    def of(cls, use: pl.DataFrame) -> _Rows:
        lengths = use["customer_id"].rle().struct.field("len").to_numpy().astype(np.int64)
        last = np.zeros(use.height, dtype=bool)
        last[np.cumsum(lengths) - 1] = True
        return cls(use, np.repeat(np.arange(len(lengths)), lengths), lengths, last)

    def mean(self, amounts: Floats) -> Floats:
        """The mean of each customer's months."""
        return np.bincount(self.who, amounts, len(self.count)) / self.count

    def column(self, name: str) -> Floats:
        """A column of use."""
        return self.use[name].to_numpy().astype(np.float64)


def charges(use: pl.DataFrame, tariff: Tariff, units: Units, end: str = "") -> dict[str, Floats]:
    """What a plan charges beyond its bundle in each month, by service: arrays of shape (rows,), in currency.

    Parameters
    ----------
    use : DataFrame
        See `plan_use`.
    tariff : Tariff
        The plan.
    units : Units
        The units that `use` was rounded up to.
    end : str
        "" as it is, or likeliest; "_low" and "_high" what rounding may make of it.

    >>> use = pl.DataFrame({"texts": [60.0], "mb": [16_000.0], "minutes_0": [510.0]})
    >>> surf = Tariff("surf", 20.0, 500.0, 50.0, 15_360.0, 0.03, 0.03, 10.0, data_unit_mb=1024.0)
    >>> {service: float(charge[0]) for service, charge in charges(use, surf, Units((60.0,), ())).items()}
    {'voice': 0.3, 'text': 0.3, 'data': 10.0}
    """
    minutes = use[f"minutes_{units.calls.index(tariff.call_unit_s)}{end}"].to_numpy()
    step = tariff.call_unit_s / 60.0
    single = tariff.data_rounded == "session"
    data = use[f"mb_{units.sessions.index(tariff.data_unit_mb)}{end}" if single else "mb"].to_numpy()
    return {
        "voice": beyond(minutes, tariff.minutes, tariff.per_minute * step, step),
        "text": beyond(use["texts"].to_numpy(), tariff.texts, tariff.per_text, 1.0),
        "data": beyond(data, tariff.mb, tariff.per_data, tariff.data_unit_mb),
    }


def plan_fit(use: pl.DataFrame, plan: Whole, tariffs: Sequence[Tariff], units: Units) -> PlanFit:
    """Compare the plan of each customer with all that are on sale.

    Parameters
    ----------
    use : DataFrame
        See `plan_use`; at least one row.
    plan : array of shape (customers,)
        The place of each customer's plan among the tariffs, customers in the order of `use`.
    tariffs : sequence of Tariff
        The plans there are.
    units : Units
        Those of the tariffs.
    """
    rows = _Rows.of(use)
    own = _costs(rows, plan, tariffs, units)
    best, best_cost = _cheapest(rows, plan, own["cost"], tariffs, units, None)
    months = pl.DataFrame({"cost": own["cost"], "best_cost": best_cost} | {name: own[name] for name in SERVICES})
    told = use.select("customer_id", "month", "exact").hstack(months)
    return PlanFit(
        _told(rows, plan, best, own, best_cost, tariffs), told, _checked(rows, plan, own["cost"], tariffs, units)
    )


def _costs(rows: _Rows, plan: Whole, tariffs: Sequence[Tariff], units: Units) -> dict[str, Floats]:
    """What each month cost on the customer's own plan, with its ends, and what was charged beyond by service."""
    found = {name: np.zeros(rows.use.height) for name in ("cost", "cost_low", "cost_high", *SERVICES)}
    mine = plan[rows.who]
    for place in np.unique(plan).tolist():
        own = np.flatnonzero(mine == place)
        part = rows.use[own]
        for end in ("", "_low", "_high"):
            by_service = charges(part, tariffs[place], units, end)
            found[f"cost{end}"][own] = tariffs[place].monthly_fee + sum(by_service.values())
            if not end:
                for name, charge in by_service.items():
                    found[name][own] = charge
    return {name: np.round(amounts, 4) for name, amounts in found.items()}


def _cheapest(
    rows: _Rows,
    plan: Whole,
    own: Floats,
    tariffs: Sequence[Tariff],
    units: Units,
    chosen: NDArray[np.bool_] | None,
) -> tuple[Whole, Floats]:
    """The plan that cost least over the months chosen (all of them: None), the own where none is cheaper by a cent.

    Returns the place of each customer's best plan, and what each month would have cost on it.
    """
    weight = np.ones(len(own)) if chosen is None else chosen.astype(np.float64)
    size, held = len(rows.count), np.maximum(np.bincount(rows.who, weight, len(rows.count)), 1.0)
    least = np.bincount(rows.who, own * weight, size) / held - _CENT
    best, cost = plan.copy(), own.copy()
    for place, tariff in enumerate(tariffs):
        if not tariff.on_sale:
            continue
        now = np.round(tariff.monthly_fee + sum(charges(rows.use, tariff, units).values()), 4)
        mean = np.bincount(rows.who, now * weight, size) / held
        better = mean < least
        best[better], least[better] = place, mean[better]
        cost = np.where(better[rows.who], now, cost)
    return best, cost


def _told(
    rows: _Rows, plan: Whole, best: Whole, own: dict[str, Floats], best_cost: Floats, tariffs: Sequence[Tariff]
) -> pl.DataFrame:
    names, fees = [each.plan for each in tariffs], np.array([each.monthly_fee for each in tariffs])
    gain, extra = own["cost"] - best_cost, sum(own[name] for name in SERVICES)
    saving, moved = rows.mean(gain), best != plan
    low, high = saving_interval(saving, rows.mean(gain**2), rows.count)
    over = np.bincount(rows.who, extra > 0, len(rows.count)).astype(np.int64)
    full = _saturation(rows, plan, tariffs)
    columns = {
        "customer_id": rows.use["customer_id"].unique(maintain_order=True),
        "plan_id": [names[place] for place in plan],
        "best_plan": [names[place] for place in best],
        "months": rows.count,
        "exact_months": np.bincount(rows.who, rows.use["exact"].to_numpy(), len(rows.count)).astype(np.int64),
        **{name: np.round(rows.mean(own[name]), 4) for name in ("cost", "cost_low", "cost_high")},
        "best_cost": np.round(rows.mean(best_cost), 4),
        "saving": np.round(saving, 4),
        "saving_low": np.where(moved, np.round(low, 4), 0.0),
        "saving_high": np.where(moved, np.round(high, 4), 0.0),
        "months_cheaper": np.bincount(rows.who, gain > _CENT, len(rows.count)).astype(np.int64),
        "fee": fees[plan],
        "best_fee": fees[best],
        "over_bundle": np.round(rows.mean(np.asarray(extra)), 4),
        "over_months": over,
        **{f"{name}_saturation": np.round(part, 4) for name, part in full.items()},
        "fit": _fits(over, rows.count, np.stack(list(full.values()))),
    }
    return pl.DataFrame(columns, nan_to_null=True)


def _saturation(rows: _Rows, plan: Whole, tariffs: Sequence[Tariff]) -> dict[str, Floats]:
    """What was used of what the own plan includes; NaN where it sets no limit or includes nothing."""
    used = {"voice": "minutes_0", "text": "texts", "data": "mb"}
    found = {}
    for service, name in zip(SERVICES, ("minutes", "texts", "mb"), strict=True):
        held = np.array([getattr(each, name) for each in tariffs])[plan]
        limit = np.where((held > 0) & np.isfinite(held), held, np.nan)
        found[service] = rows.mean(rows.column(used[service])) / limit
    return found


def _fits(over: Whole, months: Whole, full: Floats) -> list[str]:
    limited = ~np.isnan(full).all(axis=0)
    most = np.where(limited, np.nanmax(np.where(np.isnan(full), -1.0, full), axis=0), np.nan)
    kinds = np.select([2 * over >= months, most >= _FULL, most < _HARDLY], [0, 1, 3], 2)
    return [FITS[kind] for kind in kinds.tolist()]


def _checked(rows: _Rows, plan: Whole, own: Floats, tariffs: Sequence[Tariff], units: Units) -> dict[str, float]:
    """Choose by all months but the last, and see what that would have saved in the last."""
    best, cost = _cheapest(rows, plan, own, tariffs, units, ~rows.last)
    moved = (best != plan) & (rows.count >= 2)
    gain = own - cost
    before = np.bincount(rows.who, gain * ~rows.last, len(rows.count)) / np.maximum(rows.count - 1, 1)
    after = gain[rows.last]
    return {
        "customers": int(moved.sum()),
        "expected_saving": round(float(before[moved].sum()), 2),
        "realised_saving": round(float(after[moved].sum()), 2),
        "cheaper_share": round(float((after[moved] > 0).mean()), 4) if moved.any() else 0.0,
    }
