"""From suspects to cases: those who share a device or a certificate are one, allowed ones none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from telcli.features.case_name import name_of
from telcli.features.fraud_words import said
from telcli.stages.detect_fraud_found import Found

__all__ = ["Earlier", "cases_of", "evidence_of", "loss_once", "with_closed"]

_SPREAD = 1_000
"""A device or a certificate of more suspects than this ties nobody to anybody: it stands for none."""


@dataclass(frozen=True)
class Earlier:
    """Live cases of the snapshot before, and the subjects of each: `pattern`, `subject_id` and `case_id`."""

    cases: pl.DataFrame
    members: pl.DataFrame

    @classmethod
    def of(cls, tables: Mapping[str, pl.LazyFrame]) -> Earlier:
        """Read them of its tables."""
        live = tables["fraud_cases"].filter(pl.col("status") != "closed").collect()
        own = live.select("pattern", "subject_id", "case_id")
        if "fraud_evidence" not in tables:
            return cls(live, own)
        told = tables["fraud_evidence"].select("case_id", "subject_id").unique().collect()
        others = told.join(live.select("case_id", "pattern"), on="case_id", how="inner").select(own.columns)
        return cls(live, pl.concat([own, others]).unique().sort("case_id", "subject_id"))


def cases_of(found: Sequence[Found], ties: pl.DataFrame, before: Earlier | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cases, and the case of each suspect.

    `ties` is what subjects share, as `subject_id` and `tie`; `before` the snapshot before, if there was one: a case
    that has a subject of one there is that case. Given back are the rows of fraud_cases but for as_of, the greatest
    loss first; and pattern, subject_id and case_id of each suspect.
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
    named = first.join(_named(rows, before), on="group", how="left", maintain_order="left")
    members = rows.join(named.select("group", "case_id"), on="group", how="left", maintain_order="left")
    said_of = _said(found, members)
    made = named.join(said_of, on="case_id", how="left", maintain_order="left").with_columns(
        expected_loss=pl.col("loss").round(2), score=pl.col("score").clip(0.0, 1.0).round(4)
    )
    order = made.sort(-pl.col("expected_loss"), -pl.col("score"), "case_id")
    return order.drop("group", "loss"), members.select("pattern", "subject_id", "case_id")


def with_closed(cases: pl.DataFrame, before: Earlier | None, patterns: Collection[str]) -> pl.DataFrame:
    """With cases of the snapshot before, of the patterns looked for, that are seen no more: once, as closed."""
    if before is None:
        return cases
    gone = before.cases.filter(
        pl.col("pattern").is_in(sorted(patterns)), ~pl.col("case_id").is_in(cases["case_id"].to_list())
    )
    return pl.concat([cases, gone.select(cases.columns).with_columns(status=pl.lit("closed"))])


def evidence_of(found: Iterable[Found], members: pl.DataFrame) -> pl.DataFrame:
    """Rows of fraud_evidence but for as_of."""
    signs = pl.concat([one.signs.with_columns(pattern=pl.lit(one.pattern)) for one in found])
    rows = signs.join(members, on=["pattern", "subject_id"], how="inner")
    return rows.select("case_id", "subject_id", "what", "day", "value", "threshold").sort(
        "case_id", "subject_id", "what", "day"
    )


def loss_once(found: Iterable[Found], members: pl.DataFrame) -> float:
    """What is lost by the suspects in `members` in all, of each the largest of her patterns alone.

    The minutes of a SIM box abroad are both bypass and traffic to high-cost numbers, and are lost once.
    """
    losses = pl.concat(
        [one.hits.select(pl.lit(one.pattern).alias("pattern"), "subject_id", "loss") for one in found]
    ).join(members, on=["pattern", "subject_id"], how="semi")
    return float(losses.group_by("subject_id").agg(pl.col("loss").max()).sort("subject_id")["loss"].sum())


def _named(rows: pl.DataFrame, before: Earlier | None) -> pl.DataFrame:
    """The name and the state of each group: those of the case before that it has a subject of, if no other took them.

    Else the name is made of its subject that is first by name.
    """
    told = [] if before is None else before.members.select("pattern", "subject_id", "case_id").iter_rows()
    then: dict[tuple[str, str], list[str]] = {}
    for pattern, subject, case in told:
        then.setdefault((pattern, subject), []).append(case)
    groups: dict[int, list[tuple[str, str]]] = {}
    for group, pattern, subject in (
        rows.select("group", "pattern", "subject_id").sort("group", "subject_id").iter_rows()
    ):
        groups.setdefault(group, []).append((pattern, subject))
    found, taken = [], set()
    for group, members in groups.items():
        old = [case for member in members for case in then.get(member, ())]
        own = [name_of(*members[0]), name_of(*members[0], "apart")]
        case = next(name for name in (*old, *own) if name not in taken)
        taken.add(case)
        found.append((group, case, "known" if case in old else "new"))
    return pl.DataFrame(found, schema={"group": pl.Int64, "case_id": pl.String, "status": pl.String}, orient="row")


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
