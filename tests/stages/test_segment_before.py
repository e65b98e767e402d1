"""Segments of some months ago: by today's centres, whoever was there then, who has left since too."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from telcli.features.lifecycle import LifecycleRules
from telcli.methods.preparation import BehaviourPreparation
from telcli.settings import SegmentSettings
from telcli.stages.segment_before import before_rows
from telcli.stages.segment_count import Grouping, Segmented
from telcli.stages.segment_people import gather
from telcli.tables import contract
from tests.stages.test_segment import AS_OF, customers_of, months_of, planted

FEBRUARY = date(2024, 2, 1)


def year_of(frame: pl.DataFrame, gone: list[str]) -> pl.LazyFrame:
    """Twelve months alike; some customers leave in April."""
    half = months_of(frame).collect()
    rows = pl.concat([half.with_columns(pl.col("month").dt.offset_by("-6mo")), half])
    leaves = pl.col("customer_id").is_in(gone)
    at = leaves & (pl.col("month") == date(2024, 4, 1))
    kept = rows.filter(~(leaves & (pl.col("month") > date(2024, 4, 1))))
    return kept.with_columns(left=at, active=~at).lazy()


def test_who_has_left_since_is_in_the_segment_she_was_like() -> None:
    frame, truth = planted(40)
    gone = ["C00000", "C00041", "C00082"]
    tables = {"customer_months": year_of(frame, gone), "customers": customers_of(frame)}
    people = gather(tables, AS_OF, LifecycleRules.of(SegmentSettings()))
    values = people.values[:, : len(people.behaviour)]
    preparation = BehaviourPreparation().fit(values)
    prepared = preparation.transform(values)
    kinds = np.array([kind for name, kind in zip(frame["customer_id"], truth, strict=True) if name not in gone])
    order = ("young", "voice", "old")
    centres = np.stack([prepared[kinds == kind].mean(axis=0) for kind in order])
    labels = np.array([order.index(kind) for kind in kinds], dtype=np.int32)
    tiers = pl.Series(["middle"] * len(values))
    now = Segmented(AS_OF, people, preparation, prepared, Grouping(labels, centres, "planted"), tiers)
    profiled = pl.DataFrame({"segment": [1, 2, 3], "segment_name": order, "segment_name_zh": order})
    found = before_rows(now, profiled, tables)
    assert contract("segments_before").require(found.lazy()).collect().height == 120
    assert found["month"].unique().to_list() == [FEBRUARY]
    assert dict(found.select("customer_id", "segment_name").iter_rows()) == dict(
        zip(frame["customer_id"], truth, strict=True)
    )
    short = {**tables, "customer_months": tables["customer_months"].filter(pl.col("month") > FEBRUARY)}
    assert before_rows(now, profiled, short).is_empty()
