"""Whom a customer calls and writes to: how many, how evenly, and who begins."""

from __future__ import annotations

import polars as pl

from telcli.features.exact import over

__all__ = ["contacts"]

_UNKNOWN = "unknown"
_OUT, _OFF_NET, _FLAGS = 1, 2, 4
_HIGH = 1 << 32
_FIXED = 2.0**50
"""Shares are added as whole numbers of 2**-50, so that the order of the counterparts does not change a sum."""
_PARETO = 0.8


def contacts(rows: pl.DataFrame) -> pl.LazyFrame:
    """One row per `run` with a known counterpart. Needs run (sorted), counterpart, out and off_net.

    The rows of a run are counted by the hash of the counterpart: 62 bits of it and two flags make a number, and the
    numbers of a run are sorted, which costs a fifth of grouping by the texts. Two counterparts of one customer would be
    taken for one if they had the same 62 bits; that somebody with 100 of them in a month has such a pair, has a chance
    of 1 to 10**15. A million customers over a hundred years come to 10**-6.

    >>> told = {"run": [0] * 3, "counterpart": ["x", "y", "x"], "out": [True, False, False], "off_net": [None] * 3}
    >>> rows = pl.DataFrame(told, schema_overrides={"off_net": pl.Boolean})
    >>> contacts(rows).select("counterparts", "counterparts_mutual", "counterpart_balance").collect().rows()
    [(2.0, 1.0, 0.25)]
    """
    n, made, whole = pl.col("n"), pl.col("made"), pl.col("n").sum()
    counted = _counted(rows).with_columns(whole=whole.over("run"))
    part = over("n", "whole")
    dearest = n.sort(descending=True).cum_sum()
    summed = counted.with_columns(
        surprise=_fixed(-part * part.log()), balance=_fixed(over("made", "n")), both=(made > 0) & (made < n)
    )
    found = summed.group_by("run", maintain_order=True).agg(
        whole=whole,
        made=made.sum(),
        counterparts=pl.len(),
        counterparts_out=(made > 0).sum(),
        counterparts_mutual=pl.col("both").sum(),
        counterparts_off_net=(pl.col("off_net") > 0).sum(),
        surprise=pl.col("surprise").sum(),
        balance=pl.col("balance").sum(),
        most=n.max(),
        pareto=(dearest.shift(1, fill_value=0) < (whole * _PARETO).ceil()).sum(),
    )
    return found.select(
        "run",
        pl.col("^counterparts.*$").cast(pl.Float64),
        counterpart_entropy=pl.col("surprise") / _FIXED,
        counterpart_balance=over("balance", "counterparts") / _FIXED,
        counterpart_balance_weighted=over("made", "whole") / pl.col("counterparts").cast(pl.Float64),
        counterpart_top_share=over("most", "whole"),
        counterpart_pareto_share=over("pareto", "whole"),
    )


def _counted(rows: pl.DataFrame) -> pl.LazyFrame:
    """One row per run and counterpart: n interactions, out of them `made`, and how many `off_net`."""
    bits = pl.col("out").cast(pl.UInt64) + pl.col("off_net").fill_null(value=False).cast(pl.UInt64) * _OFF_NET
    keyed = rows.select("run", key=_code(pl.col("counterpart")) + bits)
    placed = keyed.group_by("run", maintain_order=True).agg(pl.col("key").sort())["key"].explode()
    key, run = pl.col("key"), pl.col("run")
    changed = (key ^ key.shift()) >= _FLAGS
    flags = (key & _OUT) + (key & _OFF_NET) * (_HIGH // _OFF_NET)
    starts = (
        keyed.select("run", key=placed)
        .with_columns(first=changed.fill_null(value=True) | (run != run.shift()), before=flags.cum_sum() - flags)
        .with_row_index("place")
        .filter("first")
    )
    last = {"place": keyed.height, "before": keyed.select(flags.sum()).item()}
    each = [(pl.col(name).shift(-1, fill_value=end) - pl.col(name)).alias(name) for name, end in last.items()]
    unknown = pl.select(_code(pl.lit(_UNKNOWN))).item()
    return (
        starts.lazy()
        .with_columns(each)
        .filter(key - key % _FLAGS != unknown)
        .select(
            "run",
            n=pl.col("place").cast(pl.Int64),
            made=(pl.col("before") % _HIGH).cast(pl.Int64),
            off_net=pl.col("before") // _HIGH,
        )
    )


def _code(text: pl.Expr) -> pl.Expr:
    """62 bits of the hash of a text, times four."""
    return text.hash() // _FLAGS * _FLAGS


def _fixed(share: pl.Expr) -> pl.Expr:
    return (share * _FIXED).round().cast(pl.Int64)
