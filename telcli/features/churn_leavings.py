"""Who left when and how, by the operator's own definition of leaving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from telcli.features.churn_silence import prepaid_alone, quiet
from telcli.features.exit_kinds import Words, ended_lines, leavings
from telcli.features.month_index import date_at, index_at

__all__ = ["COUNTED", "LEVELS", "Definition", "Departed", "departed"]

LEVELS = ("customer", "account", "number")
COUNTED = ("voluntary", "involuntary", "port-out", "inactive", "unknown")
"""Kinds of leaving that may count; an internal move is none."""
_KEY = ("customer_id", "month")


@dataclass(frozen=True)
class Definition:
    """What an operator calls leaving.

    Parameters
    ----------
    kinds : kinds of leaving that are churn, of `COUNTED`.
    level : customer, all lines stop; account, all lines of one account; number, any line.
    prepaid : either, prepaid customers leave by a recorded end or by silence, whichever comes first; recorded, by the
        first alone; inactive, by the second alone, a recorded end being the beginning of silence.
    silent_months : months of silence by which prepaid customers leave; 0, they leave when customer_months says so.
    zero_use : silence is no use, whatever is paid; otherwise it is neither use nor payment.
    return_months : who is back within so many months after leaving has not left.
    columns, words : where and by which words of the operator's own the kind of an end is told; see `exit_kinds`.
    """

    kinds: frozenset[str] = frozenset(COUNTED)
    level: str = "customer"
    prepaid: str = "either"
    silent_months: int = 0
    zero_use: bool = False
    return_months: int = 0
    columns: tuple[str, ...] = ()
    words: Words = field(default_factory=dict)

    @property
    def by_silence(self) -> bool:
        """Whether silence is measured here, beside what customer_months says."""
        return self.silent_months > 0


@dataclass(frozen=True)
class Departed:
    """Frames by which labels are made; months are first days, no row holds twice.

    Parameters
    ----------
    alive : customer_id, month; who has not left by the end of the month.
    gone : customer_id, month, kind, counts; leavings of customers, whether they are churn or not.
    ends : the same of what leaving means at the level of the definition, those of customers among them.
    moves : customer_id, month; internal moves of lines.
    """

    alive: pl.LazyFrame
    gone: pl.LazyFrame
    ends: pl.LazyFrame
    moves: pl.LazyFrame


def departed(tables: Mapping[str, pl.LazyFrame], definition: Definition) -> Departed:
    """Find who left when, from customer_months and, where there is one, subscriptions.

    >>> from datetime import date
    >>> days = [date(2024, 4, 1), date(2024, 5, 1)]
    >>> facts = {"active": [True, False], "left": [False, True]}
    >>> months = pl.LazyFrame({"customer_id": ["a", "a"], "month": days, **facts})
    >>> departed({"customer_months": months}, Definition()).gone.collect().rows()
    [('a', datetime.date(2024, 5, 1), 'unknown', True)]
    """
    months, lines = tables["customer_months"], tables.get("subscriptions")
    ended = None if lines is None else ended_lines(lines, definition.words, definition.columns)
    gone, silent = _customers(months, lines, ended, definition)
    here = months.filter(pl.col("active") & ~pl.col("left")).select("customer_id", "month")
    alive = here if silent is None else here.join(silent, on=_KEY, how="anti")
    gone = _not_back(gone, alive, definition.return_months)
    if ended is None or lines is None:
        return Departed(alive, gone, gone, alive.clear())
    moves = ended.filter(pl.col("kind") == "internal").select("customer_id", "month").unique()
    if definition.level == "customer":
        return Departed(alive, gone, gone, moves)
    ends = _lines_gone(lines, ended, definition)
    return Departed(alive, gone, pl.concat([gone, ends]).unique(), moves)


def _customers(
    months: pl.LazyFrame, lines: pl.LazyFrame | None, ended: pl.LazyFrame | None, definition: Definition
) -> tuple[pl.LazyFrame, pl.LazyFrame | None]:
    """Leavings of customers, and their silent months where those are measured here."""
    told = leavings(months, ended)
    if ended is None or lines is None:
        return told.with_columns(counts=_counts(definition)), None
    noted = ended.select(*_KEY, recorded=pl.lit(value=True)).unique()
    told = told.join(noted, on=_KEY, how="left").with_columns(pl.col("recorded").fill_null(value=False))
    if not definition.by_silence:
        heard = pl.col("recorded") | (definition.prepaid != "recorded")
        return told.select(*_KEY, "kind", counts=_counts(definition) & heard), None
    rows = quiet(months, zero_use=definition.zero_use)
    long = rows.filter(pl.col("quiet") >= definition.silent_months).select(_KEY)
    silent = prepaid_alone(long, lines)
    if definition.prepaid == "inactive":
        told = _when_silent(told, rows, lines, definition.silent_months)
    falls = silent.join(_later(silent, 1), on=_KEY, how="anti").with_columns(kind=pl.lit("inactive"))
    both = pl.concat([told.select(*_KEY, "kind"), falls]).group_by(_KEY)
    first = both.agg(pl.col("kind").sort_by(pl.col("kind") == "inactive").first())
    return first.with_columns(counts=_counts(definition)), silent


def _counts(definition: Definition) -> pl.Expr:
    return pl.col("kind").is_in(sorted(definition.kinds))


def _when_silent(told: pl.LazyFrame, rows: pl.LazyFrame, lines: pl.LazyFrame, months: int) -> pl.LazyFrame:
    """Leavings, those that were recorded of prepaid customers when silence, begun by then, will have lasted."""
    prepaid = prepaid_alone(told.filter("recorded").select(_KEY), lines).with_columns(prepaid=pl.lit(value=True))
    both = told.join(prepaid, on=_KEY, how="left").join(rows, on=_KEY, how="left")
    wait = (months - pl.col("quiet").fill_null(0)).clip(lower_bound=0).cast(pl.Int32)
    shifted = date_at(index_at(pl.col("month")) + wait)
    late = pl.col("prepaid").fill_null(value=False)
    return both.with_columns(
        month=pl.when(late).then(shifted).otherwise("month"),
        kind=pl.when(late).then(pl.lit("inactive")).otherwise("kind"),
    )


def _later(rows: pl.LazyFrame, months: int) -> pl.LazyFrame:
    return rows.with_columns(pl.col("month").dt.offset_by(f"{months}mo"))


def _not_back(gone: pl.LazyFrame, alive: pl.LazyFrame, months: int) -> pl.LazyFrame:
    """Leavings of those who are not back within some months."""
    if not months:
        return gone
    back = pl.concat([_later(alive, -later) for later in range(1, months + 1)])
    return gone.join(back, on=_KEY, how="anti")


def _lines_gone(lines: pl.LazyFrame, ended: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """Ends of lines, or of the last line of an account, that no other line follows within the months of a return."""
    have = lines.collect_schema()
    start = pl.col("activated_on") if "activated_on" in have else pl.lit(None, pl.Date)
    by_account = definition.level == "account"
    others = lines.select(
        "subscription_id", unit=_account() if by_account else _service(have), start=start, end="ended_on"
    )
    if definition.prepaid == "inactive":
        known = lines.filter((pl.col("pay_mode") != "prepaid").fill_null(value=True))
        ended = ended.join(known.select("subscription_id"), on="subscription_id", how="semi")
    mine = ended.join(others.select("subscription_id", "unit"), on="subscription_id")
    both = mine.select("subscription_id", "unit", "ended_on", "month").join(others, on="unit", suffix="_other")
    begun = pl.col("start").fill_null(date.min) < pl.col("month").dt.offset_by(f"{definition.return_months + 1}mo")
    lasts = pl.col("end").is_null() | (pl.col("end") >= pl.col("month").dt.offset_by("1mo"))
    another = pl.col("subscription_id") != pl.col("subscription_id_other")
    # an account lives by its other lines, a number is replaced by one that begins after it alone
    new = pl.lit(by_account) | ((pl.col("start") >= pl.col("ended_on")) & (definition.return_months > 0))
    follows = both.filter(another, begun, lasts, new).select("subscription_id")
    found = mine.join(follows, on="subscription_id", how="anti")
    return found.select(*_KEY, "kind", counts=_counts(definition))


def _account() -> pl.Expr:
    """The account of a line; its customer's own where none is named."""
    return pl.coalesce("account_id", pl.concat_str(pl.lit("customer "), "customer_id"))


def _service(have: Mapping[str, object]) -> pl.Expr:
    """The customer and the kind of service of a line."""
    kind = pl.col("service_type").fill_null("") if "service_type" in have else pl.lit("")
    return pl.concat_str("customer_id", kind, separator=" ")
