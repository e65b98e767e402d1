"""Other ways of choosing whom to contact with what, to measure the loop by."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from tests.loop.managers import row_of
from tests.loop.operator import OFFERS, Operator

__all__ = ["CAPACITY", "HOLDOUT", "TOML", "offers", "oracle", "riskiest"]

CAPACITY = 240
"""Contacts that there are hands for in a month, the same for every policy."""
HOLDOUT = 0.25
"""Where there are fewer hands than customers worth contacting, who is held out costs next to nothing."""


def offers() -> dict[str, dict[str, object]]:
    """The offers as the operator's settings have them, with what it believes of each."""
    return {
        code: {
            "channel": "outbound",
            "cost": offer.cost,
            "contact_cost": offer.contact,
            "accept": offer.assumed,
            "themes": list(offer.themes),
            "en": offer.en,
        }
        for code, offer in OFFERS.items()
    }


def _written(value: object) -> str:
    return (
        str(value).replace("'", '"')
        if isinstance(value, list)
        else f'"{value}"'
        if isinstance(value, str)
        else f"{value}"
    )


TOML = "\n".join(
    f"[plan-retention.offers.{code}]\n" + "\n".join(f"{name} = {_written(value)}" for name, value in said.items())
    for code, said in offers().items()
)
"""The same as text of telcli.toml."""


def riskiest(scores: pl.DataFrame, offer: str, capacity: int = CAPACITY) -> Mapping[int, str]:
    """Those most likely to leave, with one offer for all: the campaign of a model of churn and nothing else."""
    ranked = scores.sort(["churn_probability", "customer_id"], descending=[True, False]).head(capacity)
    return {row_of(customer): offer for customer in ranked["customer_id"]}


def oracle(world: Operator, capacity: int = CAPACITY) -> Mapping[int, str]:
    """The best that could be done with that many contacts, by who knows the truth and holds nobody out."""
    codes = list(OFFERS)
    net = np.stack([world.saves(code, world.now + 1) - world.costs(code) for code in codes], axis=1)
    net[~world.here(world.now)] = -np.inf
    best = net.argmax(axis=1)
    gain = net.max(axis=1)
    order = np.argsort(-gain, kind="stable")[:capacity]
    return {int(row): codes[best[row]] for row in order if gain[row] > 0}
