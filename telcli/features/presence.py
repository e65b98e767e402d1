"""In which months somebody is a customer, and in which they left for good."""

from __future__ import annotations

import polars as pl

from telcli.features.runs import months_since
from telcli.features.span import Span

__all__ = ["presence"]


def presence(rows: pl.LazyFrame, span: Span, silent_months: int) -> pl.LazyFrame:
    """Add `kept` (is a customer in the month), `active` and `left` to the complete grid.

    Needs the columns of `people.grid`, `contract.holdings` and `acts`: a sign of life, true, false or, where use was
    not delivered, null.

    **By lines.** A customer is there in every month in which a line lived, in the months before the first known line
    from the first fact on, and always where no line of theirs is known. They left in the month at whose end none lived
    any more, unless a line begins in the next month, or all lines that ended in it were internal moves (a change of
    holder takes the number from this customer, but not from the operator). In the last month of the history a line of
    the next month is not known: `left` may be taken back there when that month arrives.

    **By silence.** Somebody whose lines are all prepaid and who gave no sign of life (use, payment, a new line, a line
    that turns prepaid) for `silent_months` leaves in the month in which that is reached, the first in which it is
    known. Dating it back to the first silent month would take the silent months out of the history of those who left
    and leave them in that of those who came back, and a model would learn that silence is harmless. Who is silent since
    the history began was gone before it: there are no months, and no leaving, until a sign of life. One who comes back
    has months again.
    """
    if span.snapshot:
        yes, no = pl.lit(value=True), pl.lit(value=False)
        return rows.with_columns(kept=yes, active=yes, left=no)
    unlined = pl.col("opened").is_null() | (pl.col("at") < pl.col("opened"))
    held = pl.col("lines").is_not_null()
    live = pl.col("numbers_held") > 0
    follows = (pl.col("pos").shift(-1) == pl.col("pos") + 1) & held.shift(-1)
    ended = held & ~live & pl.col("quit") & ~follows.fill_null(value=False)
    first = pl.col("pos") == 0
    prepaid = pl.col("prepaid").fill_null(value=False)
    turned = prepaid & ~prepaid.shift(1, fill_value=False) & ~first  # as postpaid, silence was no sign of anything
    marked = rows.with_columns(
        inside=unlined | held,
        live=unlined | live.fill_null(value=False),
        ended=ended.fill_null(value=False),
        sign=pl.col("acts").fill_null(value=True) | pl.col("began").fill_null(value=False) | turned,
    )
    return _silenced(marked, silent_months)


def _silenced(marked: pl.LazyFrame, silent_months: int) -> pl.LazyFrame:
    never = pl.col("silence").is_null()
    older = pl.col("start") < pl.col("begin")
    too_long = (pl.col("silence") >= silent_months) | (never & (older | (pl.col("pos") + 1 >= silent_months)))
    told = marked.with_columns(silence=months_since(pl.col("sign"))).with_columns(
        gone=pl.col("prepaid").fill_null(value=False) & too_long.fill_null(value=False)
    )
    before = pl.when(pl.col("pos") > 0).then(pl.col("gone").shift(1)).otherwise(never)
    silenced = pl.col("gone") & ~before
    kept = pl.col("inside") & (~pl.col("gone") | silenced)
    left = pl.col("ended") | silenced
    return told.with_columns(kept=kept, active=pl.col("live") & ~left, left=left)
