"""Rows given twice: which are exact copies, to be counted and dropped, and which contradict each other.

A copy is handed on as a row that repeats the kept one key and all, under its own file and line: the contract, which
knows copies by that, drops and counts it like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import polars as pl

from telcli.errors import Notice
from telcli.intake.facts import HIDDEN, add_fault, summed
from telcli.intake.understood import DISPUTED, REST
from telcli.tables.apart import unknown
from telcli.tables.extract import Extract
from telcli.tables.refused import FAULTS, LINE, SOURCE

__all__ = ["SAID", "UNSAID", "content_name", "content_parts", "name_of_parts", "once", "summed_once", "with_ids"]

SAID = {
    "payments": ("customer_id", "subscription_id", "account_id", "paid_at", "amount"),
    "contacts": ("customer_id", "subscription_id", "opened_at", "kind", "topic"),
}
"""What facts without a number of their own are known by; the rest may change from one delivery to the next."""
UNSAID, _BETWEEN = "\x00", "\x1f"
_SOUND = pl.col(FAULTS).list.len() == 0
_PLACE = pl.concat_str(SOURCE, pl.lit("\n"), pl.col(LINE).cast(pl.String).str.zfill(15))


def once(extracts: Sequence[Extract]) -> tuple[list[Extract], list[Notice]]:
    """Leave out a file given again under another name: the same bytes, and the same sheet or table of them.

    >>> files = [Extract(name, pl.LazyFrame(), "utf-8", ",", "e3b0") for name in ("may.csv", "may (1).csv")]
    >>> kept, notices = once(files)
    >>> [extract.name for extract in kept], notices[0].message
    (['may.csv'], 'may (1).csv is may.csv over again, byte for byte, and was left out.')
    """
    first: dict[tuple[str, str], str] = {}
    kept, notices = [], []
    for extract in extracts:
        same = first.setdefault((extract.sha256 or extract.name, extract.name.partition("#")[2]), extract.name)
        if same == extract.name:
            kept.append(extract)
            continue
        values = {"file": extract.name, "other": same}
        notices.append(Notice("file-again", "{file} is {other} over again, byte for byte, and was left out.", values))
    return kept, notices


def with_ids(frame: pl.LazyFrame, table: str, key: str) -> tuple[pl.LazyFrame, list[Notice]]:
    """Name facts that have no number of their own after what they say of whom, when and how much.

    The name is the same in whatever file, order and load a row is delivered again, and tells nothing of a person. Rows
    of one file that agree in that but not in every column of the extract are numbered. Rows that agree in every column
    get one name, so that they are copies; how many is told, since two real facts may agree in everything.

    >>> from telcli.intake.cleaning import NO_FAULTS
    >>> raw = {"customer_id": ["a", "a", "b", "b"], "amount": [5.0, 5.0, 5.0, 5.0], "method": ["x", "x", "x", "y"]}
    >>> rows = pl.LazyFrame(raw | {SOURCE: ["p.csv"] * 4, LINE: [2, 3, 4, 5]}).with_columns(NO_FAULTS)
    >>> named, notices = with_ids(rows, "payments", "payment_id")
    >>> [one[-6:] for one in named.collect()["payment_id"]], notices[0].values["count"]
    (['3fe5e9', '3fe5e9', 'f775c6', '75c6-2'], 1)
    """
    schema = list(frame.collect_schema())
    rest = [name for name in schema if name.startswith(REST)]
    content = [*(name for name in schema if name not in HIDDEN and name not in rest), *rest]
    said = [name for name in SAID[table] if name in schema]
    sound = frame.filter(_SOUND)
    alike = sound.group_by(SOURCE, *said).agg(_rows=pl.len()).filter(pl.col("_rows") > 1)
    several = sound.join(alike.drop("_rows"), on=[SOURCE, *said], how="semi", nulls_equal=True)
    rows = several.select(SOURCE, *content).unique().sort(SOURCE, *content).collect(engine="streaming")
    numbered = rows.with_columns(_n=pl.int_range(pl.len()).over(SOURCE, *said) + 1).filter(pl.col("_n") > 1)
    found = frame.with_columns(_n=pl.lit(None, dtype=pl.Int64))
    if numbered.height:
        found = frame.join(numbered.lazy(), on=[SOURCE, *content], how="left", nulls_equal=True, maintain_order="left")
    ending = pl.when(pl.col("_n").is_not_null()).then(pl.concat_str(pl.lit("-"), "_n")).otherwise(pl.lit(""))
    named = found.with_columns(pl.concat_str(content_name(frame, said), ending).alias(key)).drop("_n", *rest)
    twins = sound.group_by(content).agg(_rows=pl.len()).filter(pl.col("_rows") > 1)
    count = twins.select((pl.col("_rows") - 1).sum()).collect(engine="streaming").item()
    if not count:
        return named, []
    return named, [
        Notice(
            "copies-without-id",
            "{table}: {count} rows without a number of their own repeat another in every column and were dropped as "
            "copies; two real ones that agree in everything would look the same (else: --map {column}=COLUMN).",
            {"table": table, "count": int(count), "column": key},
        )
    ]


def content_name(frame: pl.LazyFrame, said: Sequence[str]) -> pl.Expr:
    """20 hexadecimal digits of a hash of these columns, the same on every machine and in every version."""
    whole = pl.concat_str(content_parts(frame, said), separator=_BETWEEN)
    return whole.map_batches(_hashed, return_dtype=pl.String, is_elementwise=True)


def content_parts(frame: pl.LazyFrame, said: Sequence[str]) -> list[pl.Expr]:
    """These columns as texts of which the name is made."""
    kinds = frame.collect_schema()
    parts = []
    for name in said:
        value = pl.col(name)
        if kinds[name] == pl.Float64:
            value = (value * 10_000).round().cast(pl.Int64, strict=False)
        elif kinds[name].is_temporal():
            value = value.cast(pl.Datetime("us")).cast(pl.Int64)
        parts.append(value.cast(pl.String).fill_null(UNSAID))
    return parts


def name_of_parts(parts: Sequence[str]) -> str:
    r"""The name made of some texts.

    >>> frame = pl.LazyFrame({"a": ["x"], "b": [1.5]})
    >>> frame.select(content_name(frame, ["a", "b"])).collect().item() == name_of_parts(["x", "15000"])
    True
    """
    return blake2b(_BETWEEN.join(parts).encode(), digest_size=10).hexdigest()


def _hashed(texts: pl.Series) -> pl.Series:
    """Polars hands in null for rows of a branch (`when`, `then`) that are not of it; nothing is made of these."""
    made = [None if text is None else blake2b(text.encode(), digest_size=10).hexdigest() for text in texts]
    return pl.Series(texts.name, made, pl.String)


def summed_once(frame: pl.LazyFrame, key: tuple[str, ...]) -> pl.LazyFrame:
    """Add up the numbers of one customer, each number once a month: copies are handed on, conflicts are refused.

    `key` is that of the table; rows of a number are told apart by `subscription_id` beside it. Which numbers have a
    month twice is found first, because few or none do and all others can then pass untouched.
    """
    numbered = [*key, "subscription_id"]
    twice = frame.filter(_SOUND).group_by(numbered).agg(_rows=pl.len()).filter(pl.col("_rows") > 1)
    repeated = twice.collect(engine="streaming")
    if not repeated.height:
        return summed(frame, key)
    marked = frame.join(repeated.lazy(), on=numbered, how="left", nulls_equal=True)
    again = _SOUND & pl.col("_rows").is_not_null()
    once, copies = _once_per_number(marked.filter(again).drop("_rows").collect(engine="streaming"), numbered)
    rest = marked.filter(~again).drop("_rows")
    whole = summed(pl.concat([rest, once.lazy()], how="diagonal"), key)
    if not copies.height:
        return whole
    columns = list(whole.collect_schema())
    kept = whole.filter(_SOUND).drop(SOURCE, LINE)
    return pl.concat([whole, kept.join(copies.lazy().select(*key, SOURCE, LINE), on=list(key)).select(columns)])


def _once_per_number(rows: pl.DataFrame, key: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per number and month, that of which most is known; others refused as ``duplicate-key``; copies, apart."""
    values = [name for name in rows.columns if name not in (*key, *HIDDEN) and not name.startswith("x_")]
    # rows of one line, if there are such, are told apart by their place in it
    beside = [name for name in rows.columns if name == DISPUTED]
    placed = rows.select(*key, *values, *beside, *HIDDEN, _at=_PLACE).sort(unknown(values), "_at", maintain_order=True)
    placed = placed.with_columns(_at=pl.int_range(pl.len()))
    first = placed.unique(key, keep="first", maintain_order=True).select(*key, *values, _first="_at")
    marked = placed.join(first, on=[*key, *values], how="left", nulls_equal=True, maintain_order="left")
    own = pl.col("_first") == pl.col("_at")
    differs = marked.filter(pl.col("_first").is_null())
    refused = add_fault(differs.lazy(), pl.lit(value=True), "duplicate-key", ", ".join(key)).collect()
    once = pl.concat([marked.filter(own), refused]).drop("_at", "_first")
    return once, marked.filter(~own)
