"""The program with stages of a few lines each: options, locks, records and exit codes are the real ones.

Examples of schedules are run with it, so that what is tested is their words, at a fraction of the time.
"""

import os
import sys
from typing import Any

import polars as pl

from telcli.cli import script
from telcli.pipeline.stage import Stage
from telcli.stages import Inputs, Outcome
from tests.cli.fakes import FUNCTIONS, figures


def churn(inputs: Inputs, settings: Any) -> Outcome:
    """A model as good as the test wants it to be, and a score for each customer."""
    found = FUNCTIONS["predict-churn"](inputs, settings)
    scores = inputs.tables["customers"].select("customer_id").with_columns(
        as_of=pl.lit(inputs.as_of), churn_probability=pl.lit(0.5), risk_band=pl.lit("high"), target=pl.lit(True),
        expected_saving=pl.lit(1.0),
    )  # fmt: skip
    auc = float(os.environ.get("LIGHT_AUC", "0.81"))
    return Outcome({**found.tables, "churn_scores": scores}, {**found.metrics, "auc": auc})


def watched(inputs: Inputs, settings: Any) -> Outcome:
    """As many alerts as the test wants."""
    return Outcome({}, {"alerts": int(os.environ.get("LIGHT_ALERTS", "0")), "judged": 1})


def nothing(inputs: Inputs, settings: Any) -> Outcome:
    """No row of any table."""
    return Outcome({})


LIGHT = {**FUNCTIONS, "predict-churn": churn, "report": figures, "monitor": watched}

if __name__ == "__main__":
    Stage.load = lambda self: LIGHT.get(self.name, nothing)  # type: ignore[method-assign]
    sys.exit(script())
