"""What --fraud adds: calls.csv, devices of lines, fraudsters and look-alikes in every file, and who they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

from telcli.simulation.behaviour import Use
from telcli.simulation.extracts import customer_ids
from telcli.simulation.fraud_acts import planted, rung_from_abroad
from telcli.simulation.fraud_calls import ABROAD, MONTHS, Events, ordinary, own_number
from telcli.simulation.fraud_roles import ROLES, Role
from telcli.simulation.people import with_check
from telcli.simulation.world import Array, World

__all__ = ["CALLS", "FRAUD_KEY", "fraud_frames"]

CALLS, FRAUD_KEY = "calls.csv", "answer_key/fraud.csv"
_FIRST = 90_000_000
"""Numbers of planted customers begin above it, a thousand to a block."""
_KIND = 10_000_000
"""Between the devices that customers of one kind share and those of the next: no kind shares another's."""


def fraud_frames(
    world: World, block: int, number: Array, keep: int, used: Use, made: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """The files of a block as they are with fraud in them, of which only those that differ are given.

    `number` are its customers, `keep` how many of them are asked for, `made` the files so far.
    """
    people = _planted(world, block)
    rows = {
        "crm_customers.csv": _customers(world, people),
        "crm_subscriptions.csv": _lines(people),
        "usage.csv": _usage(world, people),
        "payments.csv": _payments(world, people),
        **_bills(world, people),
    }
    found = {name: _below(_with_device(name, made[name]), more) for name, more in rows.items() if name in made}
    found[CALLS] = _calls(world, block, people, number, keep, used)
    found[FRAUD_KEY] = people.select("customer_id", "role", "pattern").vstack(_outside(block))
    return found


def _planted(world: World, block: int) -> pl.DataFrame:
    """One row per planted customer."""
    rows = []
    at = 0
    for role in ROLES:
        for nth in range(role.count):
            at += 1
            rows.append(_one(world, block, role, nth, _FIRST + block * 1_000 + at))
    frame = pl.DataFrame(rows, orient="row", infer_schema_length=None)
    papers = frame.filter(pl.col("role") == "old-debtor")["certificate"].to_list()
    borrowed = pl.col("nth") % len(papers)
    shares = (pl.col("role") == "runaway") & (pl.col("nth") % 2 == 0)
    lent = pl.lit(pl.Series(papers)).gather(borrowed) if papers else pl.col("certificate")
    return frame.with_columns(certificate=pl.when(shares).then(lent).otherwise("certificate"))


def _one(world: World, block: int, role: Role, nth: int, number: int) -> dict[str, object]:
    digits = 991_000 * 10**11 + 19_700_101 * 1_000 + number % 500 * 2 + block % 997 * 10**11
    since = max(world.end - timedelta(days=role.age_days), date(2000, 1, 1))
    shared = _FIRST + (ROLES.index(role) + 1) * _KIND + block * 1_000 + 500 + nth // role.same_device
    alone = number if role.same_device == 1 else shared
    return {
        "number": number,
        "nth": nth,
        "role": role.name,
        "pattern": role.pattern or None,
        "since": since,
        "minutes": role.minutes,
        "data_mb": role.data_mb,
        "fee": role.fee,
        "pays": role.pays,
        "channel": role.channel,
        "device": f"86{alone:012d}0",  # the last digit of a device's number checks the others, and is no part of it
        "certificate": with_check(np.array([digits]), np.array([False]))[0].item(),
        "customer_id": customer_ids(np.array([number]))[0],
    }


def _outside(block: int) -> pl.DataFrame:
    rows = [(f"outside-{block}-{caller}", "outside-ringer", "wangiri") for caller in range(2)]
    return pl.DataFrame(rows, schema={"customer_id": pl.String, "role": pl.String, "pattern": pl.String}, orient="row")


def _below(rows: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """Rows with others below them; columns that these do not have are empty."""
    fitted = [
        more[name].cast(rows.schema[name]) if name in more.columns else pl.lit(None, rows.schema[name]).alias(name)
        for name in rows.columns
    ]
    return rows.vstack(more.select(fitted))


def _with_device(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Lines with the device each is used in: its own."""
    if name != "crm_subscriptions.csv":
        return rows
    digits = pl.col("用户编号").str.slice(1).str.zfill(12)
    return rows.with_columns(pl.format("35{}0", digits).alias("终端IMEI"))


def _customers(world: World, people: pl.DataFrame) -> pl.DataFrame:
    return people.select(
        pl.col("customer_id").alias("客户编号"),
        pl.lit("公众客户").alias("客户类型"),
        pl.col("certificate").alias("证件号码"),
        pl.Series("手机号码", own_number(people["number"].to_numpy())).cast(pl.String),
        pl.col("since").cast(pl.String).alias("建档时间"),
    )


def _lines(people: pl.DataFrame) -> pl.DataFrame:
    gone = pl.col("role") == "old-debtor"
    return people.select(
        pl.format("U{}01", pl.col("customer_id").str.slice(1)).alias("用户编号"),
        pl.col("customer_id").alias("客户编号"),
        pl.lit("移动").alias("业务类型"),
        pl.lit("后付").alias("付费类型"),
        pl.format("个人{}", "fee").alias("主套餐"),
        pl.col("fee").alias("月租"),
        pl.col("since").dt.strftime("%Y%m%d").alias("入网时间"),
        pl.when(gone).then(pl.col("since").dt.offset_by("300d").dt.strftime("%Y%m%d")).otherwise(pl.lit("99991231"))
        .alias("销户时间"),
        pl.when(gone).then(pl.lit("欠费销户")).alias("离网原因"),
        pl.when(gone).then(pl.lit("销户")).otherwise(pl.lit("正常")).alias("用户状态"),
        pl.col("channel").alias("入网渠道"),
        pl.col("device").alias("终端IMEI"),
    )  # fmt: skip


def _months(world: World, people: pl.DataFrame) -> pl.DataFrame:
    """One row per planted customer and month of history from activation on; old debtors' first ten months."""
    labels = [world.label(month) for month in range(world.months)]
    months = pl.DataFrame({"label": labels, "at": range(world.months)})
    rows = people.join(months, how="cross")
    begun = pl.col("since").dt.strftime("%Y-%m") <= pl.col("label")
    ended = pl.col("since").dt.offset_by("300d").dt.strftime("%Y-%m") >= pl.col("label")
    return rows.filter(begun, (pl.col("role") != "old-debtor") | ended)


def _usage(world: World, people: pl.DataFrame) -> pl.DataFrame:
    rows = _months(world, people)
    return rows.select(
        "customer_id",
        month="label",
        call_minutes=pl.col("minutes").cast(pl.String),
        calls_out=(pl.col("minutes") / 2).round().cast(pl.Int64).cast(pl.String),
        calls_in=pl.lit("0"),
        texts=pl.lit("0"),
        data_mb=pl.col("data_mb").cast(pl.String),
        roaming_minutes=pl.lit("0.0"),
        active_days=pl.lit("20"),
    )


def _bills(world: World, people: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Each month's fee, due on the 20th of the next, by the file of its year."""
    rows = _months(world, people).with_columns(day=pl.format("{}-01", "label").str.to_date())
    bills = rows.select(
        pl.col("customer_id").alias("客户编号"),
        pl.col("label").str.replace("-", "").alias("账期"),
        pl.format("{}.00", "fee").alias("月租费"),
        *(pl.lit("-").alias(name) for name in ("语音费", "流量费", "短信费", "套外费", "优惠")),
        pl.col("day").dt.offset_by("1mo").dt.offset_by("19d").dt.strftime("%Y%m%d").alias("缴费期限"),
        year=pl.col("day").dt.year(),
    )
    years = bills["year"].unique().sort().to_list()
    return {f"billing_{year}.txt": bills.filter(pl.col("year") == year).drop("year") for year in years}


def _payments(world: World, people: pl.DataFrame) -> pl.DataFrame:
    """Bills of who pays, each on the 10th of the next month, as far as the history goes."""
    rows = _months(world, people.filter("pays")).with_columns(
        paid=pl.format("{}-01", "label").str.to_date().dt.offset_by("1mo").dt.offset_by("9d")
    )
    return rows.filter(pl.col("paid") < world.end).select(
        payment_id=pl.format("P{}", pl.col("number").cast(pl.Int64) * 1_000 + pl.col("at")),
        customer_id="customer_id",
        paid_at=pl.format("{} 10:00:00", pl.col("paid").cast(pl.String)),
        amount=pl.col("fee").cast(pl.String),
        method=pl.lit("wallet"),
        channel=pl.lit("app"),
        reversed=pl.lit("N"),
    )


def _calls(world: World, block: int, people: pl.DataFrame, number: Array, keep: int, used: Use) -> pl.DataFrame:
    """calls.csv: English, a row per event, with the cell, the device and the card it was made with."""
    months = min(MONTHS, world.months)
    start = date((world.last - months + 1) // 12, (world.last - months + 1) % 12 + 1, 1)
    length = (world.end - start).days
    mine = ordinary(world, block, number, used, length // MONTHS * MONTHS)
    inside = mine.who <= number[keep - 1]
    parts = [Events(*(getattr(mine, name)[inside] for name in Events.__annotations__))]
    parts.append(rung_from_abroad(world, block, number[:keep], length))
    for who, role, since in people.select("number", "role", "since").iter_rows():
        days = range(max((since - start).days, 0), length)
        own = planted(world, block, role, who, days)
        parts += [own] if own else []
    return _written(Events.together(parts), start, people)


def _written(events: Events, start: date, people: pl.DataFrame) -> pl.DataFrame:
    raw = pl.DataFrame({name: getattr(events, name) for name in Events.__annotations__})
    raw = raw.filter(pl.col("second") >= 0).with_columns(
        at=pl.lit(start).cast(pl.Datetime("ms")) + pl.duration(seconds=pl.col("second"))
    )
    device = pl.col("who").replace_strict(
        people["number"].to_list(), people["device"].to_list(), default=None, return_dtype=pl.String
    )
    own = pl.format("35{}010", pl.col("who").cast(pl.String).str.zfill(10))
    abroad = pl.col("other") >= ABROAD
    return raw.sort("at", "who", "other").select(
        customer_id=pl.format("C{}", pl.col("who").cast(pl.String).str.zfill(8)),
        start_time=pl.col("at").dt.strftime("%Y-%m-%d %H:%M:%S"),
        other_number=pl.when(pl.col("other") == 0).then(None).when(abroad).then(pl.format("+{}", "other"))
        .otherwise(pl.col("other").cast(pl.String)),
        direction=pl.when("out").then(pl.lit("out")).otherwise(pl.lit("in")),
        event_type=pl.col("kind").replace_strict([0, 1, 2], ["voice", "text", "data"], return_dtype=pl.String),
        duration=pl.col("duration").round().cast(pl.Int64).cast(pl.String),
        data_mb=pl.col("data_mb").cast(pl.String),
        cell_id=pl.format("cell-{}", pl.col("cell").cast(pl.String).str.zfill(4)),
        international=pl.when(abroad).then(pl.lit("1")).otherwise(pl.lit("0")),
        destination=pl.when(abroad).then(pl.lit("+882")),
        imei=pl.coalesce(device, own),
        imsi=pl.format("46099{}", pl.col("who").cast(pl.String).str.zfill(10)),
    )  # fmt: skip
