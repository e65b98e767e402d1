"""What customers answer when asked how satisfied they are: made of their troubles, so that drivers are known."""

from __future__ import annotations

import numpy as np
import polars as pl

from telcli.simulation.departures import Departures
from telcli.simulation.dirt import OWNER
from telcli.simulation.extracts import customer_ids
from telcli.simulation.population import Population
from telcli.simulation.troubles import Troubles
from telcli.simulation.world import WARMUP, Array, Streams, World

__all__ = ["EFFECTS", "SURVEYS", "SURVEY_KEY", "survey_frames"]

SURVEYS, SURVEY_KEY = "surveys.csv", "answer_key/satisfaction.csv"
EFFECTS = {"service": 1.6, "product": 0.9, "network": 0.6, "price": 0.35}
"""Points of overall satisfaction for a standard deviation of each matter, the order that is planted."""
_ITEMS = {"service": "服务态度", "product": "套餐内容", "network": "网络信号", "price": "资费价格"}
_OVERALL, _ASKED, _MONTHS = "总体满意度", 0.35, 6
"""The item that sums up, the share of customers asked, and the last months in which they are."""


def survey_frames(
    world: World, block: int, people: Population, troubles: Troubles, gone: Departures
) -> dict[str, pl.DataFrame]:
    """Answers of those asked, five items each, and what is true of everybody of the block, with `OWNER`.

    Matters of a customer hang together by a common mood; trouble of the last three months lowers its matter. Where the
    world's surveys are ``"null"``, overall satisfaction has nothing to do with any of them.
    """
    chance, n = Streams(world.seed, block)("surveys"), len(people.number)
    window = min(_MONTHS, world.months)
    month = world.months - window + chance.integers(0, window, n)
    asked = (chance.random(n) < _ASKED) & (people.joined <= month) & (gone.month > month)
    mood = chance.normal(size=n)
    matters: dict[str, Array] = {}
    for name in _ITEMS:
        own = 0.6 * mood + 0.8 * chance.normal(size=n)
        trouble = getattr(troubles, name, None)
        matters[name] = own if trouble is None else own - 1.5 * _lately(trouble, month)
    moved = sum(EFFECTS[name] * value for name, value in matters.items()) if world.surveys == "on" else np.zeros(n)
    truth = np.clip(7.2 + moved + chance.normal(size=n), 1.0, 10.0)
    day = world.day(month, chance.integers(1, 28, n))
    answers = {_OVERALL: truth, **{item: 7.0 + 1.5 * matters[name] for name, item in _ITEMS.items()}}
    recommends = np.clip(np.round(truth + chance.normal(size=n)), 0, 10).astype(int)
    rows = [
        pl.DataFrame(
            {
                "客户编号": customer_ids(people.number),
                "调查日期": pl.Series(day).cast(pl.String),
                "测评项目": [item] * n,
                "评分": np.clip(np.round(value), 1, 10).astype(int),
                "推荐意愿": recommends if item == _OVERALL else np.full(n, -1),
                OWNER: np.arange(n),
            }
        ).filter(pl.Series(asked))
        for item, value in answers.items()
    ]
    told = pl.concat(rows).with_columns(推荐意愿=pl.when(pl.col("推荐意愿") >= 0).then("推荐意愿").cast(pl.String))
    key = pl.DataFrame(
        {
            "customer_id": customer_ids(people.number),
            "satisfaction": np.round((truth - 1.0) / 9.0 * 100.0, 2),
            "asked": asked,
            OWNER: np.arange(n),
        }
    )
    texts = pl.exclude(OWNER).cast(pl.String)
    return {SURVEYS: told.sort(OWNER, maintain_order=True).with_columns(texts), SURVEY_KEY: key.with_columns(texts)}


def _lately(trouble: Array, month: Array) -> Array:
    """Whether a trouble was on in a month of the history or in the two before it."""
    at = np.arange(len(month))
    found: Array = np.any([trouble[at, WARMUP + month - back] > 0 for back in range(3)], axis=0)
    return found
