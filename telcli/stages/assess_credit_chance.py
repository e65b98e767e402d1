"""Part of assess-credit: the chance that what falls due next month is not paid in time, tested on a later month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.month_index import index_at, month_at
from telcli.features.paying import PAYING, bucket_at, dated, labels, paying
from telcli.features.receivables import BUCKETS
from telcli.methods.churn_folds import bounded_sample
from telcli.methods.churn_model import ChurnModel
from telcli.methods.intervals import ends
from telcli.methods.payment_chance import METHODS, Chances, Measured, age_rates, better, foretold, measured
from telcli.methods.rates import wilson
from telcli.stages.assess_credit_ground import Ground

__all__ = ["NOT_TOLD", "Foretold", "chances", "learned_rows"]

Floats = NDArray[np.float64]
_BESIDE = ("tenure_months", "complaints_sum_3", "active_days_mean_3", "revenue_change_3", "numbers_held")
"""Features of customer_months that are looked at beside how customers pay, where there are any."""
NOT_TOLD = ("who", "late", "known", "at")
"""Columns of what is learned from that are no features."""
_MOST, _CUSTOMERS = 40_000, 20_000
"""Rows that are learned from at most, and customers that they are looked for among: each so many-th of more."""


@dataclass(frozen=True)
class Foretold:
    """By customer (`who`) the chance and where it is from, the table credit_model, and figures of the method used."""

    each: pl.DataFrame
    table: pl.DataFrame
    metrics: dict[str, Any]


def chances(ground: Ground) -> Foretold:
    """Foretell who will not pay in time what falls due in the month after the snapshot.

    Learned from the last `learn_months` months of which it is known, and tested on the last of them by those before,
    of which it was known by then.
    The model is used where it does better than the age of the debt by more than its standard error, else that is; where
    three months are known, that is asked of the one before the last, so that the last measures what did not choose.
    """
    bills, told = dated(ground.book), _beside(ground)
    now = _features(ground, bills, ground.at, told)
    rows = learned_rows(ground, bills, told)
    if rows is None:
        ground.tell(
            "credit-nothing-known",
            "Of no month before is it known who paid what fell due in the next: no chance of non-payment is told.",
        )
        return _untold(now)
    names = [name for name in rows.columns if name not in NOT_TOLD]
    late, at = rows["late"].to_numpy(), rows["at"].to_numpy()
    age = bucket_at(rows).to_numpy()
    kept = bounded_sample(late, _MOST, ground.inputs.seed, alike=True)[0]
    X = rows.select(names).to_numpy().astype(np.float32)
    groups = rows["who"].to_numpy()
    ground.inputs.progress("model", 0, 2)
    found, model = foretold(
        X[kept],
        age[kept],
        late[kept],
        at[kept],
        groups[kept],
        ages=len(BUCKETS),
        seed=ground.inputs.seed,
        seconds=float(ground.settings.fit_seconds),
        known=rows.select(index_at(pl.col("known"))).to_series().to_numpy()[kept],
    )
    use = better(found)
    _tell(ground, found, use, int(late.sum()), late.size)
    ground.inputs.progress("model", 1, 2)
    if use:
        last = ChurnModel(seed=ground.inputs.seed, seconds=float(ground.settings.fit_seconds))
        last.fit(X[kept], late[kept], groups=groups[kept], like=model)
        p = last.predict_proba(now.select(names).to_numpy().astype(np.float32))[:, 1]
    else:
        p = age_rates(age, late, len(BUCKETS))[bucket_at(now).to_numpy()]
    origin = "model" if use else "bucket"
    each = now.select("who", probability=pl.Series(p), origin=pl.lit(origin))
    told_by = {name: measured(found.late, p, ground.inputs.seed) for name, p in found.found.items()}
    return Foretold(each, _table(ground, found, told_by, rows, origin), _figures(ground, found, told_by, rows, origin))


def learned_rows(
    ground: Ground, bills: pl.DataFrame | None = None, told: pl.DataFrame | None = None
) -> pl.DataFrame | None:
    """Customers of the months learned from: NOT_TOLD and features; None where no month is known.

    Of a month without any payment it is not known who paid.
    """
    grace, end = ground.settings.grace_days, ground.end
    bills = dated(ground.book) if bills is None else bills
    told = _beside(ground) if told is None else told
    step = -(-ground.folk.height // _CUSTOMERS)
    if step > 1:
        ground = replace(ground, book=ground.book.every(step))
        bills = bills.filter(pl.col("who") % step == 0)
    found: list[pl.DataFrame] = []
    for at in range(ground.at - 1, ground.first - 1, -1):
        known = labels(bills, at, grace, end) if at + 1 in ground.paid_in else pl.DataFrame()
        if known.height and len(found) < ground.settings.learn_months:
            rows = _features(ground, bills, at, told).join(known, on="who", how="inner", maintain_order="left")
            found.append(rows.with_columns(at=pl.lit(at, pl.Int32)))
    rows = pl.concat(found[::-1]) if found else pl.DataFrame()
    # Who was not billed by then could not be told anything of.
    return rows if rows.height else None


def _features(ground: Ground, bills: pl.DataFrame, at: int, told: pl.DataFrame | None) -> pl.DataFrame:
    rows = paying(ground.book, bills, at, ground.settings.grace_days)
    if told is None:
        return rows
    month = told.filter(pl.col("month") == month_at(at)).drop("month")
    return rows.join(month, on="who", how="left", maintain_order="left")


def _beside(ground: Ground) -> pl.DataFrame | None:
    """What customer_months tells beside: who, month and features that there are any of."""
    frame = ground.inputs.tables.get("customer_months")
    if frame is None:
        return None
    names = [name for name in _BESIDE if name in frame.collect_schema()]
    since = month_at(ground.at - ground.settings.learn_months - 2)
    rows = frame.filter(pl.col("month") >= since).select("customer_id", "month", *names).collect()
    who = ground.folk.select("who", "customer_id")
    found = rows.join(who, on="customer_id").drop("customer_id")
    some = [name for name in names if found[name].count()]
    return found.select("who", "month", *(pl.col(name).cast(pl.Float64) for name in some)) if some else None


def _tell(ground: Ground, found: Chances, use: bool, late: int, rows: int) -> None:
    if "model" not in found.found:
        ground.tell(
            "credit-few-labels",
            "{late} late of {rows} known are too few for a model: the chance of non-payment is the rate of the age of "
            "the debt.",
            late=late,
            rows=rows,
        )
    elif not use:
        ground.tell(
            "credit-model-no-better",
            "The model foretold who paid no better than the age of the debt does, so that is used.",
        )


def _untold(now: pl.DataFrame) -> Foretold:
    from telcli.tables import contract

    none = now.select("who", probability=pl.lit(None, pl.Float64), origin=pl.lit(None, pl.String))
    return Foretold(none, contract("credit_model").schema.create_empty(), {"split": None, "chosen_method": None})


def _table(
    ground: Ground, found: Chances, told: Mapping[str, Measured], rows: pl.DataFrame, origin: str
) -> pl.DataFrame:
    """The table credit_model: each method on the rows that none had seen."""
    month = month_at(int(rows["at"].to_numpy().max()) + 1)
    made = []
    for name in METHODS:
        if name in told:
            known = {key: None if np.isnan(value) else value for key, value in vars(told[name]).items()}
            made.append({"method": name, **known, "used": name == origin})
    frame = pl.DataFrame(made, infer_schema_length=None)
    return frame.select(
        pl.lit(ground.as_of).alias("as_of"),
        pl.lit(month).alias("month"),
        pl.lit(found.way).alias("split"),
        *(pl.col(name).cast(pl.Float64) if frame[name].dtype == pl.Null else name for name in frame.columns),
    )


def _figures(
    ground: Ground, found: Chances, told: Mapping[str, Measured], rows: pl.DataFrame, origin: str
) -> dict[str, Any]:
    used = told[origin]
    names = ("auc", "auc_low", "auc_high", "brier", "ece", "ece_chance", "slope")
    return {
        "split": found.way,
        "chosen_method": origin,
        "chosen_on": None if found.before is None else _chosen_on(rows),
        "known_rows": rows.height,
        "known_months": rows["at"].n_unique(),
        "features": [name for name in rows.columns if name not in (*PAYING, *NOT_TOLD)],
        "grace_days": ground.settings.grace_days,
        "rows": used.rows,
        **_rate(used.late, used.rows),
        **{name: _whole(getattr(used, name)) for name in names},
        "by_method": {
            name: {key: _whole(getattr(each, key)) for key in ("auc", "brier", "log_loss", "ece", "slope")}
            for name, each in told.items()
        },
    }


def _rate(late: int, rows: int) -> dict[str, float]:
    """The share not paid in time of the customers tested, and its interval."""
    low, high = wilson([late], [rows])
    return {"non_payment_rate": late / rows, **ends("non_payment_rate", late / rows, float(low[0]), float(high[0]))}


def _chosen_on(rows: pl.DataFrame) -> str:
    """The month, written YYYY-MM, whose payments chose the way of foretelling: that before the month tested."""
    at = rows["at"].to_numpy()
    return f"{month_at(int(at[at < at.max()].max()) + 1):%Y-%m}"


def _whole(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
