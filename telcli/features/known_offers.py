"""What the knowledge base lets expect of an offer to a customer: the most particular row that fits her."""

from __future__ import annotations

import polars as pl

from telcli.tables.knowledge_results import ANY

__all__ = ["PRECEDENCE", "known"]

PRECEDENCE = (
    ("segment_name", "theme", "channel"),
    ("segment_name", "theme"),
    ("theme",),
    ("segment_name",),
    ("channel",),
    (),
)
"""What a row is particular about, the first that fits goes; each is already drawn to the broader ones."""
_DIMENSIONS = ("segment_name", "theme", "channel")
_TOLD = ("uplift", "uplift_low", "uplift_high", "accept_rate", "left_held_out", "level", "evidence")
_SCHEMA = {
    **dict.fromkeys(("customer_id", "offer_id"), pl.String()),
    **dict.fromkeys(_TOLD[:5], pl.Float64()),
    **dict.fromkeys(_TOLD[5:], pl.String()),
}


def known(knowledge: pl.DataFrame, people: pl.DataFrame, offers: pl.DataFrame) -> pl.DataFrame:
    """What to expect of each offer to each customer, for offers that the knowledge base knows; others have no rows.

    Parameters
    ----------
    knowledge : frame
        retention_knowledge of one month.
    people : frame
        customer_id, segment_name and theme; null where not known.
    offers : frame
        offer_id and the channel that it is made by.

    Returns
    -------
    customer_id, offer_id, then uplift with its 95% interval (-1..1), accept_rate and left_held_out (0..1 or null),
    `level` of the row that told it and `evidence` (trial, imported or both); sorted by customer and offer.

    >>> row = {"segment_name": "any", "theme": "any", "offer_id": "call", "channel": "any", "level": "offer"}
    >>> row |= {"uplift": 0.03, "uplift_low": 0.01, "uplift_high": 0.05, "accept_rate": 0.4, "left_held_out": 0.2}
    >>> people = pl.DataFrame({"customer_id": ["a"], "segment_name": ["light"], "theme": ["price"]})
    >>> offers = pl.DataFrame({"offer_id": ["call"], "channel": ["sms"]})
    >>> known(pl.DataFrame([row | {"source": "trial"}]), people, offers)["uplift"].to_list()
    [0.03]
    """
    kinds = people.select("segment_name", "theme").unique()
    asked = kinds.join(offers.select("offer_id", "channel").unique("offer_id"), how="cross")
    rows = knowledge.rename({"source": "evidence"})
    found: list[pl.DataFrame] = []
    for particular in PRECEDENCE:
        rest = [name for name in _DIMENSIONS if name not in particular]
        fitting = rows.filter(pl.all_horizontal([pl.lit(True), *(pl.col(name) == ANY for name in rest)]))
        on = ["offer_id", *particular]
        here = asked.join(fitting.select(*on, *_TOLD), on=on, how="inner")
        found.append(here.select("segment_name", "theme", "offer_id", *_TOLD))
        asked = asked.join(here.select("segment_name", "theme", "offer_id"), on=["segment_name", "theme", "offer_id"],
                           how="anti", nulls_equal=True)  # fmt: skip
    told = pl.concat(found)
    whole = people.select("customer_id", "segment_name", "theme").join(
        told, on=["segment_name", "theme"], how="inner", nulls_equal=True
    )
    return whole.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items()).sort("customer_id", "offer_id")
