"""Part of ``knowledge``: effects of all cells pooled, and what is told of each beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from telcli.methods.cell_pooling import NO_PART, NOT_SEEN, CellPool, Expected, pool_cells
from telcli.methods.intervals import Z95
from telcli.methods.trial_design import sample_size
from telcli.settings import KnowledgeSettings
from telcli.stages.knowledge_evidence import KEYS, WEIGHTS, compared, estimates
from telcli.tables.knowledge_results import ANY

__all__ = ["Pooled", "cells", "pooled"]

_FACTORS = (
    ("offer_id",),
    ("offer_id", "segment_name"),
    ("offer_id", "theme"),
    ("offer_id", "channel"),
    ("offer_id", "segment_name", "theme"),
    ("offer_id", "campaign_id"),
)
"""What effects may differ by; the last is the period."""
_LEVELS = {
    "offer": (),
    "offer-channel": ("channel",),
    "offer-segment": ("segment_name",),
    "offer-theme": ("theme",),
    "offer-segment-theme": ("segment_name", "theme"),
    "cell": ("segment_name", "theme", "channel"),
}
_PARTS = ("segment_name", "theme", "channel")
_LIKE = 20.0
"""Customers for which the share of the broader group stands in that of a smaller one."""
_MOST_NEEDED, _NAMED = 10_000_000, 6


@dataclass(frozen=True)
class Pooled:
    """The pooled effects, and the levels of each factor by the row that has it."""

    pool: CellPool
    levels: tuple[dict[tuple[str, ...], int], ...]

    def expected(self, asked: pl.DataFrame, rows: pl.DataFrame, *, ahead: bool = False) -> Expected:
        """The effect of each row asked for, of such customers as there were; `ahead` of a period that was not yet.

        What a row is not particular about is the mean over its customers, or of an offer's where it had none.
        """
        pairs = _members(asked, rows)
        at, share = pairs["at"].to_numpy(), pairs["share"].to_numpy()
        mixes, unseen = [], np.zeros((asked.height, len(_FACTORS)))
        for number, factor in enumerate(_FACTORS[:-1]):
            names, keys = self.levels[number], pairs.select(factor).rows()
            codes = np.array([NO_PART if ANY in key else names.get(key, NOT_SEEN) for key in keys], dtype=np.int64)
            mix = np.zeros((asked.height, max(len(names), 1)))
            np.add.at(mix, (at[codes >= 0], codes[codes >= 0]), share[codes >= 0])
            np.add.at(unseen[:, number], at[codes == NOT_SEEN], share[codes == NOT_SEEN])
            mixes.append(mix)
        mixes.append(np.zeros((asked.height, max(len(self.levels[-1]), 1))))
        unseen[:, -1] = float(ahead)
        return self.pool.averaged(mixes, unseen)


def _members(asked: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The cells that each row asked for is a mean of, by position, with their shares of its treated customers."""
    asked = asked.select(*KEYS).with_row_index("at")
    cell = rows.group_by(KEYS).agg(weight=pl.col("treated").sum() + 1).sort(KEYS)
    cell = cell.rename({name: f"its_{name}" for name in _PARTS})
    pairs = asked.join(cell, on="offer_id", how="inner")
    fits = pl.all_horizontal((pl.col(name) == ANY) | (pl.col(name) == pl.col(f"its_{name}")) for name in _PARTS)
    pairs = pairs.with_columns(fits=fits).filter(pl.col("fits") | ~pl.col("fits").any().over("at"))
    named = [
        pl.when(pl.col(name) == ANY).then(pl.col(f"its_{name}")).otherwise(pl.col(name)).alias(name) for name in _PARTS
    ]
    share = pl.col("weight") / pl.col("weight").sum().over("at")
    return pairs.select("at", "offer_id", *named, share=share).sort("at", "offer_id", *_PARTS, "share")


def pooled(rows: pl.DataFrame, settings: KnowledgeSettings) -> Pooled | None:
    """The effects of all trials and experience together; None where nothing can be compared."""
    told = estimates(rows, settings)
    if told.is_empty():
        return None
    levels: list[dict[tuple[str, ...], int]] = []
    codes = np.empty((told.height, len(_FACTORS)), dtype=np.int64)
    for at, factor in enumerate(_FACTORS):
        keys = told.select(factor).rows()
        names = {key: code for code, key in enumerate(sorted({key for key in keys if ANY not in key}))}
        codes[:, at] = [names.get(key, NO_PART) for key in keys]
        levels.append(names)
    scales = [settings.offer_spread, *[settings.group_spread] * 4, settings.period_spread]
    pool = pool_cells(told["effect"].to_numpy(), told["variance"].to_numpy(), codes, scales)
    return Pooled(pool, tuple(levels))


def cells(rows: pl.DataFrame, found: Pooled, worth: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """retention_knowledge: every offer by itself, with each segment, reason and channel, and what was tried together.

    `worth` has the mean loss by segment_name and theme, either of them any.
    """
    asked = pl.concat([_asked(rows, level, parts) for level, parts in _LEVELS.items()])
    told = [_counts(rows, level, parts) for level, parts in _LEVELS.items()]
    whole = asked.join(pl.concat(told), on=list(KEYS), how="left").sort(KEYS)
    sources = rows.group_by("offer_id").agg(pl.col("source").unique().sort())
    both = pl.when(pl.col("source").list.len() > 1).then(pl.lit("both")).otherwise(pl.col("source").list.first())
    whole = whole.join(sources.select("offer_id", source=both), on="offer_id", how="left")
    whole = _with_effects(whole, rows, found)
    whole = _with_rates(whole)
    mean = worth.filter(segment_name=ANY, theme=ANY)["worth"].first()
    whole = whole.join(worth, on=["segment_name", "theme"], how="left")
    whole = whole.with_columns(pl.col("worth").fill_null(pl.lit(mean, pl.Float64)))
    value = pl.col("uplift") * pl.col("worth") - pl.col("cost_per_contact")
    return whole.with_columns(as_of=pl.lit(as_of), expected_value=value)


def _asked(rows: pl.DataFrame, level: str, parts: Sequence[str]) -> pl.DataFrame:
    """Cells of a level that rows have; of segments with reasons all there can be, of all three those tried."""
    if level == "offer-segment-theme":
        sets = [rows.select(part).unique().filter(pl.col(part) != ANY) for part in ("offer_id", *parts)]
        found = sets[0].join(sets[1], how="cross").join(sets[2], how="cross")
    else:
        found = rows.select("offer_id", *parts).unique()
        found = found.filter(pl.all_horizontal([pl.lit(True), *(pl.col(part) != ANY for part in parts)]))
    rest = [pl.lit(ANY).alias(name) for name in KEYS if name != "offer_id" and name not in parts]
    return found.with_columns(*rest, level=pl.lit(level)).select(*KEYS, "level")


def _counts(rows: pl.DataFrame, level: str, parts: Sequence[str]) -> pl.DataFrame:
    counts = ("treated", "held_out", "stayed_treated", "stayed_held_out")
    sums = (*counts, *WEIGHTS, "accepted", "accept_of", "cost", "cost_of")
    named = pl.col("campaign_id").unique().sort(descending=True)
    rest = [pl.lit(ANY).alias(name) for name in KEYS if name != "offer_id" and name not in parts]
    kept = rows.filter(pl.all_horizontal([pl.lit(True), *(pl.col(part) != ANY for part in parts)]))
    found = kept.sort("campaign_id", *KEYS).group_by("offer_id", *parts, maintain_order=True)
    return (
        found.agg(pl.col(sums).sum(), periods=named.len(), campaigns=named.head(_NAMED).str.join(", "))
        .with_columns(rest)
        .select(*KEYS, *sums, "periods", "campaigns")
    )


def _with_effects(whole: pl.DataFrame, rows: pl.DataFrame, found: Pooled) -> pl.DataFrame:
    now, ahead = found.expected(whole, rows), found.expected(whole, rows, ahead=True)
    ends = {
        "uplift": now.effect,
        "uplift_low": now.effect - Z95 * now.error,
        "uplift_high": now.effect + Z95 * now.error,
        "uplift_next_low": ahead.effect - Z95 * ahead.error,
        "uplift_next_high": ahead.effect + Z95 * ahead.error,
    }
    whole = whole.with_columns(pl.Series(name, np.clip(values, -1.0, 1.0)) for name, values in ends.items())
    sums = [name for name in whole.columns if whole.schema[name].is_numeric() and name not in ends]
    low, high = pl.col("uplift_low"), pl.col("uplift_high")
    verdict = pl.when(low > 0).then(pl.lit("works")).when(high < 0).then(pl.lit("harms"))
    return whole.with_columns(pl.col(sums).fill_null(0)).with_columns(verdict=verdict.otherwise(pl.lit("cannot-tell")))


def _with_rates(whole: pl.DataFrame) -> pl.DataFrame:
    """Shares and costs of each row, leaning on those of the offer, which lean on those of all offers."""
    whole = compared(whole).with_columns(pl.col("rests").fill_null(0.0))
    whole = whole.with_columns(left=((1.0 - pl.col("other")) * pl.col("rests")).fill_null(0.0))
    offers = whole.filter(level="offer")
    for name, part, of in (
        ("left_held_out", pl.col("left"), "rests"),
        ("accept_rate", pl.col("accepted"), "accept_of"),
        ("cost_per_contact", pl.col("cost"), "cost_of"),
    ):
        total = float(offers[of].sum())
        mean = float(offers.select(part.sum()).item()) / total if total else None
        lean = _LIKE if name == "left_held_out" else 1e-9
        base = offers.select("offer_id", like=_leaning(part, of, pl.lit(mean, pl.Float64), lean))
        if name != "left_held_out":
            base = base.join(offers.filter(pl.col(of) > 0).select("offer_id"), on="offer_id", how="semi")
        whole = whole.join(base, on="offer_id", how="left")
        whole = whole.with_columns(_leaning(part, of, pl.col("like"), _LIKE).alias(name)).drop("like")
    needed = pl.Series("needed", [_needed(row) for row in whole.iter_rows(named=True)], dtype=pl.Int64)
    return whole.with_columns(needed)


def _leaning(part: pl.Expr, of: str, like: pl.Expr, customers: float) -> pl.Expr:
    return (part + customers * like) / (pl.col(of) + customers)


def _needed(row: dict[str, float | int | str | None]) -> int | None:
    """Customers more, of both arms as they stand, that show the gain if it is what it seems; 0 where it is told."""
    if row["verdict"] != "cannot-tell":
        return 0
    left, gain = row["left_held_out"], float(row["uplift"] or 0.0)
    treated, held = int(row["treated"] or 0), int(row["held_out"] or 0)
    if left is None or not gain:
        return None
    stay = min(max(1.0 - float(left), 0.001), 0.999)
    with_offer = min(max(stay + gain, 0.0), 1.0)
    if with_offer == stay:
        return None
    wanted = sum(sample_size(stay, with_offer, ratio=treated / held if treated and held else 1.0))
    return max(wanted - treated - held, 1) if wanted < _MOST_NEEDED else None
