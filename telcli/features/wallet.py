"""What tells of money a customer may spend with other operators, as far as the data tell any of it.

Nothing says what a customer spends elsewhere. These stand for it: calls with other operators' customers, a bundle that
is hardly used though it is paid for, use that falls while the bill does not, calls to competitors' service numbers, and
a second SIM where an extract tells of one. Each is null where it is not known.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

import polars as pl

from telcli.features.exact import mean_of, units
from telcli.features.month_index import add_months

__all__ = ["IDLE", "MEASURES", "SIGNS", "second_sim_columns", "wallet"]

MONTHS = 3
IDLE, FALL, SAME_BILL = 0.2, -0.3, 0.1
"""A bundle is idle where less than a fifth of it is used; use fell where it is down by 30% or more within 3 months, and
the bill stayed where it moved by no more than 10%."""
MEASURES = (
    "off_net_share",
    "competitor_contacts",
    "voice_saturation",
    "data_saturation",
    "minutes_change",
    "data_change",
    "bill_change",
)
SIGNS = ("competitor_called", "bundle_idle", "use_falls", "second_sim")
_SECOND = re.compile(
    r"双卡|雙卡|我主异副|异主我副|异网卡|他网卡|第二卡|dual.?(sim|card)|second.?sim|other.?sim", re.IGNORECASE
)
_DEVICE = re.compile(r"双待|雙待|终端|手机|设备|槽|device|phone|handset|slot", re.IGNORECASE)
"""A device that could hold two SIMs does not say that it does."""
_SUMMED = ("off_net_minutes", "call_minutes_out", "call_minutes_in", "competitor_contacts")
_MEANS = ("voice_saturation", "data_saturation")
_CHANGES = ("revenue_change_3", "call_minutes_change_3", "data_mb_change_3")


def second_sim_columns(columns: Collection[str]) -> list[str]:
    """The extract's own columns that say, by their names, whether a customer has a second SIM; sorted.

    What a device could hold is none of them.

    >>> second_sim_columns(["customer_id", "x_双卡标识", "x_Dual_SIM", "dual_sim", "x_cards", "x_双卡双待终端"])
    ['x_Dual_SIM', 'x_双卡标识']
    """
    return sorted(
        name for name in columns if name.startswith("x_") and _SECOND.search(name) and not _DEVICE.search(name)
    )


def wallet(frame: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """One row per customer of the snapshot's month: `MEASURES` of the last 3 months, and the signs made of them.

    - off_net_share: minutes of calls with customers of other operators over those of all calls, in months that tell
    - competitor_contacts: calls and texts to competitors' service numbers
    - voice_saturation, data_saturation: mean share of the bundle used
    - minutes_change, data_change, bill_change: of the last 3 months on the 3 before
    - competitor_called; bundle_idle: all of the bundle that is known is used below IDLE
    - use_falls: data fell by FALL or more, or minutes did while data did not rise (calls may have become data), and the
      bill is the same within SAME_BILL

    >>> months = pl.LazyFrame({"customer_id": ["a"], "month": [date(2024, 6, 1)], "active": [True],
    ...     "data_saturation": [0.1], "revenue_change_3": [-0.02], "data_mb_change_3": [-0.5]})
    >>> wallet(months, date(2024, 6, 1)).select("bundle_idle", "use_falls", "off_net_share").collect().rows()
    [(True, True, None)]
    """
    have = frame.collect_schema().names()
    missing = {name: pl.lit(None, dtype=pl.Float64) for name in (*_SUMMED, *_MEANS, *_CHANGES) if name not in have}
    rows = frame.filter(pl.col("month").is_between(add_months(as_of, 1 - MONTHS), as_of)).with_columns(**missing)
    told = pl.col("off_net_minutes").is_not_null()
    sides = ("call_minutes_out", "call_minutes_in")
    talked = pl.sum_horizontal(pl.when(told).then(units(pl.col(name))).sum() for name in sides)
    elsewhere = units(pl.col("off_net_minutes")).sum()
    here = pl.col("month") == as_of
    folded = rows.group_by("customer_id").agg(
        (here & pl.col("active")).any().alias("here"),
        pl.when(talked > 0).then(elsewhere / talked).clip(0, 1).round(6).alias("off_net_share"),
        pl.when(pl.col("competitor_contacts").count() > 0).then(pl.col("competitor_contacts").sum()),
        *(mean_of(pl.col(name)).round(6).alias(name) for name in _MEANS),
        *(pl.when(here).then(name).max().alias(name) for name in _CHANGES),
    )
    full = pl.max_horizontal(_MEANS)
    minutes, data = pl.col("call_minutes_change_3"), pl.col("data_mb_change_3")
    fell = (data <= FALL) | ((minutes <= FALL) & (data <= 0).fill_null(value=True))
    same = pl.col("revenue_change_3").abs() <= SAME_BILL
    return folded.filter("here").select(
        "customer_id",
        "off_net_share",
        "competitor_contacts",
        *_MEANS,
        minutes.alias("minutes_change"),
        data.alias("data_change"),
        pl.col("revenue_change_3").alias("bill_change"),
        (pl.col("competitor_contacts") > 0).alias("competitor_called"),
        (full < IDLE).alias("bundle_idle"),
        (fell & same).alias("use_falls"),
    )
