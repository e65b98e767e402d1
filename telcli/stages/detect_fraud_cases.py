"""From suspects to cases: those who share a device or a certificate are one, allowed ones none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import polars as pl

from telcli.features.fraud_words import said
from telcli.stages.detect_fraud_found import Found

__all__ = ["cases_of", "evidence_of", "with_closed"]

_ID = 12
"""Hexadecimal digits of a case's name: one in ten million million by chance."""
_SPREAD = 1_000
"""A device or a certificate of more suspects than this ties nobody to anybody: it stands for none."""


def cases_of(
    found: Sequence[Found], ties: pl.DataFrame, before: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cases, and the case of each suspect.

    `ties` is what subjects share, as `subject_id` and `tie`; `before` are the cases of the snapshot before, if there
    was one. Given back are the rows of fraud_cases but for as_of, the greatest loss first; and pattern, subject_id and
    case_id of each suspect.
    """
    rows = pl.concat(
        [one.hits.with_columns(pattern=pl.lit(one.pattern), subject=pl.lit(one.subject)) for one in found]
    ).sort("pattern", "subject_id")
    group = _grouped(rows, pl.concat([ties, *(one.ties for one in found if one.ties is not None)]))
    rows = rows.with_columns(group=pl.Series(group, dtype=pl.Int64)).sort("group", -pl.col("score"), "subject_id")
    first = rows.group_by("group", maintain_order=True).agg(
        pl.col("pattern", "subject", "subject_id", "score").first(),
        pl.col("loss").sum(),
        pl.col("first_day").min(),
        pl.col("last_day").max(),
        pl.col("days").max(),
        subjects=pl.len().cast(pl.Int64),
    )
    named = first.with_columns(case_id=_named(first))
    members = rows.join(named.select("group", "case_id"), on="group", how="left", maintain_order="left")
    known = [] if before is None else before.filter(pl.col("status") != "closed")["case_id"].to_list()
    said_of = _said(found, members)
    made = named.join(said_of, on="case_id", how="left", maintain_order="left").with_columns(
        status=pl.when(pl.col("case_id").is_in(known)).then(pl.lit("known")).otherwise(pl.lit("new")),
        expected_loss=pl.col("loss").round(2),
        score=pl.col("score").clip(0.0, 1.0).round(4),
    )
    order = made.sort(-pl.col("expected_loss"), -pl.col("score"), "case_id")
    return order.drop("group", "loss"), members.select("pattern", "subject_id", "case_id")


def with_closed(cases: pl.DataFrame, before: pl.DataFrame | None) -> pl.DataFrame:
    """With cases of the snapshot before of which nothing is seen any more, once, as closed."""
    if before is None:
        return cases
    gone = before.filter(pl.col("status") != "closed", ~pl.col("case_id").is_in(cases["case_id"].to_list()))
    return pl.concat([cases, gone.select(cases.columns).with_columns(status=pl.lit("closed"))])


def evidence_of(found: Iterable[Found], members: pl.DataFrame) -> pl.DataFrame:
    """Rows of fraud_evidence but for as_of."""
    signs = pl.concat([one.signs.with_columns(pattern=pl.lit(one.pattern)) for one in found])
    rows = signs.join(members, on=["pattern", "subject_id"], how="inner")
    return rows.select("case_id", "subject_id", "what", "day", "value", "threshold").sort(
        "case_id", "subject_id", "what", "day"
    )


def _named(rows: pl.DataFrame) -> pl.Series:
    """The case's name: of the pattern and its first subject by name, so that it is the same from run to run."""
    told = rows.select("pattern", "subject_id").iter_rows()
    return pl.Series([sha256("\x1f".join(row).encode()).hexdigest()[:_ID] for row in told], dtype=pl.String)


def _grouped(rows: pl.DataFrame, ties: pl.DataFrame) -> list[int]:
    """The case of each row, as the first row in it: rows of one pattern tied by what they share (union-find)."""
    above = list(range(rows.height))

    def top(place: int) -> int:
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    shared = rows.with_row_index("row").join(ties, on="subject_id", how="inner")
    holders: dict[tuple[Any, ...], list[int]] = {}
    for pattern, tie, row in shared.select("pattern", "tie", "row").sort("row", "tie").iter_rows():
        holders.setdefault((pattern, tie), []).append(row)
    for tied in holders.values():
        for row in tied[1:] if len(tied) <= _SPREAD else ():
            low, high = sorted((top(tied[0]), top(row)))
            above[high] = low
    return [top(place) for place in range(rows.height)]


def _said(found: Iterable[Found], members: pl.DataFrame) -> pl.DataFrame:
    """The facts of a case in words: of each the strongest day of its first subject, in the order of the rule."""
    lead = members.group_by("case_id", maintain_order=True).agg(pl.col("pattern", "subject_id").first())
    order = list(dict.fromkeys((one.pattern, code) for one in found for code in _codes(one.signs)))
    signs = pl.concat([one.signs.with_columns(pattern=pl.lit(one.pattern)) for one in found])
    facts: dict[str, dict[str, float]] = {case: {} for case in lead["case_id"].to_list()}
    pattern_of: Mapping[str, str] = dict(lead.select("case_id", "pattern").iter_rows())
    own = lead.join(signs, on=["pattern", "subject_id"], how="inner").sort("case_id", "what", "day")
    for case, what, value in own.select("case_id", "what", "value").iter_rows():
        facts[case][what] = max(value, facts[case].get(what, value))
    rows = []
    for case, have in facts.items():
        codes = [code for pattern, code in order if pattern == pattern_of[case] and code in have]
        told = [(code, have[code]) for code in codes]
        rows.append((case, said(told), said(told, "zh"), ",".join(codes)))
    kinds = {"case_id": pl.String, "evidence": pl.String, "evidence_zh": pl.String, "codes": pl.String}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _codes(signs: pl.DataFrame) -> list[str]:
    """Codes in the order in which the rule tells them."""
    return signs["what"].unique(maintain_order=True).to_list()
