"""Free attributes that may name persons: no model learns their values, and no result shows them."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from telcli.intake.person_values import names_persons
from telcli.stages.predict_churn_study import Study

__all__ = ["OF_PERSONS", "of_persons", "shown_tables"]

OF_PERSONS = "may name persons"
"""Why such a column is left out."""
_OWN = 0.5
"""Different values per customer above which no table would show them anyhow."""


def of_persons(study: Study, frame: pl.DataFrame, names: Iterable[str]) -> set[str]:
    """Those of the columns that may name persons, told to the analyst without any of their values."""
    found = {name for name in names if name.startswith("x_") and names_persons(frame.get_column(name), _header(name))}
    _tell(study, found)
    return found


def shown_tables(study: Study) -> dict[str, pl.LazyFrame]:
    """The tables, `customers` without the free attributes that may name persons, which are told."""
    tables = study.inputs.tables
    customers = tables["customers"]
    kinds = customers.collect_schema()
    free = [name for name in kinds if name.startswith("x_") and kinds[name] == pl.String]
    values = customers.select(pl.col(free).unique().implode()).collect(engine="streaming")
    found = {name for name in free if names_persons(values.get_column(name).explode(), _header(name))}
    rows = customers.select(pl.len()).collect(engine="streaming").item()
    _tell(study, {name for name in found if values.get_column(name).list.len().item() <= _OWN * rows})
    return {**tables, "customers": customers.drop(found)}


def _tell(study: Study, found: set[str]) -> None:
    """Name the columns, each once in a run."""
    said = [notice.values["columns"] for notice in study.notices if notice.code == "columns-of-persons"]
    told = {name for columns in said for name in str(columns).split(", ")}
    new = sorted({name.removeprefix("x_") for name in found} - told)
    if new:
        study.tell(
            "columns-of-persons",
            "Not used: {columns}. Their values look like names or numbers of persons, which a model would keep, and "
            "reasons and tables would show.",
            columns=", ".join(new),
        )


def _header(name: str) -> str:
    return name.removeprefix("x_").replace("_", " ")
