"""What the simulated operator exports: customers and lines as they stand, facts of the months asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from tests.loop.operator import Flags, Operator, month_of

__all__ = ["MANAGERS", "frames", "write"]

MANAGERS = 12
_TABLES = ("customers", "subscriptions", "bills", "usage", "contacts")


def frames(world: Operator, months: Sequence[int]) -> dict[str, pl.DataFrame]:
    """Subject tables, in the names that telcli knows, with the facts of some months, 0 being the first plan's."""
    seen = world.joined <= world.now
    facts = [_facts(world, month, seen) for month in months]
    return {
        "customers": _customers(world, seen),
        "subscriptions": _lines(world, seen),
        **{name: pl.concat([fact[name] for fact in facts]) for name in _TABLES[2:]},
    }


def write(world: Operator, months: Sequence[int], folder: Path) -> Path:
    """The same as csv files of a folder of their own."""
    folder.mkdir(parents=True)
    for name, frame in frames(world, months).items():
        frame.write_csv(folder / f"{name}.csv")
    return folder


def _ids(world: Operator, rows: Flags) -> pl.Series:
    return pl.Series("customer_id", world.ids()).filter(pl.Series(rows))


def _customers(world: Operator, seen: Flags) -> pl.DataFrame:
    manager = world.manager[seen]
    return pl.DataFrame(
        {
            "customer_id": _ids(world, seen),
            "customer_class": "public",
            "region": "Starbridge",
            "branch": [f"Grid {number // 3 + 1}" for number in manager],
            "manager_id": [f"M{number + 1:02d}" for number in manager],
            "joined_on": [month_of(month) for month in world.joined[seen]],
        }
    )


def _lines(world: Operator, seen: Flags) -> pl.DataFrame:
    rows = np.flatnonzero(seen)
    gone = [int(month) if month <= world.now else None for month in world.gone[rows]]
    return pl.DataFrame(
        {
            "subscription_id": [f"S{row:06d}" for row in rows],
            "customer_id": _ids(world, seen),
            "service_type": "mobile",
            "pay_mode": "postpaid",
            "plan_id": [f"P{fee:.0f}" for fee in world.fee[rows]],
            "plan_fee": world.fee[rows],
            "activated_on": [month_of(month) for month in world.joined[rows]],
            "ended_on": [None if month is None else month_of(month) + timedelta(14) for month in gone],
            "end_reason": [None if month is None else "voluntary" for month in gone],
            "contract_end": [
                month_of(int(month) + 1) - timedelta(1) if month > -900 else None for month in world.contract_end[rows]
            ],
            "status": ["active" if month is None else "ended" for month in gone],
        },
        schema_overrides={"ended_on": pl.Date, "end_reason": pl.String, "contract_end": pl.Date},
    )


def _facts(world: Operator, month: int, seen: Flags) -> dict[str, pl.DataFrame]:
    """Bills, usage and contacts of one month of whoever was there in it."""
    rng = np.random.default_rng([world.seed, 23, month + 60])
    trouble, kind, n = world.trouble[:, world.at(month)], world.kind, world.n
    price, service, asleep = (trouble & (kind == which) for which in (0, 1, 3))
    beyond = np.where(price, rng.uniform(0.3, 0.7, n), np.where(rng.random(n) < 0.06, rng.uniform(0, 0.3, n), 0.0))
    use = world.habit * rng.lognormal(0.0, 0.15, n) * np.where(asleep, 0.08, np.where(price, 0.8, 1.0))
    complaints = rng.poisson(np.where(service, 1.4, 0.02))
    enquiries = rng.poisson(np.where(trouble & (kind == 2), 0.3, 0.04))
    there = seen & (world.joined <= month) & (world.gone >= month)
    ids, day = _ids(world, there), month_of(month)
    over = np.round(beyond * world.fee, 2)
    bills = [_bill(ids, day, "recurring", world.fee[there]), _bill(ids, day, "over-bundle", over[there])]
    usage = pl.DataFrame(
        {
            "customer_id": ids,
            "month": day,
            "call_minutes": np.round(180 * use, 1)[there],
            "data_mb": np.round(6000 * use, 1)[there],
            "over_bundle_fee": over[there],
            "active_days": np.clip(np.round(24 * use**0.5), 0, 28)[there],
        }
    )
    said = [
        _contacts(world, there, many, word, day) for word, many in (("complaint", complaints), ("enquiry", enquiries))
    ]
    return {"bills": pl.concat(bills), "usage": usage, "contacts": pl.concat(said)}


def _bill(ids: pl.Series, day: date, kind: str, amount: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": ids, "month": day, "kind": kind, "amount": amount}).filter(pl.col("amount") > 0)


def _contacts(world: Operator, there: Flags, many: np.ndarray, word: str, day: date) -> pl.DataFrame:
    rows = np.repeat(np.flatnonzero(there), np.minimum(many, 3)[there])
    turn = np.concatenate([np.arange(times) for times in np.minimum(many, 3)[there]]) if rows.size else rows
    opened = [day + timedelta(int(3 + 7 * number)) for number in turn]
    return pl.DataFrame(
        {
            "contact_id": [
                f"{word[0].upper()}{day:%y%m}{row:06d}{number}" for row, number in zip(rows, turn, strict=True)
            ],
            "customer_id": [f"C{row:06d}" for row in rows],
            "opened_at": [f"{when} 10:00:00" for when in opened],
            "closed_at": [f"{when + timedelta(2)} 10:00:00" for when in opened],
            "channel": "hotline",
            "kind": word,
        },
        schema=dict.fromkeys(("contact_id", "customer_id", "opened_at", "closed_at", "channel", "kind"), pl.String),
    )
