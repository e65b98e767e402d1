"""Bills and payments that a column of states calls reversed or void (已冲正, 作废): they count as never made."""

from __future__ import annotations

import polars as pl

from telcli.errors import Notice
from telcli.intake.facts import HIDDEN, exact_sum
from telcli.intake.reversals import PLACE, apart_by, whole_rows
from telcli.intake.void_words import says_void, void_rows
from telcli.intake.whose import RECORD
from telcli.tables.refused import FAULTS, LINE, SOURCE

__all__ = ["voided"]

_WHOSE = ("customer_id", "subscription_id", "account_id", RECORD)


def voided(frame: pl.LazyFrame, table: str) -> tuple[pl.LazyFrame, list[Notice]]:
    """Take nothing for the amount of bills that are void, and payments that are for taken back.

    Rows above nothing alone: one below nothing takes money back itself, and where the same amount is taken back from
    the same customer (and month, of bills) by such a row, that settles the matter (see `reversals`). A void bill
    beside a valid one of the same key repeats it, as a copy does, in whatever order they stand.

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
    void = void_rows(states, table) & (pl.col("amount") >= 0) & pl.col("_met").is_null()
    told = frame.with_columns(_whole=pl.col("amount")).join(
        back, on=[*key, "_whole"], how="left", nulls_equal=True, maintain_order="left"
    )
    sums = told.filter(void).select(count=pl.len(), amount=exact_sum("amount")).collect(engine="streaming")
    count, amount = sums.row(0)
    if not count:
        return frame, []
    if table == "bills":
        names = [name for name in ("amount", "discount") if name in have]
        nothing = [pl.when(void).then(0.0).otherwise(pl.col(name)).alias(name) for name in names]
        changed = _beside_others(told.with_columns(_void=void.fill_null(value=False)).with_columns(nothing), have)
    else:
        was = pl.col("reversed") if "reversed" in have else pl.lit(None, pl.Boolean)
        changed = told.with_columns(reversed=pl.when(void).then(pl.lit(value=True)).otherwise(was))
    return changed.drop("_whole", "_met"), [_notice(table, states, count, amount)]


def _beside_others(told: pl.LazyFrame, have: pl.Schema) -> pl.LazyFrame:
    """Bills that are void (`_void`) made copies of the valid one of the same key, else of the first that is void."""
    key = apart_by("bills", have)
    if not key or not {SOURCE, LINE, FAULTS} <= set(have):
        return told.drop("_void")
    content = [name for name in have if name not in key and name not in HIDDEN]
    void = pl.col("_void") & whole_rows(key, have)
    keys = told.filter(void).select(key).unique()
    met = told.filter(whole_rows(key, have)).join(keys, on=key, how="semi", nulls_equal=True)
    base = met.sort("_void", PLACE).unique(key, keep="first", maintain_order=True).select(*key, *content)
    beside = told.join(
        base.collect(engine="streaming").lazy(),
        on=key,
        how="left",
        nulls_equal=True,
        maintain_order="left",
        suffix="_base",
    )
    copied = [pl.when(void).then(f"{name}_base").otherwise(name).alias(name) for name in content]
    return beside.with_columns(copied).drop("_void", *(f"{name}_base" for name in content))


def _notice(table: str, states: list[str], count: int, amount: float) -> Notice:
    columns = ", ".join(name.removeprefix("x_") for name in states)
    template = "{table}: {count} rows ({amount} in all) are reversed or void by {columns}: they count as never made."
    return Notice(
        "rows-void", template, {"table": table, "count": count, "amount": f"{amount:,.2f}", "columns": columns}
    )
