"""Little operators for the tests: tables from rows, and random ones with every oddity a real extract has."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from telcli.features.month_index import month_index
from telcli.features.products import owned
from telcli.tables import contract

Tables = dict[str, pl.LazyFrame]


def table(name: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    """A subject table with every declared column, from rows that name only what matters."""
    kinds = {name: column.dtype for name, column in contract(name).schema.columns().items()}
    return pl.DataFrame([{**dict.fromkeys(kinds), **row} for row in rows], schema=kinds, orient="row").lazy()


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def random_operator(seed: int, customers: int = 8) -> Tables:
    """Seven months of a few customers: unknown dates, returns, moves, lines that begin or end later, strangers."""
    chance = np.random.default_rng(seed)
    months = [date(2023, 11, 1), date(2023, 12, 1), *(date(2024, k, 1) for k in range(1, 6))]
    names = [f"c{k}" for k in range(customers)]
    owners = [*names, "stranger"]

    def maybe(value: Any, share: float = 0.8) -> Any:
        return value if chance.random() < share else None

    def some_day(first: date, last: date) -> date:
        return first + timedelta(days=int(chance.integers(0, (last - first).days + 1)))

    def moment(first: date, last: date) -> datetime:
        return datetime.combine(some_day(first, last), datetime.min.time()) + timedelta(
            hours=int(chance.integers(0, 24))
        )

    early, late = date(2023, 6, 1), date(2024, 7, 31)
    joined = {name: maybe(some_day(early, late), 0.6) for name in names}
    tables = {
        "customers": [{"customer_id": name, "joined_on": day} for name, day in joined.items()],
        "subscriptions": [],
        "bills": [],
        "usage": [],
        "payments": [],
        "contacts": [],
    }
    for number in range(int(customers * 1.8)):
        activated, owner = maybe(some_day(early, late)), str(chance.choice(owners))
        ended = maybe(some_day(activated or joined.get(owner) or early, late), 0.5)
        prepaid = chance.random() < 0.5
        line = {
            "subscription_id": f"s{number}",
            "customer_id": owner,
            "service_type": maybe(str(chance.choice(["mobile", "broadband"]))),
            "pay_mode": maybe("prepaid" if prepaid else "postpaid", 0.9),
            "plan_fee": maybe(float(chance.integers(0, 9000)) / 100),
            "activated_on": activated,
            "ended_on": ended,
            "end_reason": maybe(str(chance.choice(["voluntary", "internal"]))) if ended else None,
            "contract_end": maybe(some_day(early, late), 0.4),
            "status": "ended" if chance.random() < 0.1 and (activated or late) < months[0] else None,
        }
        tables["subscriptions"].append(line)
    delivered = {name: [at for at in months if chance.random() < 0.9] for name in ("bills", "usage")}
    for owner in owners:
        for at in months:
            if at in delivered["bills"] and chance.random() < 0.7:
                tables["bills"] += _bill(chance, owner, at, maybe)
            if at in delivered["usage"] and chance.random() < 0.5:
                amounts = ("call_minutes", "data_mb", "texts", "data_saturation", "over_bundle_times")
                use = {name: maybe(float(chance.integers(0, 3)) * 7.5, 0.7) for name in amounts}
                days = maybe(float(chance.integers(0, 29)), 0.7)
                tables["usage"].append({"customer_id": owner, "month": at, **use, "active_days": days})
    for number in range(customers * 3):
        opened = moment(months[0], month_end(months[-1]))
        tables["payments"].append(
            {
                "payment_id": f"p{number}",
                "customer_id": str(chance.choice(owners)),
                "paid_at": moment(months[0], month_end(months[-1])),
                "amount": float(chance.integers(1, 20000)) / 100,
                "reversed": maybe(bool(chance.random() < 0.1)),
            }
        )
        tables["contacts"].append(
            {
                "contact_id": f"k{number}",
                "customer_id": str(chance.choice(owners)),
                "opened_at": opened,
                "closed_at": maybe(opened + timedelta(days=int(chance.integers(0, 90)))),
                "kind": maybe(str(chance.choice(["complaint", "fault", "enquiry"]))),
                "topic": maybe(str(chance.choice(["bill", "signal"]))),
                "repeat": maybe(bool(chance.random() < 0.3), 0.3),
                "rating": maybe(float(chance.integers(0, 11))),
            }
        )
    tables["subscription_history"] = _versions(chance, tables["subscriptions"], months, maybe)
    tables["products"] = _products(chance, tables["subscriptions"], some_day, maybe)
    tables["campaigns"] = _campaigns(chance, owners, some_day, maybe)
    lacking = _lacking(chance)
    return owned({name: table(name, rows) for name, rows in tables.items() if name not in lacking})


def _lacking(chance: np.random.Generator) -> set[str]:
    """Tables that this operator does not have."""
    may_lack = ("subscriptions", "usage", "payments", "contacts", "subscription_history", "products", "campaigns")
    found = {name for name in may_lack if chance.random() < 0.15}
    return found | {"subscription_history", "products"} if "subscriptions" in found else found


def _versions(chance: np.random.Generator, lines: list[dict[str, Any]], months: list[date], maybe: Any) -> Any:
    """What some of the lines were before, each version until the next; the lines are so from the end of the last."""
    found = []
    for line in lines:
        line |= {"plan_id": maybe(str(chance.choice(["a", "b"]))), "bundle_id": maybe("f1", 0.3)}
        line |= {"main_number_h": maybe("m", 0.2)}
        until = sorted({at + timedelta(days=int(chance.integers(0, 28))) for at in months if chance.random() < 0.2})
        for place, day in enumerate(until):
            state = {
                "plan_fee": maybe(float(chance.integers(0, 5)) * 10),
                "plan_id": maybe(str(chance.choice(["a", "b"]))),
            }
            state |= {"pay_mode": maybe(str(chance.choice(["prepaid", "postpaid"])))}
            begun = until[place - 1] if place else maybe(day - timedelta(days=40), 0.5)
            found.append({**line, **state, "valid_from": begun, "valid_to": day})
        if until:
            line |= {"valid_from": until[-1]}
    return found


def _products(chance: np.random.Generator, lines: list[dict[str, Any]], some_day: Any, maybe: Any) -> Any:
    found = {}
    for line in lines:
        for name in ("p", "q"):
            started = some_day(date(2023, 9, 1), date(2024, 6, 30))
            ended = maybe(started + timedelta(days=int(chance.integers(0, 200))), 0.5)
            key = {"subscription_id": line["subscription_id"], "product_id": name, "started_on": started}
            found[tuple(key.values())] = {**key, "ended_on": ended}
    return list(found.values())


def _campaigns(chance: np.random.Generator, owners: list[str], some_day: Any, maybe: Any) -> Any:
    return [
        {
            "campaign_id": f"g{number}",
            "customer_id": owner,
            "arm": maybe(str(chance.choice(["treated", "held_out"]))),
            "contacted_on": maybe(some_day(date(2023, 10, 1), date(2024, 6, 30))),
            "response": maybe(str(chance.choice(["接受", "no"]))),
            "cost": maybe(float(chance.integers(0, 500)) / 100),
        }
        for number in range(4)
        for owner in owners
        if chance.random() < 0.4
    ]


def _bill(chance: np.random.Generator, owner: str, at: date, maybe: Any) -> list[dict[str, Any]]:
    kinds = ["total"] if chance.random() < 0.3 else ["recurring", "over-bundle", "voice"]
    due = maybe(at + timedelta(days=int(chance.integers(0, 70))), 0.5)
    return [
        {
            "customer_id": owner,
            "month": at,
            "kind": kind,
            "amount": float(chance.integers(-500, 9000)) / 100,
            "discount": maybe(float(chance.integers(0, 900)) / 100, 0.6),
            "due_on": due,
        }
        for kind in kinds
    ]


def known_at(tables: Mapping[str, pl.LazyFrame], last: int) -> Tables:
    """What the operator's systems held at the end of month `last`: nothing that began or became known later."""
    end = last + 1

    def upto(column: str) -> pl.Expr:
        return index(column).fill_null(0) < end

    cut = {}
    for name, frame in tables.items():
        if name == "subscriptions":
            began = pl.when(pl.col("activated_on").is_null()).then(pl.lit(value=True)).otherwise(upto("activated_on"))
            ended = pl.col("ended_on").is_null() | upto("ended_on")
            then = _as_it_was(frame, tables.get("subscription_history"), end)
            cut[name] = then.filter(began).with_columns(pl.when(ended).then(part) for part in ("ended_on", "status"))
        elif name == "subscription_history":
            cut[name] = frame.filter(upto("valid_to"))
        elif name == "products":
            cut[name] = frame.filter(upto("started_on")).with_columns(pl.when(upto("ended_on")).then("ended_on"))
        elif name == "contacts":
            cut[name] = frame.filter(upto("opened_at")).with_columns(pl.when(upto("closed_at")).then("closed_at"))
        elif name != "customers":
            cut[name] = frame.filter(upto({"payments": "paid_at", "campaigns": "contacted_on"}.get(name, "month")))
        else:
            cut[name] = frame
    return cut


def _as_it_was(lines: pl.LazyFrame, past: pl.LazyFrame | None, end: int) -> pl.LazyFrame:
    """The lines with what later became history in place of what they are today: the first version after the cut."""
    if past is None:
        return lines
    state = ["plan_id", "plan_fee", "contract_end", "pay_mode", "valid_from"]
    later = past.filter(index("valid_to") >= end).sort("valid_to")
    found = later.group_by("subscription_id").agg(pl.col(state).first(), _was=pl.lit(value=True))
    both = lines.join(found, on="subscription_id", how="left", suffix="_then")
    chosen = [pl.when("_was").then(f"{name}_then").otherwise(name).alias(name) for name in state]
    return both.with_columns(chosen).select(lines.collect_schema().names())


def index(column: str) -> pl.Expr:
    return pl.col(column).dt.year().cast(pl.Int64) * 12 + pl.col(column).dt.month().cast(pl.Int64) - 1


def at(year: int, month: int) -> int:
    return month_index(date(year, month, 1))


def long_operator(seed: int, customers: int = 6) -> Tables:
    """Thirty months of a few customers, in which what matters lies far apart.

    Bills are paid years late, far ahead, or taken back; contacts stay open for a year; lines end and others begin long
    after; use, contacts and campaigns are rare; some are prepaid for a time.
    """
    chance = np.random.default_rng(seed)
    first = at(2022, 1)
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in ("bills", "usage", "payments", "contacts")}
    tables |= {"customers": [], "subscriptions": [], "products": [], "campaigns": []}

    def day(month: int) -> date:
        return date((first + month) // 12, (first + month) % 12 + 1, int(chance.integers(1, 28)))

    for who in (f"c{number}" for number in range(customers)):
        tables["customers"].append({"customer_id": who, "joined_on": day(-3)})
        begins = [int(chance.integers(-4, 4)), int(chance.integers(12, 28))]
        ends = [begins[1] - int(chance.integers(-3, 10)), None] if chance.random() < 0.6 else [None, None]
        for number, (begin, end) in enumerate(zip(begins, ends, strict=True)):
            line = {"subscription_id": f"{who}-{number}", "customer_id": who, "activated_on": day(begin)}
            line |= {"ended_on": day(end) if end and end > begin else None, "plan_fee": 30.0, "service_type": "mobile"}
            line |= {"pay_mode": "prepaid" if chance.random() < 0.3 else "postpaid"}
            tables["subscriptions"].append(line)
        tables["products"].append({"subscription_id": f"{who}-0", "product_id": "p", "started_on": day(1)})
        rare = chance.random() * 0.5
        for month in range(30):
            bill = {"customer_id": who, "month": day(month).replace(day=1), "kind": "total"}
            if chance.random() < 0.8:
                due = day(month + 1) if chance.random() < 0.7 else None
                tables["bills"].append({**bill, "amount": float(chance.integers(-2, 40)), "due_on": due})
            if chance.random() < rare:
                tables["usage"].append({"customer_id": who, "month": bill["month"], "data_mb": 5.0})
            if chance.random() < rare:
                much = 400.0 if chance.random() < 0.1 else float(chance.integers(-5, 60))
                paid = {"payment_id": f"{who}-{month}", "customer_id": who, "amount": much}
                moment = datetime.combine(day(month), datetime.min.time())
                tables["payments"].append({**paid, "paid_at": moment, "reversed": bool(chance.random() < 0.2)})
            if chance.random() < 0.15:
                opened = datetime.combine(day(month), datetime.min.time())
                closed = opened + timedelta(days=int(chance.integers(0, 600))) if chance.random() < 0.8 else None
                told = {"contact_id": f"{who}-{month}", "customer_id": who, "topic": "bill", "kind": "complaint"}
                tables["contacts"].append({**told, "opened_at": opened, "closed_at": closed})
            if chance.random() < 0.05:
                tables["campaigns"].append({"campaign_id": f"g{month}", "customer_id": who, "contacted_on": day(month)})
    return owned({name: table(name, rows) for name, rows in tables.items()})
