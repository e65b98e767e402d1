"""The files of the customer system: what it writes, in its own language, spelling and formats."""

from __future__ import annotations

import numpy as np
import polars as pl

from telcli.simulation.archetypes import REGIONS
from telcli.simulation.departures import STAYS
from telcli.simulation.dirt import OWNER
from telcli.simulation.lines import END_WORDS, SERVICES, Lines
from telcli.simulation.people import certificates, names, phones
from telcli.simulation.population import Population
from telcli.simulation.world import Array, Streams, World

__all__ = ["CLASSES", "customer_ids", "customer_rows", "line_rows", "words"]

CLASSES = ("公众客户", "商业客户", "大客户")
DESKS = ("营业厅", "网厅", "代理商", "电话营销", "微信")


def customer_ids(numbers: Array) -> pl.Series:
    """Customer numbers as every system writes them.

    >>> customer_ids(np.array([17])).to_list()
    ['C00000017']
    """
    return pl.select(pl.format("C{}", pl.Series(numbers).cast(pl.String).str.zfill(8))).to_series()


def words(choices: tuple[str, ...], index: Array) -> pl.Series:
    """Words by index; null at -1.

    >>> words(("a", "b"), np.array([1, -1])).to_list()
    ['b', None]
    """
    return pl.Series([*choices, None], dtype=pl.String)[index % (len(choices) + 1)]


def customer_rows(world: World, block: int, people: Population) -> pl.DataFrame:
    """crm_customers.csv: personal columns, two codes for gender, three spellings of dates."""
    chance = Streams(world.seed, block)("customer rows")
    n = len(people.number)
    year = world.last // 12
    public = people.customer_class == 0
    gender = np.where(public, people.female + np.where(chance.random(n) < 0.25, 2, 0), -1)
    born = np.where(public & (chance.random(n) > 0.02), year - people.age, 0)
    star = np.clip(-people.joined // 24 + (people.fee >= 99) + (people.fee >= 159), 0, 7)
    manager = people.region * 100 + people.branch * 10 + people.number % 3
    raw = pl.DataFrame(
        {
            "客户编号": customer_ids(people.number),
            "客户名称": names(world, block, people).tolist(),
            "客户类型": words(CLASSES, people.customer_class),
            "证件号码": certificates(world, block, people, year).tolist(),
            "手机号码": phones(world, block, people).tolist(),
            "性别": words(("男", "女", "01", "02"), gender),
            "出生年份": born,
            "归属地市": words(REGIONS, people.region),
            "branch": people.branch,
            "manager": np.where(public, -1, manager),
            "joined": pl.Series(world.day(people.joined, people.joined_day)),
            "星级": star,
            "style": chance.choice(3, n, p=[0.4, 0.4, 0.2]),
            OWNER: np.arange(n),
        }
    )
    return raw.select(
        *("客户编号", "客户名称", "客户类型", "证件号码", "手机号码", "性别"),
        pl.when(pl.col("出生年份") > 0).then("出生年份").alias("出生年份"),
        "归属地市",
        pl.format("{}{}网格", pl.col("归属地市").str.slice(0, 2), "branch").alias("归属网格"),
        pl.when(pl.col("manager") >= 0)
        .then(pl.format("M{}", pl.col("manager").cast(pl.String).str.zfill(4)))
        .alias("客户经理编号"),
        _spelled(pl.col("joined"), pl.col("style")).alias("建档时间"),
        *("星级", OWNER),
    )


def _spelled(day: pl.Expr, style: pl.Expr) -> pl.Expr:
    """A date as one of three desks types it."""
    parts = day.dt.year(), day.dt.month(), day.dt.day()
    return (
        pl.when(style == 0)
        .then(pl.format("{}/{}/{}", *parts))
        .when(style == 1)
        .then(pl.format("{}年{}月{}日", *parts))
        .otherwise(day.cast(pl.String))
    )


def compact(day: pl.Expr) -> pl.Expr:
    """A date as YYYYMMDD; null stays null."""
    return (day.dt.year().cast(pl.Int32) * 10_000 + day.dt.month().cast(pl.Int32) * 100 + day.dt.day()).cast(pl.String)


def line_rows(world: World, block: int, people: Population, lines: Lines, in_arrears: Array) -> pl.DataFrame:
    """crm_subscriptions.csv: compact dates, two spellings of an open end.

    `in_arrears` marks customers whose lines are suspended when the extract is taken.
    """
    chance = Streams(world.seed, block)("line rows")
    n = len(lines.owner)
    owner, gone = lines.owner, lines.end < STAYS
    moved = np.isin(lines.ended_by, (4, 5))
    main = (lines.serial == 1) | np.concatenate([[False], moved[:-1] & (owner[1:] == owner[:-1])])
    contract = main & (people.contract_end[owner] > -1000)
    contract_last = world.day(np.where(contract, people.contract_end[owner] + 1, 0), np.zeros(n, int))  # the day before
    ends = world.day(np.where(gone, lines.end, 0), np.where(gone, lines.end_day, 1))
    status = np.where(gone, np.where(lines.ended_by == 2, 3, 2), np.where(in_arrears[owner], 1, 0))
    told = chance.random(n) > 0.03
    raw = pl.DataFrame(
        {
            "id": customer_ids(people.number)[owner],
            "serial": lines.serial,
            "业务类型": words(SERVICES, lines.service),
            "付费类型": words(("后付", "预付"), people.prepaid[owner].astype(int)),
            "family": words(tuple(kind.plan for kind in world.kinds), people.kind[owner]),
            "fee": lines.fee.astype(int),
            "start": pl.Series(world.day(lines.start, lines.start_day)),
            "end": pl.Series(ends),
            "gone": gone,
            "open": words(("99991231",), np.where(chance.random(n) < 0.5, 0, -1)),
            "离网原因": words(END_WORDS, np.where(gone & (told | moved), lines.ended_by, -1)),
            "contract": contract,
            "contract_last": pl.Series(contract_last),
            "用户状态": words(("正常", "停机", "销户", "携出"), status),
            "入网渠道": words(DESKS, chance.choice(len(DESKS), n, p=[0.4, 0.2, 0.25, 0.1, 0.05])),
            OWNER: owner,
        }
    )
    return _written(raw)


def _written(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines as the customer system spells them."""
    mobile = pl.col("业务类型") == "移动"
    return lines.select(
        pl.format("U{}{}", pl.col("id").str.slice(1), pl.col("serial").cast(pl.String).str.zfill(2)).alias("用户编号"),
        pl.col("id").alias("客户编号"),
        *("业务类型", "付费类型"),
        pl.when(mobile)
        .then(pl.format("{}{}", "family", "fee"))
        .otherwise(pl.format("{}{}", "业务类型", "fee"))
        .alias("主套餐"),
        pl.col("fee").alias("月租"),
        compact(pl.col("start")).alias("入网时间"),
        pl.when("gone").then(compact(pl.col("end"))).otherwise("open").alias("销户时间"),
        "离网原因",
        pl.when("contract").then(compact(pl.col("contract_last"))).alias("合约到期日"),
        *("用户状态", "入网渠道", OWNER),
    )
