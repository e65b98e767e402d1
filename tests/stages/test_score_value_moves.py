"""Who changed tier, and by what."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl

from telcli.methods.indicator_score import Tree
from telcli.stages.score_value_moves import move_rows

TREE = Tree({"goal": ["complaints", "own"]}, {"goal": np.array([0.5, 0.5])}, "goal")
NAMES = {"complaints": ("Complaints of 6 months", "近6个月投诉次数"), "own": ("Site visits", "走访次数")}


def test_names_of_the_product_stand_small_within_a_sentence_and_own_ones_as_written() -> None:
    then = pl.DataFrame({"customer_id": ["a"], "value_score": [60.0], "value_tier": ["gold"]})
    scores = pl.DataFrame({"customer_id": ["a"], "x_complaints": [54.0], "x_own": [66.0]})
    record: Any = SimpleNamespace(as_of=date(2024, 5, 1), customers=then, indicators=scores)
    now = pl.DataFrame(
        {"customer_id": ["a"], "value_score": [31.0], "value_tier": ["bronze"], "x_complaints": [6.0], "x_own": [56.0]}
    )
    row = move_rows(now, TREE, record, NAMES).row(0, named=True)
    assert row["reason_1"] == "Score of complaints of 6 months fell from 54 to 6 of 100 (-24.0 points)"
    assert row["reason_2"] == "Score of Site visits fell from 66 to 56 of 100 (-5.0 points)"
