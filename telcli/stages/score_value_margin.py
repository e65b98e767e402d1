"""What score-value takes for margin: which costs the data tell of, which are set, and what each of them came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

import polars as pl

from telcli.errors import MissingInputError, Notice
from telcli.features.exact import amount, units
from telcli.features.margin import money_known
from telcli.features.margin_parts import PARTS, Rates
from telcli.features.month_index import YEAR
from telcli.features.sales_costs import sales_costs
from telcli.settings import ScoreValueSettings
from telcli.tables import contract
from telcli.tables.value_results import MARGIN_PARTS

__all__ = ["Earned", "Sold", "earned", "margin_table", "parts_table", "spent_on_sales", "with_sales"]

_SOLD = ("commission", "subsidy")
_SET, _DATA, _NOT_SET, _NO_DATA = "set", "data", "not-set", "no-data"
BASES = ("revenue", "known-costs", "margin")
"""What values are made of: plain revenue; revenue less what the data tell alone; margin, some rate being set."""


@dataclass(frozen=True)
class Earned:
    """How a month's margin is told.

    Parameters
    ----------
    source : column of revenue: ``revenue``, or ``paid`` where there are no bills.
    rates : what is taken off it; nothing for what the data do not tell of.
    basis : one of BASES.
    known : for each part, whether it is counted and why: set, data, not-set or no-data.
    """

    source: str
    rates: Rates
    basis: str
    known: Mapping[str, str]


@dataclass(frozen=True)
class Sold:
    """Money of the last 12 months by customer, columns MARGIN_PARTS, and what is known of commissions and subsidies."""

    year: pl.DataFrame
    known: Mapping[str, str]


def earned(
    frame: pl.LazyFrame, year: Sequence[date], settings: ScoreValueSettings, tables: Mapping[str, pl.LazyFrame]
) -> tuple[Earned, list[Notice]]:
    """What margin is made of in these months, and what the analyst should know of it; `tables` may have subscriptions.

    Raises
    ------
    MissingInputError
        No revenue is known.
    """
    told = money_known(frame, year)
    source = "revenue" if told["revenue"] else "paid"
    if not told[source]:
        raise MissingInputError(
            "value-no-revenue",
            "No revenue is known from {first} to {last}, so customers cannot be valued.",
            hint="Ingest bills, or name the column of charges: telcli ingest FILE --map amount=COLUMN.",
            first=f"{year[0]:%Y-%m}",
            last=f"{year[-1]:%Y-%m}",
        )
    rates = Rates(**{each.name: getattr(settings, each.name) for each in fields(Rates)})
    if not told["old_debts"]:
        rates = replace(rates, bad_debt_rate=0.0)
    known = {"other": _SET if rates.margin_rate < 1.0 else _NOT_SET}
    for name, (column, rate) in PARTS.items():
        known[name] = _known(told[column], None if rate is None else getattr(rates, rate))
    known["bad_debt"] = _known(told["old_debts"], settings.bad_debt_rate)
    if known["bad_debt"] == _SET and settings.bad_debt_rate == 1.0:
        known["bad_debt"] = _DATA
    known |= _sold_known(tables)
    basis = BASES[2 if _SET in known.values() else 1 if _DATA in known.values() else 0]
    return Earned(source, rates, basis, known), _notices(source, basis, known)


def _known(rows: int, rate: float | None) -> str:
    """Whether a part is counted: `rate` is None where the data tell it in money."""
    if rate == 0.0:
        return _NOT_SET
    return _NO_DATA if not rows else _DATA if rate is None else _SET


def _notices(source: str, basis: str, known: Mapping[str, str]) -> list[Notice]:
    said = []
    if source == "paid":
        said.append(Notice("value-from-payments", "There are no bills: what customers paid is taken as revenue."))
    rates = "no rate of cost is set (margin_rate and others in [score-value])"
    if basis == BASES[0]:
        said.append(Notice("value-is-revenue", f"Values are revenue, not margin: {rates}."))
    if basis == BASES[1]:
        told = f"Values are revenue less the costs that the data tell in money, not margin: {rates}."
        said.append(Notice("value-few-costs", told))
    for name, (column, rate) in PARTS.items():
        if rate and known[name] == _NO_DATA:
            template = "{rate} takes nothing off: {column} is not known in any month."
            said.append(Notice("value-cost-without-data", template, {"rate": rate, "column": column}))
    return said


def with_sales(
    ids: pl.Series,
    year: pl.DataFrame,
    tables: Mapping[str, pl.LazyFrame],
    as_of: date,
    settings: ScoreValueSettings,
) -> Sold:
    """These customers' money of the last 12 months, commissions and subsidies of their lines taken off too.

    They are spent: what comes later is not lowered by them.
    """
    spent, known = spent_on_sales(ids, tables, as_of, settings)
    left = units(pl.col("margin")) - pl.sum_horizontal(_SOLD)
    both = year.hstack(spent).with_columns(amount(left).alias("margin"), *(amount(pl.col(name)) for name in _SOLD))
    return Sold(both.select(MARGIN_PARTS), known)


def spent_on_sales(
    ids: pl.Series, tables: Mapping[str, pl.LazyFrame], as_of: date, settings: ScoreValueSettings
) -> tuple[pl.DataFrame, dict[str, str]]:
    """``commission`` and ``subsidy`` of these customers in 12 months, in ten-thousandths; and why each counts or not.

    Nothing that came after `as_of` enters, so that an earlier month can be asked for.
    """
    if "subscriptions" not in tables:
        nothing = pl.Series([0], dtype=pl.Int64).new_from_index(0, len(ids))
        return pl.DataFrame(dict.fromkeys(_SOLD, nothing)), dict.fromkeys(_SOLD, _NO_DATA)
    lines = contract("subscriptions").conform(tables["subscriptions"])
    costs = sales_costs(
        lines, as_of, YEAR, subsidy_months=settings.subsidy_months, clawback_months=settings.clawback_months
    )
    mine = ids.to_frame("customer_id").join(costs, on="customer_id", how="left", maintain_order="left")
    return mine.select(pl.col(name).fill_null(0) for name in _SOLD), _sold_known(tables)


def _sold_known(tables: Mapping[str, pl.LazyFrame]) -> dict[str, str]:
    """Whether commissions and subsidies are known of any line."""
    if "subscriptions" not in tables:
        return dict.fromkeys(_SOLD, _NO_DATA)
    lines = contract("subscriptions").conform(tables["subscriptions"])
    counts = lines.select(pl.col(name).count() for name in _SOLD).collect(engine="streaming").row(0)
    return {name: _DATA if count else _NO_DATA for name, count in zip(_SOLD, counts, strict=True)}


def parts_table(ids: pl.Series, as_of: date, year: pl.DataFrame) -> pl.LazyFrame:
    """value_parts: of each customer valued, revenue of the last months and what it was eaten by, in money."""
    return pl.LazyFrame({"customer_id": ids}).with_columns(as_of=pl.lit(as_of)).collect().hstack(year).lazy()


def margin_table(as_of: date, year: pl.DataFrame, gone: pl.DataFrame, known: Mapping[str, str]) -> pl.LazyFrame:
    """value_margin: revenue and each part in all, why it is counted or not, and its share of revenue.

    `year` has columns MARGIN_PARTS of customers valued, `gone` of those who left in these months.
    """
    totals = {name: round(float(year[name].sum()), 2) for name in MARGIN_PARTS}
    whole = totals["revenue"]
    return pl.LazyFrame(
        {
            "as_of": [as_of] * len(MARGIN_PARTS),
            "part": MARGIN_PARTS,
            "amount": totals.values(),
            "revenue_share": [round(each / whole, 6) if whole > 0 else None for each in totals.values()],
            "customers": [int((year[name] != 0).sum()) for name in MARGIN_PARTS],
            "amount_left": [round(float(gone[name].sum()), 2) for name in MARGIN_PARTS],
            "customers_left": [int((gone[name] != 0).sum()) for name in MARGIN_PARTS],
            "counted": [known.get(name, _DATA) for name in MARGIN_PARTS],
        },
        schema_overrides={"as_of": pl.Date, "revenue_share": pl.Float64},
    )
