"""What state tables said before: rows that a later load succeeded, each with the interval in which it held."""

from __future__ import annotations

from copy import copy
from typing import Any

import dataframely as dy
import polars as pl

from telcli.tables import columns as c
from telcli.tables.checks import Contract
from telcli.tables.subjects import Customers, Subscriptions

__all__ = ["CONTRACTS", "HISTORY_OF"]

HISTORY_OF = {"customers": "customer_history", "subscriptions": "subscription_history"}
"""State table -> the table of what it said before."""


def _past(name: str, schema: type[dy.Schema], key: str) -> type[dy.Schema]:
    """The columns of a state table, told apart by when their interval ends; intervals of one key do not overlap."""
    columns: dict[str, Any] = {}
    for column, declared in schema.columns().items():
        columns[column] = copy(declared)
        columns[column].primary_key = column == key
    columns["valid_from"] = c.day("It held from this day; null where that is not known", "生效日期")
    columns["valid_to"] = dy.Date(
        nullable=False,
        primary_key=True,
        metadata={
            "unit": "date",
            "meaning": "And until this day, which it did not hold any more",
            "zh": "失效日期（不含）",
        },
    )

    def ends_after_beginning(cls: type[dy.Schema]) -> pl.Expr:
        return pl.col("valid_from").is_null() | (pl.col("valid_from") < pl.col("valid_to"))

    def does_not_overlap(cls: type[dy.Schema]) -> pl.Expr:
        ended_before = pl.col("valid_to").shift(1).over(key, order_by="valid_to")
        again = ended_before == pl.col("valid_to")  # the key says so already
        return ended_before.is_null() | again | (pl.col("valid_from") >= ended_before)

    columns["ends_after_beginning"] = dy.rule()(ends_after_beginning)
    columns["does_not_overlap"] = dy.rule()(does_not_overlap)
    return type(name, (dy.Schema,), {"__module__": __name__, "__doc__": "Rows that were succeeded.", **columns})


CONTRACTS = {
    found.name: found
    for found in (
        Contract(
            "customer_history",
            _past("CustomerHistory", Customers, "customer_id"),
            "What was known of customers before",
            "客户历史",
            attributes=True,
        ),
        Contract(
            "subscription_history",
            _past("SubscriptionHistory", Subscriptions, "subscription_id"),
            "What lines were before",
            "用户/号码历史",
            attributes=True,
        ),
    )
}
