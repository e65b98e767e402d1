"""What the model says of many customers: how likely each is to leave, worked out wherever the engine does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from telcli.features.churn_design import ChurnDesign
from telcli.methods.churn_model import ChurnModel
from telcli.stages import Inputs

__all__ = ["made_of", "probability_of"]

_TOGETHER = 250_000
"""Customers that are scored together here, to bound what their features take."""


def probability_of(inputs: Inputs, people: pl.DataFrame, model: ChurnModel, design: ChurnDesign) -> NDArray[np.float64]:
    """The probability of leaving of each of `people`, who are in the order of customer_id."""
    work = partial(_log_odds, model=model, design=design)
    made = made_of(inputs, people, design, work, {"log_odds": pl.Float64()}, "scores")
    # The last step is taken here: exponentials are not the same to the bit on all processors, sums and products are.
    return np.asarray(expit(made.get_column("log_odds").to_numpy()), dtype=np.float64)


def made_of(
    inputs: Inputs,
    people: pl.DataFrame,
    design: ChurnDesign,
    work: Callable[[pl.DataFrame], pl.DataFrame],
    kinds: Mapping[str, pl.DataType],
    what: str,
) -> pl.DataFrame:
    """Have the work done on what the design reads of `people`: customer_id and columns of `kinds`, in their order."""
    rows = people.select("customer_id", "month", *_known(people, design))
    kinds = {"customer_id": pl.String(), **kinds}
    parts = [pl.DataFrame(schema=kinds)]
    inputs.progress(what, 0, rows.height)
    for done, made in inputs.engine.rows(rows, work, kinds, _TOGETHER) if rows.height else ():
        parts.append(made)
        inputs.progress(what, done, rows.height)
    return pl.concat(parts)


def _known(people: pl.DataFrame, design: ChurnDesign) -> list[str]:
    """The columns of the design that are there; one that is there in name alone has no type that could travel."""
    kinds = people.schema
    return [name for name in design.names if kinds.get(name, pl.Null) != pl.Null]


def _log_odds(rows: pl.DataFrame, *, model: ChurnModel, design: ChurnDesign) -> pl.DataFrame:
    return rows.select("customer_id", log_odds=pl.Series(model.decision_function(design.matrix(rows))))
