"""How good the data are: what each source filled, a profile of each column, what is missing of each customer."""

from __future__ import annotations

import dataframely as dy

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "EVERY", "SCOPES"]

EVERY = "*"
"""Stands for all columns of a table, or for all of its rows."""

SCOPES = ("all", "branch", "source")
BANDS = ("stable", "moved", "shifted")


class SourceQuality(dy.Schema):
    """One row per source, table it gives rows to, and column; `*` counts the rows."""

    source = c.text("File, sheet or database table read", "来源", key=True)
    table = c.text("Table it gives rows to", "所属表", key=True)
    column = c.text("Column, or * for the rows", "列（* 表示整行）", key=True)
    rows = c.integer("Rows read", "读取行数", "rows", need=True, low=0)
    filled = c.integer("Rows with a value that could be read", "有有效取值的行数", "rows", need=True, low=0)
    unreadable = c.integer("Rows with a value that could not", "取值无法识别的行数", "rows", need=True, low=0)
    last_on = c.day("Latest date in it", "最晚日期")


class QualityProfile(dy.Schema):
    """One row per table, column and scope: the whole table, the customers of one branch, or one source.

    Monthly tables are measured over their last month, not later than the snapshot; others whole.
    """

    as_of = c.month("Snapshot month", "快照月份", key=True)
    table = c.text("Table", "表", key=True)
    column = c.text("Column, or * for whole rows", "列（* 表示整行）", key=True)
    scope = c.text("What is measured: all, a branch, a source", "范围（全部、网格、来源）", key=True)
    name = c.text("Which branch or source; * for all", "网格或来源名称（* 表示全部）", key=True)
    rows = c.integer("Rows measured", "行数", "rows", need=True, low=0)
    needed = c.flag("Whether the column should be filled", "是否应填", need=True)
    completeness = c.share("Share of rows with a value", "完整率")
    validity = c.share("Share of values that are readable and plausible", "有效率")
    uniqueness = c.share("Share of values, of a source: of rows, that are not there twice", "唯一率")
    zero_share = c.share("Share of values that are 0", "零值占比")
    last_on = c.day("Last day told of", "数据截止日期")
    lag_days = c.integer("Days from there to the end of the snapshot month", "滞后天数", "days", low=0)
    psi = c.number("Population stability index against the month before", "群体稳定性指数 PSI", "index", low=0.0)
    drift = c.text("What the index means", "分布变化", one_of=BANDS)
    flaw = c.share("The worst of all: 0 is faultless", "缺陷程度", need=True)


class MissingAttributes(dy.Schema):
    """One row per living customer and attribute that should be known and is not: a list to work through."""

    customer_id = c.text("Customer", "客户编号", key=True)
    as_of = c.month("Snapshot month", "快照月份", key=True)
    attribute = c.text("What is not known", "缺失的属性", key=True)
    manager_id = c.text("Account manager", "客户经理编号")
    branch = c.text("Branch or grid", "归属分局/网格")
    customer_class = c.text("Public, business or key account", "客户类型")


CONTRACTS = {
    found.name: found
    for found in (
        Contract("source_quality", SourceQuality, "What each source filled", "各来源的填报情况"),
        Contract("quality_profile", QualityProfile, "How good each column is", "数据质量概况", "as_of"),
        Contract(
            "missing_attributes", MissingAttributes, "What is missing of each customer", "客户缺失属性清单", "as_of"
        ),
    )
}
