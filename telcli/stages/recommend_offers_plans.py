"""Offers by what customers use: the plan that would have cost them least, and whether moving them pays.

At the same use a customer saves what the operator loses. Moving her therefore pays only as retention: of customers who
would leave with chance p, so many (`keeps_share`, g) stay for it, each worth V, while everybody who stays pays d less
over the horizon: p g (V - d) - (1 - p) d.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.errors import Notice
from telcli.features.month_index import add_months
from telcli.features.plan_fit import PlanFit, plan_fit
from telcli.features.plan_use import plan_use, units_of
from telcli.intake.tariffs import tariffs
from telcli.stages.recommend_offers_ground import Ground, Part, no_offers, offered
from telcli.stages.recommend_offers_unmoved import unmoved, unmoved_said
from telcli.tables import contract
from telcli.tables.tariffs import Tariff

__all__ = ["by_plans"]

_SHOWN = 6
_WHY = "{use} On {best} the last {months} months would have cost {cheaper:,.2f} a month instead of {cost:,.2f}."
_WHY_ZH = "{use}按最近 {months} 个月的用量，换为{best}月均费用 {cheaper:,.2f}，现为 {cost:,.2f}。"
_USE = {
    "over-bundle": ("Charged {over:,.2f} a month beyond the bundle.", "每月套外费用 {over:,.2f}；"),
    "tight": ("The bundle is nearly used up.", "套餐用量接近用满；"),
    "fits": ("Another plan fits the use better.", "另有更合适的套餐；"),
    "unused": ("Little of the bundle is used.", "套餐用量很低；"),
}
_ADDED = {
    "revenue_change": pl.Float64,
    "churn_probability": pl.Float64,
    "worth": pl.Float64,
    "break_even": pl.Float64,
    "expected_margin": pl.Float64,
    "measure": pl.String,
}


def by_plans(ground: Ground, told: Mapping[str, Any] | None) -> Part:
    """Compare plans by tariffs: `told` is the table of a file, ``file``, ``columns`` and ``cells``; None where none is.

    Raises
    ------
    DataError
        The table of tariffs is not as it should be.
    """
    if told is None:
        return _nothing(
            Notice(
                "offers-no-tariffs",
                "No table of tariffs is named, so plans are not compared (--tariffs FILE, or tariffs in "
                "[recommend-offers]; docs/offers.md).",
                {},
            )
        )
    cells = pl.DataFrame(told["cells"], schema=dict.fromkeys(told["columns"], pl.String), orient="row")
    plans, said = tariffs(str(told["file"]), cells, told.get("lines"))
    lines, more = _lines(ground, plans)
    said += more
    months = _months(ground)
    units = units_of(plans)
    use = plan_use(ground.tables, lines.select("customer_id", "since"), months, units)
    if not use.height:
        return _nothing(*said, Notice("offers-no-use", "Nobody's use of plans in the tariffs is known.", {}))
    place = use.select(pl.col("customer_id").unique(maintain_order=True)).join(
        lines, on="customer_id", how="left", maintain_order="left"
    )
    found = plan_fit(use, place["place"].to_numpy().astype(np.int64), plans, units)
    rows = _judged(ground, found.rows)
    said += _notices(ground, rows, use, lines.height)
    offers, left = _offers(ground, rows), unmoved(ground, rows)
    said += () if offers.height else unmoved_said(ground, left)
    metrics = {**_metrics(rows, found), "unmoved": left}
    return Part(offers, {"plan_fit": rows, "plan_months": found.months}, metrics, tuple(said))


def _nothing(*said: Notice) -> Part:
    empty = {name: contract(name).schema.create_empty().drop("as_of") for name in ("plan_fit", "plan_months")}
    return Part(no_offers(), empty, {}, said)


def _months(ground: Ground) -> list[date]:
    back = range(ground.settings.plan_months - 1, -1, -1)
    return [add_months(ground.as_of, -each) for each in back]


def _lines(ground: Ground, plans: Sequence[Tariff]) -> tuple[pl.DataFrame, list[Notice]]:
    """Customers with one line, on a plan that the tariffs name: its place, and the first month that counts.

    That is the first whole month on the line, or the month it began in where there is no later one.
    """
    if "subscriptions" not in ground.tables:
        return pl.DataFrame(schema={"customer_id": pl.String, "place": pl.Int64, "since": pl.Date}), []
    after = add_months(ground.as_of, 1)
    rows = contract("subscriptions").conform(ground.tables["subscriptions"])
    begun, ended = pl.col("activated_on") < after, pl.col("ended_on") < after
    here = rows.filter(begun.fill_null(value=True) & ~ended.fill_null(value=False))
    own = here.join(ground.people.lazy().select("customer_id"), on="customer_id", how="semi")
    live = own.select("customer_id", "plan_id", "activated_on").collect(engine="streaming")
    named = {name: at for at, each in reversed(list(enumerate(plans))) for name in (each.name, each.plan) if name}
    single = live.with_columns(lines=pl.len().over("customer_id"))
    known = pl.col("plan_id").replace_strict(named, default=None, return_dtype=pl.Int64)
    told = single.filter(pl.col("lines") == 1, pl.col("plan_id").is_not_null()).with_columns(place=known)
    first = pl.col("activated_on").dt.month_start()
    whole = pl.when(pl.col("activated_on") == first).then(first).otherwise(first.dt.offset_by("1mo"))
    since = pl.when(whole > ground.as_of).then(first).otherwise(whole)
    found = told.drop_nulls("place").select("customer_id", "place", since=since).sort("customer_id")
    return found, list(_left_out(single, told))


def _left_out(single: pl.DataFrame, told: pl.DataFrame) -> Iterator[Notice]:
    several = single.filter(pl.col("lines") > 1)["customer_id"].n_unique()
    if several:
        yield Notice(
            "offers-several-lines",
            "{count} customers have several lines: what each line used is not known, so their plans are not compared.",
            {"count": several},
        )
    missing = told.filter(pl.col("place").is_null())
    if missing.height:
        yield Notice(
            "offers-plans-missing",
            "{count} customers have plans that the tariffs do not name, and are left out: {names}.",
            {"count": missing.height, "names": ", ".join(sorted(set(missing["plan_id"]))[:_SHOWN])},
        )


def _judged(ground: Ground, rows: pl.DataFrame) -> pl.DataFrame:
    """Add what moving would change, and whether it pays."""
    known = ground.people.select("customer_id", "churn_probability", "worth")
    joined = rows.join(known, on="customer_id", how="left", maintain_order="left")
    p, keeps = pl.col("churn_probability"), ground.settings.keeps_share
    worth = pl.col("worth").fill_null(pl.col("cost") * ground.months_margin)
    less = pl.col("saving") * ground.months_margin
    moved = pl.col("best_plan") != pl.col("plan_id")
    pays = p * keeps * (worth - less) - (1 - p) * less
    # of those who would leave: what is kept of them must outweigh what the others pay less
    share = (1 - p) * less / (p * (worth - less))
    possible = moved & (worth > less) & (p > 0) & (share <= 1)
    enough = moved & (pl.col("saving") >= ground.settings.least_saving * pl.col("cost"))
    measure = (
        pl.when(~enough)
        .then(pl.lit("stay"))
        .when(pays.is_null())
        .then(pl.lit("unknown"))
        .when(pays > 0)
        .then(pl.lit("retain"))
        .otherwise(pl.lit("wait"))
    )
    return joined.with_columns(
        worth=worth.round(4),
        revenue_change=(pl.col("best_cost") - pl.col("cost")).round(4),
        break_even=pl.when(possible).then(share).round(6),
        expected_margin=pl.when(moved).then(pays).round(4),
        measure=measure,
    )


def _offers(ground: Ground, rows: pl.DataFrame) -> pl.DataFrame:
    """Plans to move customers to, where that pays as retention."""
    here = ground.people.filter(~pl.col("left_alone")).select("customer_id")
    chosen = rows.filter(pl.col("measure") == "retain").join(here, on="customer_id", how="semi", maintain_order="left")
    words = [_words(row) for row in chosen.rows(named=True)]
    told = chosen.with_columns(
        pl.Series("why", [one for one, _ in words], dtype=pl.String),
        pl.Series("why_zh", [other for _, other in words], dtype=pl.String),
        product_id=pl.col("best_plan"),
        kind=pl.lit("plan-fit"),
        purpose=pl.lit("retention"),
        chance=(pl.col("churn_probability") * ground.settings.keeps_share).round(6),
        score=pl.col("expected_margin"),
        monthly_fee=pl.col("best_fee"),
        rule=pl.lit(None, pl.Int64),
    )
    return offered(told)


def _words(row: Mapping[str, Any]) -> tuple[str, str]:
    values = {"best": row["best_plan"], "months": row["months"], "cheaper": row["best_cost"], "cost": row["cost"]}
    use, use_zh = (text.format(over=row["over_bundle"]) for text in _USE[row["fit"]])
    return _WHY.format(use=use, **values), _WHY_ZH.format(use=use_zh, **values)


def _notices(ground: Ground, rows: pl.DataFrame, use: pl.DataFrame, lines: int) -> Iterator[Notice]:
    rough = use.filter(~pl.col("exact")).height
    if rough:
        yield Notice(
            "offers-by-total",
            "{rough} of {months} months of use are told by their totals alone: how each call was rounded up is not "
            "known there, and costs have bounds (cost_low, cost_high).",
            {"rough": rough, "months": use.height},
        )
    if lines > rows.height:
        yield Notice(
            "offers-use-unknown", "{count} customers on these plans have no known use.", {"count": lines - rows.height}
        )
    if ground.risks_known and not ground.people["worth"].is_not_null().any():
        yield Notice(
            "offers-worth-assumed",
            "There are no value scores: a customer is taken to be worth {months} months of what her plan costs.",
            {"months": ground.settings.horizon_months},
        )
    if not ground.risks_known:
        yield Notice(
            "offers-no-risks",
            "No chance of leaving is known, so whether moving a customer to a cheaper plan pays is not told and no "
            "plan is offered (telcli predict-churn, telcli score-value).",
            {},
        )


def _metrics(rows: pl.DataFrame, found: PlanFit) -> dict[str, Any]:
    """Sums of a month over customers, and how a choice did in a month that it had not seen."""
    movers = rows.filter(pl.col("measure") != "stay")
    return {
        "customers": rows.height,
        "months": found.months.height,
        "exact_months": int(found.months["exact"].sum()),
        "cost_a_month": round(float(rows["cost"].sum()), 2),
        "over_bundle_a_month": round(float(rows["over_bundle"].sum()), 2),
        "fit": {kind: rows.filter(pl.col("fit") == kind).height for kind in _USE},
        "measure": {
            kind: rows.filter(pl.col("measure") == kind).height for kind in ("stay", "retain", "wait", "unknown")
        },
        "movers": movers.height,
        "larger_plan": movers.filter(pl.col("best_fee") > pl.col("fee")).height,
        "saving_a_month": round(float(movers["saving"].sum()), 2),
        "checked": found.checked,
    }
