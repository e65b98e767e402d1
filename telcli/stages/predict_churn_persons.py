"""Free attributes that may name persons: no model learns their values, and no result shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from telcli.intake.person_values import names_persons
from telcli.stages.predict_churn_study import Study

__all__ = ["OF_PERSONS", "of_persons", "shown_tables"]

OF_PERSONS = "may name persons"
"""Why such a column is left out."""


def of_persons(study: Study, frame: pl.DataFrame, names: Iterable[str]) -> set[str]:
    """Those of the columns that may name persons, told to the analyst without any of their values."""
    found = {name for name in names if name.startswith("x_") and names_persons(frame.get_column(name), _header(name))}
    if found:
        study.tell(
            "columns-of-persons",
            "Not used: {columns}. Their values look like names or numbers of persons, which a model would keep and "
            "reasons would show.",
            columns=", ".join(sorted(name.removeprefix("x_") for name in found)),
        )
    return found


def shown_tables(tables: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """The tables, `customers` without the free attributes that may name persons."""
    customers = tables["customers"]
    kinds = customers.collect_schema()
    free = [name for name in kinds if name.startswith("x_") and kinds[name] == pl.String]
    found = [
        name
        for name in free
        if names_persons(customers.select(pl.col(name).unique()).collect().to_series(), _header(name))
    ]
    return {**tables, "customers": customers.drop(found)}


def _header(name: str) -> str:
    return name.removeprefix("x_").replace("_", " ")
