"""What a churn model reads of customers: of some labelled months, or of everyone at the snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.errors import DataError
from telcli.features import churn_snapshots as snapshots
from telcli.features.churn_design import ChurnDesign
from telcli.features.ranges import in_ranges
from telcli.stages.predict_churn_given import cost_features
from telcli.stages.predict_churn_study import Study

__all__ = ["features_of", "people_at", "read_of", "with_labels"]

_READ = ("customer_months", "customers", "subscriptions", "here")
_WORTH = ("revenue", "revenue_mean_3")


def features_of(study: Study, labels: pl.DataFrame, design: ChurnDesign | None = None) -> pl.DataFrame:
    """The features of labelled customer-months, sorted by customer and month; those that the design reads, or all."""
    parts = []
    for (month,), part in sorted(labels.group_by("month")):
        known = part.select("customer_id", "month", "churned").lazy()
        rows = snapshots.snapshot_features(study.inputs.tables, month, known.select("customer_id"))
        if design is not None:
            have = rows.collect_schema()
            rows = rows.select("customer_id", "month", *(name for name in read_of(study, design) if name in have))
        parts.append(rows.join(known, on=["customer_id", "month"]).collect(engine="streaming"))
    return pl.concat(parts, how="vertical_relaxed").sort("customer_id", "month")


def people_at(study: Study, design: ChurnDesign, here: pl.LazyFrame | None = None) -> pl.DataFrame:
    """Everyone active at the snapshot, by customer, with what the model reads and what tells their worth.

    `here` (a frame with `customer_id`) are those who have not left by then, where customer_months does not say so.
    """
    tables, wanted, parts = dict(study.inputs.tables), ["customer_id", "month", *read_of(study, design)], []
    worth = {*_WORTH, *cost_features(study.settings, tables)}
    # The model reads numbers of 4 bytes: of everyone, those of 8 would take gigabytes for nothing.
    short = {one.name for one in design.features if one.kind == "number"} - worth
    if here is not None:
        tables["here"] = here
    for some in in_ranges({name: tables[name] for name in _READ if name in tables}, _ids_at(tables, study.as_of)):
        features = snapshots.snapshot_features(some, study.as_of, some.get("here"))
        have = features.collect_schema()
        long = [name for name in short if have.get(name) == pl.Float64]
        read = features.select(name for name in wanted if name in have)
        read = read.with_columns(pl.col(name).cast(pl.Float32) for name in long)
        parts.append(read.collect(engine="streaming").sort("customer_id"))
    found = pl.concat(parts)
    if not found.height:
        raise DataError(
            "nobody-active",
            "Nobody is active in {month}.",
            hint="Choose another month with --as-of.",
            month=f"{study.as_of:%Y-%m}",
        )
    return found


def read_of(study: Study, design: ChurnDesign) -> list[str]:
    """Columns of customers that a model of the design reads, and those that tell their worth."""
    return list(dict.fromkeys([*_WORTH, *cost_features(study.settings, study.inputs.tables), *design.names]))


def with_labels(study: Study, people: pl.DataFrame) -> pl.DataFrame:
    """People with the label `churned` of one labelled table, null where there is none."""
    customers = study.inputs.tables["customers"]
    if "churned" not in customers.collect_schema():
        return people
    labels = customers.select("customer_id", "churned").unique("customer_id", keep="last", maintain_order=True)
    return people.join(labels.collect(engine="streaming"), on="customer_id", how="left", maintain_order="left")


def _ids_at(tables: Mapping[str, pl.LazyFrame], month: date) -> pl.Series:
    """Everyone active in the month, sorted."""
    there = tables["customer_months"].filter((pl.col("month") == month) & pl.col("active") & ~pl.col("left"))
    return there.select("customer_id").collect(engine="streaming").to_series().sort()
