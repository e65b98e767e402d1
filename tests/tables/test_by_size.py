"""A sum of numbers in the order of their size is the same to the last bit, whatever order rows come in."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import telcli
from telcli.tables.by_size import by_size


@pytest.mark.parametrize("what", ["sum", "mean"])
def test_it_repeats_whatever_the_order(what: str) -> None:
    chance = np.random.default_rng(5)
    money = chance.lognormal(4, 1, 4000).round(2)
    rows = pl.DataFrame({"who": chance.integers(0, 900, money.size), "money": money})
    told = [
        rows.sample(fraction=1.0, shuffle=True, seed=seed)
        .lazy()
        .group_by("who")
        .agg(getattr(pl.col("money").pipe(by_size), what)())
        .sort("who")
        .collect(engine="streaming")
        for seed in range(4)
    ]
    assert all(one.equals(told[0]) for one in told)


def test_no_plan_sorts_in_vain() -> None:
    """`sort` before a sum in a plan is left out by polars; of a column in memory it is not."""
    told = re.compile(r"(?<!\])\.sort\(\)\.(sum|mean)\(\)")
    files = Path(telcli.__file__).parent.rglob("*.py")
    assert [file.name for file in files if told.search(file.read_text(encoding="utf-8"))] == []
