"""Which channels, products and campaigns suit a segment: its customers crossed with what they use and take up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.features.campaigns import answered, reached, taken_up
from telcli.features.exact import amount, units
from telcli.features.month_index import add_months
from telcli.features.touches import held_at_end, live_lines, money_came, payment_channel
from telcli.tables import contract
from telcli.tables.by_size import by_size

__all__ = ["reach_rows"]

_MONTHS = 6
_MOST = 50
"""The items of a kind that most customers have are told."""
_NAMES = ("segment", "segment_name", "segment_name_zh")
_SCHEMA = {
    **dict.fromkeys(("kind", "item"), pl.String()),
    "segment": pl.Int64(),
    **dict.fromkeys(("segment_name", "segment_name_zh"), pl.String()),
    "customers": pl.Int64(),
    **dict.fromkeys(("share_of_segment", "share_of_all", "share_index", "share_of_item"), pl.Float64()),
    **dict.fromkeys(("touches", "accepted"), pl.Int64()),
    **dict.fromkeys(("response_rate", "response_index", "cost", "margin", "margin_index"), pl.Float64()),
    "share_z": pl.Float64(),
}
_UNTOLD = {"n": pl.Int64(), "took": pl.Boolean(), "told": pl.Boolean(), "spent": pl.Int64()}


def reach_rows(
    segments: pl.DataFrame,
    tables: Mapping[str, pl.LazyFrame],
    as_of: date,
    margins: pl.DataFrame,
    cost_per_contact: float = 0.0,
) -> pl.DataFrame:
    """Table segment_reach: a row for each channel, plan, product or campaign and segment that has customers with it.

    A customer counts once for each item: the channels of contacts and of payments in the last 6 months (else the method
    of payment; what was taken back or is not above 0 left out), and the channel that sold, the plan and the products of
    lines that live at the month's end; of campaigns that contacted the customer in the last 6 months, the channel, the
    offer and the campaign. Shares are of
    all customers of the segment; `share_index` is that over the share of all customers. A customer took up an item
    where any contact with it says so; who did not answer did not, if anybody contacted with the item did. `cost` is
    what campaigns cost, or contacts times `cost_per_contact`. `margins` has the mean margin a month of customers.
    """
    people = segments.select("customer_id", *_NAMES).join(margins, on="customer_id", how="left", maintain_order="left")
    sizes = people.group_by("segment").agg(size=pl.len(), usual=pl.col("margin").pipe(by_size).mean())
    frames = [pl.DataFrame(schema=_SCHEMA)]
    for kind, pairs in _pairs(tables, as_of, cost_per_contact).items():
        held = pairs.collect(engine="streaming").join(people, on="customer_id")
        common = _all_of(held).sort(["having", "item"], descending=[True, False]).head(_MOST)
        if common.height:
            found = _counted(held, common, people.height).join(sizes, on="segment")
            frames.append(_related(found, kind, people.height))
    found = pl.concat(frames).sort("kind", "item", "segment")
    return found.with_columns(as_of=pl.lit(as_of))


def _all_of(held: pl.DataFrame) -> pl.DataFrame:
    """Each item's customers, and who took it up; null where no answer is known."""
    return held.group_by("item").agg(having=pl.len(), all_took=pl.when(pl.col("told").any()).then(pl.col("took").sum()))


def _counted(held: pl.DataFrame, common: pl.DataFrame, everybody: int) -> pl.DataFrame:
    spent = pl.when(pl.col("spent").count() > 0).then(amount(pl.col("spent").sum()))
    found = held.join(common, on="item").group_by("item", *_NAMES, "having", "all_took").agg(
        customers=pl.len(),
        touches=pl.when(pl.col("n").count() > 0).then(pl.col("n").sum()),
        accepted=pl.col("took").sum(),
        cost=spent,
        margin=pl.col("margin").pipe(by_size).mean(),
    )  # fmt: skip
    known = pl.col("all_took").is_not_null()
    return found.with_columns(
        accepted=pl.when(known).then("accepted"),
        response_rate=pl.when(known).then(pl.col("accepted") / pl.col("customers")),
        share_of_all=pl.col("having") / everybody,
        share_of_item=pl.col("customers") / pl.col("having"),
    )


def _related(found: pl.DataFrame, kind: str, everybody: int) -> pl.DataFrame:
    """With what each figure is beside that of all customers, or of the segment.

    `share_z` is how far the customers with an item are from those to be expected were it dealt out to all by chance, in
    standard deviations of the hypergeometric distribution.
    """
    inside, outside = pl.col("size") / everybody, 1 - pl.col("size") / everybody
    spread = (pl.col("having") * inside * outside * (everybody - pl.col("having")) / max(everybody - 1, 1)).sqrt()
    overall, usual = pl.col("all_took") / pl.col("having"), pl.col("usual")
    share = pl.col("customers") / pl.col("size")
    related = found.with_columns(
        kind=pl.lit(kind),
        share_of_segment=share,
        share_index=share / pl.col("share_of_all"),
        share_z=pl.when(spread > 0).then((pl.col("customers") - pl.col("having") * inside) / spread),
        response_index=pl.when(overall > 0).then(pl.col("response_rate") / overall),
        margin_index=pl.when(usual > 0).then(pl.col("margin") / usual),
    )
    return related.select(pl.col(name).cast(to) for name, to in _SCHEMA.items())


def _pairs(tables: Mapping[str, pl.LazyFrame], as_of: date, cost_per_contact: float) -> dict[str, pl.LazyFrame]:
    """By kind, a row per customer and item: `n` contacts, whether it `took` it up or `told`, what was `spent` on it."""
    whole = {name: contract(name).conform(frame) for name, frame in tables.items() if name in _READ}
    found = {}
    if "contacts" in whole:
        rows = _lately(whole["contacts"], "opened_at", as_of)
        price = pl.lit(cost_per_contact or None, dtype=pl.Float64)
        found["contact-channel"] = _each(rows, "channel", spent=units(price * pl.len()))
    if "payments" in whole:
        rows = _lately(whole["payments"], "paid_at", as_of).filter(money_came())
        found["payment-channel"] = _each(rows.with_columns(payment_channel()), "channel")
    if "campaigns" in whole:
        found |= _of_campaigns(_lately(reached(whole["campaigns"]), "contacted_on", as_of))
    if "subscriptions" in whole:
        lines = live_lines(whole["subscriptions"], as_of)
        found["sales-channel"] = _each(lines, "channel_id", n=_NOTHING)
        found["plan"] = _each(lines, "plan_id", n=_NOTHING)
        if "products" in whole:
            taken = whole["products"].filter(held_at_end("started_on", "ended_on", as_of))
            both = taken.join(lines.select("subscription_id", "customer_id"), on="subscription_id")
            found["product"] = _each(both, "product_id", n=_NOTHING)
    return found


_READ = ("contacts", "payments", "campaigns", "subscriptions", "products")
_NOTHING = pl.lit(None, dtype=pl.Int64)


def _of_campaigns(rows: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    kinds = {"campaign-channel": "channel", "offer": "offer_id", "campaign": "campaign_id"}
    cost = units(pl.col("cost"))
    known = {
        "took": taken_up().any(),
        "told": answered().any(),
        "spent": pl.when(cost.count() > 0).then(cost.sum()),
    }
    return {kind: _each(rows, column, **known) for kind, column in kinds.items()}


def _each(rows: pl.LazyFrame, item: str, **known: pl.Expr) -> pl.LazyFrame:
    """A row per customer and item, with what is known of it."""
    figures = {"n": pl.len(), **known}
    folded = rows.filter(pl.col("customer_id").is_not_null(), pl.col(item).is_not_null())
    folded = folded.group_by("customer_id", item=pl.col(item)).agg(**figures)
    return folded.select(
        "customer_id",
        "item",
        *((pl.col(name) if name in figures else pl.lit(None)).cast(to).alias(name) for name, to in _UNTOLD.items()),
    )


def _lately(frame: pl.LazyFrame, when: str, as_of: date) -> pl.LazyFrame:
    day = pl.col(when).cast(pl.Date)
    return frame.filter(day >= add_months(as_of, 1 - _MONTHS), day < add_months(as_of, 1))
