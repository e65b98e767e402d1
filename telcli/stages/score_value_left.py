"""What customers brought and cost in the year who were here in it and are not now: they stand in no amount of value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.features.exact import amount, units
from telcli.features.margin import Book
from telcli.features.month_index import YEAR
from telcli.settings import ScoreValueSettings
from telcli.stages.score_value_margin import with_sales
from telcli.tables.value_results import MARGIN_PARTS

__all__ = ["left_told", "left_year"]


def left_year(
    everyone: Book,
    written: Book,
    tables: Mapping[str, pl.LazyFrame],
    as_of: date,
    settings: ScoreValueSettings,
) -> pl.DataFrame:
    """``customer_id`` and MARGIN_PARTS, in money, of who is not here at the snapshot and had any of it in the year.

    With customers valued they make all that was billed in these months. Bad debt has what they left unpaid.

    Parameters
    ----------
    everyone : Book
        All customers ever seen, the first mark being the snapshot's month.
    written : Book
        The same, debts that customers left with being written off.
    tables : mapping
        subscriptions, where there are some.
    as_of : date
        The snapshot's month.
    settings : ScoreValueSettings
        How commissions are taken back and subsidies are spread.
    """
    gone = pl.Series(~everyone.active[0])
    unpaid = np.nansum((everyone.margins - written.margins)[:, -YEAR:], axis=1)
    lost = pl.Series("lost", unpaid).filter(gone)
    ids, year = everyone.ids.filter(gone), everyone.year.filter(gone).with_columns(lost)
    year = year.with_columns(
        bad_debt=amount(units(pl.col("bad_debt")) + units(pl.col("lost"))),
        margin=amount(units(pl.col("margin")) - units(pl.col("lost"))),
    )
    money = with_sales(ids, year.drop("lost"), tables, as_of, settings).year
    found = ids.to_frame("customer_id").hstack(money)
    return found.filter(pl.any_horizontal(pl.col(name) != 0 for name in MARGIN_PARTS))


def left_told(gone: pl.DataFrame) -> dict[str, Any]:
    """For the JSON: how many left, and each part of their margin."""
    return {"customers": gone.height, **{name: round(float(gone[name].sum()), 2) for name in MARGIN_PARTS}}
