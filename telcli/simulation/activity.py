"""The monthly and daily files: bills, use, payments and tickets, each in its system's own format."""

from __future__ import annotations

import numpy as np
import polars as pl

from telcli.simulation.behaviour import Charges, Use
from telcli.simulation.dirt import OWNER
from telcli.simulation.extracts import compact, customer_ids, words
from telcli.simulation.payments import CHANNELS, METHODS, Payments
from telcli.simulation.population import Population
from telcli.simulation.service import KINDS, TOPICS, Tickets
from telcli.simulation.world import Array, Streams, World

__all__ = ["bill_rows", "payment_rows", "ticket_rows", "usage_rows"]

BILL_COLUMNS = {
    "recurring": "月租费",
    "voice": "语音费",
    "data": "流量费",
    "text": "短信费",
    "over_bundle": "套外费",
    "discount": "优惠",
}


def _yuan(name: str) -> pl.Expr:
    """Fen as yuan: 1,234.50 from a thousand on, - for nothing."""
    fen = pl.col(name)
    yuan, rest = fen // 100, (fen % 100).cast(pl.String).str.zfill(2)
    thousands = pl.format("{},{}.{}", yuan // 1000, (yuan % 1000).cast(pl.String).str.zfill(3), rest)
    return (
        pl.when(fen == 0).then(pl.lit("-")).when(yuan >= 1000).then(thousands).otherwise(pl.format("{}.{}", yuan, rest))
    )


def bill_rows(world: World, block: int, people: Population, used: Use, charges: Charges) -> pl.DataFrame:
    """billing_YYYY.txt: one wide row per customer and month, with `_year` for the file it goes to."""
    chance = Streams(world.seed, block)("bill rows")
    owner, month = np.nonzero(used.there)
    n = len(owner)
    due = world.day(month + 1, np.full(n, 20))
    raw = pl.DataFrame(
        {
            "id": customer_ids(people.number)[owner],
            "month": world.first + month,
            **{name: getattr(charges, name)[owner, month] for name in BILL_COLUMNS},
            "due": pl.Series(due),
            "blank": chance.random(n) < 0.004,
            OWNER: owner,
        }
    )
    return raw.select(
        pl.when("blank").then(pl.format("{}  ", "id")).otherwise("id").alias("客户编号"),
        (pl.col("month") // 12 * 100 + pl.col("month") % 12 + 1).cast(pl.String).alias("账期"),
        *(_yuan(name).alias(title) for name, title in BILL_COLUMNS.items()),
        compact(pl.col("due")).alias("缴费期限"),
        (pl.col("month") // 12).alias("_year"),
        OWNER,
    )


def usage_rows(world: World, block: int, people: Population, used: Use) -> pl.DataFrame:
    """usage.csv: English, plain numbers; NULL here and there."""
    chance = Streams(world.seed, block)("usage rows")
    owner, month = np.nonzero(used.there)
    labels = tuple(world.label(index) for index in range(world.months))
    whole = ("calls_out", "calls_in", "texts", "active_days")
    columns = ("call_minutes", "calls_out", "calls_in", "texts", "data_mb", "roaming_minutes", "active_days")
    values = {name: getattr(used, name)[owner, month] for name in columns}
    raw = pl.DataFrame(
        {
            "customer_id": customer_ids(people.number)[owner],
            "month": words(labels, month),
            **{name: array.astype(int) if name in whole else array for name, array in values.items()},
            "lost": chance.random(len(owner)) < 0.002,
            OWNER: owner,
        }
    )
    return raw.select(
        *("customer_id", "month"),
        *(
            pl.when("lost").then(pl.lit("NULL")).otherwise(pl.col(name).cast(pl.String)).alias(name)
            if name == "roaming_minutes"
            else pl.col(name).cast(pl.String)
            for name in columns
        ),
        OWNER,
    )


def _moments(world: World, month: Array, day: Array, second: Array) -> Array:
    found: Array = world.day(month, day).astype("datetime64[ms]") + second.astype("timedelta64[s]")
    return found


def payment_rows(world: World, people: Population, paid: Payments) -> pl.DataFrame:
    """payments.csv: English, full moments, Y and N."""
    raw = pl.DataFrame(
        {
            "customer": people.number[paid.owner].astype(np.int64),
            "customer_id": customer_ids(people.number)[paid.owner],
            "number": paid.number,
            "moment": pl.Series(_moments(world, paid.month, paid.day, paid.second)),
            "yuan": paid.fen / 100,
            "method": words(METHODS, paid.method),
            "channel": words(CHANNELS, paid.channel),
            "reversed": words(("N", "Y"), paid.reversed.astype(int)),
            OWNER: paid.owner,
        }
    )
    return raw.select(
        pl.format("P{}", pl.col("customer") * 1_000 + pl.col("number")).alias("payment_id"),
        "customer_id",
        pl.col("moment").cast(pl.String).str.slice(0, 19).alias("paid_at"),
        pl.col("yuan").cast(pl.String).alias("amount"),
        *("method", "channel", "reversed", OWNER),
    )


def ticket_rows(world: World, people: Population, tickets: Tickets) -> pl.DataFrame:
    """tickets.csv: Chinese, slashed moments; open tickets have no end."""
    opened = _moments(world, tickets.month, tickets.day, tickets.second)
    closed = opened + np.round(tickets.hours * 3600).astype("timedelta64[s]")
    serial = np.arange(len(opened)) - np.searchsorted(tickets.owner, tickets.owner) + 1
    raw = pl.DataFrame(
        {
            "customer": people.number[tickets.owner].astype(np.int64),
            "客户编号": customer_ids(people.number)[tickets.owner],
            "serial": serial,
            "opened": pl.Series(opened),
            "closed": pl.Series(closed),
            "受理渠道": words(("10000号", "营业厅", "网厅", "微信"), (tickets.second + tickets.day) % 7 % 4),
            "工单类型": words(KINDS, tickets.kind),
            "投诉类别": words(TOPICS, tickets.topic),
            "投诉重要性": tickets.severity,
            "重复投诉": words(("否", "是"), np.where(tickets.severity > 0, tickets.repeat.astype(int), -1)),
            "满意度评分": tickets.rating,
            OWNER: tickets.owner,
        }
    )
    moment = "%Y/%-m/%-d %H:%M:%S"
    return raw.select(
        pl.format("T{}", pl.col("customer") * 10_000 + pl.col("serial")).alias("工单编号"),
        "客户编号",
        pl.col("opened").dt.strftime(moment).alias("受理时间"),
        pl.when(pl.col("closed") < world.end).then(pl.col("closed").dt.strftime(moment)).alias("办结时间"),
        *("受理渠道", "工单类型", "投诉类别"),
        pl.when(pl.col("投诉重要性") > 0).then(pl.col("投诉重要性").cast(pl.String)).alias("投诉重要性"),
        "重复投诉",
        pl.when(pl.col("满意度评分") > 0).then(pl.col("满意度评分").cast(pl.String)).alias("满意度评分"),
        OWNER,
    )
