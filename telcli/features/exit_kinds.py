"""What kind of leaving the end of a line is, and so that of the customer who left by it.

    voluntary    the customer ended it
    involuntary  the operator ended it: arrears, fraud
    port-out     the number went to another operator
    internal     it went on under another owner, number, plan or system
    inactive     nobody used it or topped it up, whether a system noted an end or not
    unknown      it ended, nobody says how

`ingest` codes `end_reason` so by its own dictionary. Where it says nothing, other texts of the line may: attributes
such as `x_cancel_type`, read by the words in `exit_kinds.toml` and the operator's own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

import polars as pl

from telcli.features.month_index import date_at, index_at
from telcli.features.text_codes import words_pattern
from telcli.tables.subjects import END_REASONS

__all__ = ["KINDS", "ended_lines", "exit_kind", "leavings"]

KINDS = END_REASONS
"""Every kind there is."""
_FIRST = ("port-out", "voluntary", "involuntary", "inactive", "unknown", "internal")
"""Of lines that end on one day, whose kind is the customer's: the more the customer meant it, the earlier."""

Words = Mapping[str, Sequence[str]]


def exit_kind(text: pl.Expr, own: Words | None = None) -> pl.Expr:
    """The kind of leaving that a text tells: unknown where none of the words is in it, null where there is no text.

    Parameters
    ----------
    text : polars.Expr
        Of type String; a code of `end_reason` is a text like others.
    own : mapping of kind to words
        The operator's own words, which go before those of telcli.

    >>> said = pl.DataFrame({"why": ["主动拆机", "Non-payment", "携号转出", "过户", "emigration", "沉默", " ", None]})
    >>> said.select(exit_kind(pl.col("why")))["why"].to_list()
    ['voluntary', 'involuntary', 'port-out', 'internal', 'unknown', 'inactive', None, None]
    >>> said.select(exit_kind(pl.col("why"), {"voluntary": ["Emigration"]}))["why"].to_list()[4]
    'voluntary'
    """
    plain = text.str.strip_chars().str.to_lowercase()
    found = pl.lit("unknown")
    for words in reversed([own or {}, _words()]):
        for kind, spellings in reversed(list(words.items())):
            if spellings:
                found = pl.when(plain.str.contains(words_pattern(spellings))).then(pl.lit(kind)).otherwise(found)
    return pl.when(plain != "").then(found).alias(text.meta.output_name())


def ended_lines(lines: pl.LazyFrame, own: Words | None = None, columns: Iterable[str] = ()) -> pl.LazyFrame:
    """Every line whose last day is known: subscription_id, customer_id, account_id, ended_on, month (of it) and kind.

    The kind is what the first of `end_reason` and `columns` says that says any; unknown where none does.

    Parameters
    ----------
    lines : polars.LazyFrame
        subscriptions; columns it lacks tell nothing.
    own : mapping of kind to words
        The operator's own words.
    columns : iterable of str
        Attributes of a line that may tell, such as `x_cancel_type`; those it lacks are passed over.

    >>> from datetime import date
    >>> lines = pl.LazyFrame({"subscription_id": ["1", "2", "3"], "customer_id": ["a", "a", "b"],
    ...     "ended_on": [date(2024, 5, 9), date(2024, 6, 1), None], "end_reason": ["port-out", "unknown", None],
    ...     "x_type": [None, "欠费拆机", None]})
    >>> ended_lines(lines, columns=["x_type"]).select("customer_id", "month", "kind").collect().rows()
    [('a', datetime.date(2024, 5, 1), 'port-out'), ('a', datetime.date(2024, 6, 1), 'involuntary')]
    """
    have = lines.collect_schema()
    if "ended_on" not in have:
        lines = lines.with_columns(ended_on=pl.lit(None, pl.Date))
    if "account_id" not in have:
        lines = lines.with_columns(account_id=pl.lit(None, pl.String))
    tells = [name for name in ("end_reason", *columns) if have.get(name) == pl.String]
    kinds = [exit_kind(pl.col(name), own) for name in tells]
    known = [pl.when(kind != "unknown").then(kind) for kind in kinds]
    return lines.filter(pl.col("ended_on").is_not_null()).select(
        "subscription_id",
        "customer_id",
        "account_id",
        "ended_on",
        month=date_at(index_at(pl.col("ended_on"))),
        kind=pl.coalesce(*known, pl.lit("unknown")),
    )


def leavings(months: pl.LazyFrame, ended: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """The kind of every leaving in customer_months (`left`): customer_id, month and kind, a row each; unsorted.

    It is that of the last line to end in the month, internal moves after all others. A customer who left and of
    whom no line ended in the month fell silent: inactive. Without lines at all (`ended` is None) it is unknown.

    >>> from datetime import date
    >>> may = date(2024, 5, 1)
    >>> months = pl.LazyFrame({"customer_id": ["a", "b"], "month": [may, may], "left": [True, True]})
    >>> ended = pl.LazyFrame({"customer_id": ["a"], "month": [may], "ended_on": [may], "kind": ["unknown"]})
    >>> leavings(months, ended).sort("customer_id").collect()["kind"].to_list()
    ['unknown', 'inactive']
    """
    gone = months.filter(pl.col("left")).select("customer_id", "month")
    if ended is None:
        return gone.with_columns(kind=pl.lit("unknown"))
    order = pl.col("kind").replace_strict(_FIRST, range(len(_FIRST)), return_dtype=pl.Int8)
    moved = pl.col("kind") == "internal"
    last = ended.group_by("customer_id", "month").agg(
        pl.col("kind").sort_by(moved, "ended_on", order, descending=[False, True, False]).first()
    )
    told = gone.join(last, on=["customer_id", "month"], how="left")
    return told.with_columns(pl.col("kind").fill_null("inactive"))


@cache
def _words() -> dict[str, list[str]]:
    read: dict[str, list[str]] = tomllib.loads(files(__package__).joinpath("exit_kinds.toml").read_text("utf-8"))
    return read
