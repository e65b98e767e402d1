"""Bills and payments that a column of states calls reversed or void (已冲正, 作废): they count as never made."""

from __future__ import annotations

import polars as pl

from telcli.errors import Notice
from telcli.intake.facts import exact_sum
from telcli.intake.void_words import says_void, void_rows
from telcli.intake.whose import RECORD

__all__ = ["voided"]

_WHOSE = ("customer_id", "subscription_id", "account_id", RECORD)


def voided(frame: pl.LazyFrame, table: str) -> tuple[pl.LazyFrame, list[Notice]]:
    """Take nothing for the amount of bills that are void, and payments that are for taken back.

    Rows above nothing alone: one below nothing takes money back itself, and where the same amount is taken back from
    the same customer (and month, of bills) by such a row, that settles the matter (see `reversals`).

    >>> raw = {"customer_id": ["a", "a", "b"], "amount": [100.0, 50.0, 7.0], "x_状态": ["正常", " 已冲正", "作废"]}
    >>> found, (notice,) = voided(pl.LazyFrame(raw), "bills")
    >>> found.collect()["amount"].to_list(), notice.values["count"], notice.values["amount"]
    ([100.0, 0.0, 0.0], 2, '57.00')
    """
    have = frame.collect_schema()
    texts = [name for name, kind in have.items() if kind == pl.String and name.startswith("x_")]
    states = [name for name in texts if says_void(name)]
    if "amount" not in have or not states:
        return frame, []
    key = [name for name in (*_WHOSE, *(("month",) if table == "bills" else ())) if name in have]
    back = frame.filter(pl.col("amount") < 0).select(*key, _whole=-pl.col("amount"), _met=pl.lit(value=True)).unique()
    void = void_rows(states, table) & (pl.col("amount") > 0) & pl.col("_met").is_null()
    told = frame.with_columns(_whole=pl.col("amount")).join(
        back, on=[*key, "_whole"], how="left", nulls_equal=True, maintain_order="left"
    )
    sums = told.filter(void).select(count=pl.len(), amount=exact_sum("amount")).collect(engine="streaming")
    count, amount = sums.row(0)
    if not count:
        return frame, []
    if table == "bills":
        names = [name for name in ("amount", "discount") if name in have]
        changed = told.with_columns(pl.when(void).then(0.0).otherwise(pl.col(name)).alias(name) for name in names)
    else:
        was = pl.col("reversed") if "reversed" in have else pl.lit(None, pl.Boolean)
        changed = told.with_columns(reversed=pl.when(void).then(pl.lit(value=True)).otherwise(was))
    return changed.drop("_whole", "_met"), [_notice(table, states, count, amount)]


def _notice(table: str, states: list[str], count: int, amount: float) -> Notice:
    columns = ", ".join(name.removeprefix("x_") for name in states)
    template = "{table}: {count} rows ({amount} in all) are reversed or void by {columns}: they count as never made."
    return Notice(
        "rows-void", template, {"table": table, "count": count, "amount": f"{amount:,.2f}", "columns": columns}
    )
