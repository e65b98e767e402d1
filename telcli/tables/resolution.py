"""What ties the records of several systems to one customer, and where those systems disagree."""

from __future__ import annotations

from copy import copy

import dataframely as dy
import polars as pl

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "RULES", "SURVIVORSHIP", "breaks_a_rule"]

RULES = ("own-id", "certificate", "phone", "account", "linkage", "held", "merged")
"""Why a record belongs to its customer: it gave the customer its identifier; it shares a certificate, a number or an
account; it looks alike; it was so in an earlier month; it is the old identifier of a customer found to be another."""

SURVIVORSHIP = ("trusted", "newest", "most-frequent")
"""Whose value stands: the most trusted source's, the latest, or the one that most sources give."""


class Crosswalk(dy.Schema):
    """One row per customer of a source: which customer of telcli's it is, and by what rule."""

    source = c.text("Source, a date in its name as *", "来源", key=True)
    source_key = c.text("The customer's identifier there", "来源中的客户编号", key=True)
    system = c.text("System: sources with one system have one set of identifiers", "系统", need=True)
    customer_id = c.text("Customer", "客户编号", need=True)
    rule = c.text("Why", "依据", need=True, one_of=RULES)
    score = c.share("How sure: 1 for identifiers and certificates", "可信度", need=True)


class Conflicts(dy.Schema):
    """One row per value of an attribute on which the records of a customer disagree."""

    customer_id = c.text("Customer", "客户编号", key=True)
    attribute = c.text("Attribute", "属性", key=True)
    source = c.text("Source, a date in its name as *", "来源", key=True)
    source_key = c.text("The customer's identifier there", "来源中的客户编号", key=True)
    value = c.text("What it says", "该来源的取值", need=True)
    chosen = c.text("What stands in the table", "采用的取值", need=True)
    rule = c.text("Why that stands", "依据", need=True, one_of=SURVIVORSHIP)


CONTRACTS = {
    found.name: found
    for found in (
        Contract("crosswalk", Crosswalk, "Which customer each source's record is", "客户对照表"),
        Contract("conflicts", Conflicts, "Where systems disagree, and who won", "系统间的矛盾"),
    )
}


def breaks_a_rule(rules: Contract, rows: pl.DataFrame) -> pl.Series:
    """Which rows have a value that the contract does not allow; keys may repeat, as they do before rows are settled.

    >>> from telcli.tables import contract
    >>> rows = pl.DataFrame({"customer_id": ["a", "a"], "birth_year": [1980, 3000]})
    >>> breaks_a_rule(contract("customers"), rows).to_list()
    [False, True]
    """
    declared = {name: copy(column) for name, column in rules.schema.columns().items() if name in rows.columns}
    for column in declared.values():
        column.primary_key = False
    loose: type[dy.Schema] = type("Loose", (dy.Schema,), {**declared, "place": dy.Any()})
    _, failure = loose.filter(rows.select(list(declared)).with_row_index("place"))
    broken = failure.invalid()["place"]
    return pl.int_range(rows.height, eager=True).is_in(broken.cast(pl.Int64).implode())
