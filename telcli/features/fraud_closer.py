"""A closer look at the calls of a few: how many of them run at once, and from which cell most are made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import polars as pl

from telcli.methods.at_once import most_at_once

__all__ = ["calls_at_once", "main_cells"]

Files = Mapping[str, Callable[[], pl.LazyFrame]]


def calls_at_once(files: Files, devices: Collection[str]) -> pl.DataFrame:
    """Of each device that several customers use the calls that run at once on a middling day, whoever's they are.

    Given back are `device_h` and `at_once`, the median over days with calls of the most at once, sorted. A device of
    one customer is not told: the exchange of a firm carries as many on one line as it has channels.

    >>> from datetime import datetime
    >>> told = {"customer_id": ["a", "b"], "device_h": ["d", "d"], "kind": ["voice"] * 2, "duration_s": [60.0] * 2}
    >>> calls = pl.LazyFrame({**told, "started_at": [datetime(2024, 6, 3, 9), datetime(2024, 6, 3, 9, 0, 59)]})
    >>> calls_at_once({"june": lambda: calls}, ["d", "e"]).rows()
    [('d', 2.0)]
    """
    wanted = pl.Series(sorted(set(devices)), dtype=pl.String)
    begin = pl.col("started_at").dt.epoch("s")
    frames = [
        part()
        .filter(pl.col("kind") == "voice", pl.col("duration_s") > 0, pl.col("device_h").is_in(wanted.implode()))
        .select("customer_id", "device_h", begin=begin, end=begin + pl.col("duration_s"), day=begin // 86_400)
        .collect(engine="streaming")
        for _, part in (sorted(files.items()) if len(wanted) else ())
    ]
    rows: list[tuple[str, float]] = []
    if frames:
        calls = pl.concat(frames).filter(pl.col("customer_id").n_unique().over("device_h") > 1)
        for (device, _), own in calls.group_by("device_h", "day"):
            rows.append((str(device), float(most_at_once(own["begin"].to_numpy(), own["end"].to_numpy()))))
    found = pl.DataFrame(rows, schema={"device_h": pl.String, "at_once": pl.Float64}, orient="row")
    return found.group_by("device_h").agg(pl.col("at_once").median()).sort("device_h")


def main_cells(files: Files, customers: Collection[str]) -> pl.DataFrame:
    """The cell from which each of some customers has most of her calls, as a number made of it; sorted.

    >>> told = {"customer_id": ["a", "a", "b"], "cell_id": ["x", "x", None]}
    >>> main_cells({"june": lambda: pl.LazyFrame(told)}, ["a", "b"])["customer_id"].to_list()
    ['a']
    """
    wanted = pl.LazyFrame({"customer_id": sorted(customers)}, schema={"customer_id": pl.String})
    known = pl.col("cell_id").is_not_null()
    counts = [
        part()
        .filter(known)
        .join(wanted, on="customer_id", how="semi")
        .group_by("customer_id", cell=pl.col("cell_id").hash())
        .agg(pl.len())
        .collect(engine="streaming")
        for _, part in sorted(files.items())
    ]
    if not counts:
        return pl.DataFrame(schema={"customer_id": pl.String, "cell": pl.UInt64})
    calls = pl.concat(counts).group_by("customer_id", "cell").agg(pl.col("len").sum())
    most = calls.sort("customer_id", "len", "cell", descending=[False, True, False])
    return most.unique("customer_id", keep="first", maintain_order=True).select("customer_id", "cell")
