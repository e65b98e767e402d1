"""What is to come: leavers of the next months, what contacting saves, what moves risk, how far it was foretold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import polars as pl

from telcli.figures.base import Figures

__all__ = ["drift_rows", "driver_rows", "foretold_rows", "leaver_rows", "profit_rows", "put_ahead"]

_STEP = 5
_DRIVERS = 8
_SHIFTED = 3
Rows = list[dict[str, Any]]
Named = Callable[[str], tuple[str, str]]


def put_ahead(figures: Figures, tables: Mapping[str, pl.LazyFrame], least: int, named: Named, *, priced: bool) -> None:
    """Put down what predict-churn says of the time to come; money only where something is known of it (`priced`).

    `named` says what a column is called, in English and Chinese.
    """
    made: tuple[tuple[str, str, Callable[[pl.DataFrame], Rows], tuple[str, ...]], ...] = (
        ("leavers_ahead", "churn_hazard", partial(leaver_rows, least=least), ("month",)),
        ("contact_profit", "churn_profit", partial(profit_rows, least=least), ()),
        ("drivers", "churn_drivers", driver_rows, ("driver", "driver_theme")),
        ("drift", "churn_drift", partial(drift_rows, named=named), ("band", "advice", "columns")),
        ("foretold", "churn_by_month", partial(foretold_rows, least=least), ("month",)),
    )
    for name, table, rows, texts in made:
        if table in tables and (priced or name != "contact_profit"):
            figures.block(name, rows(tables[table].collect(engine="streaming")), texts)


def leaver_rows(table: pl.DataFrame, least: int) -> Rows:
    """Customers expected to leave in each of the coming months; none where there are few customers at all.

    >>> from datetime import date
    >>> ahead = {"month_ahead": [1, 2], "month": [date(2024, 7, 1), date(2024, 8, 1)], "hazard": [0.02, 0.01],
    ...     "expected_leavers": [20.0, 9.8], "staying": [0.98, 0.9702]}
    >>> leaver_rows(pl.DataFrame(ahead), 10)[1]
    {'month': '2024-08', 'expected': 29.8, 'leavers': 9.8, 'hazard': 0.01, 'staying': 0.9702, 'customers': 1000.0}
    """
    rows = table.sort("month_ahead").to_dicts()
    first = rows[0] if rows else {"hazard": 0.0}
    people = round(first["expected_leavers"] / first["hazard"]) if first["hazard"] else 0
    if people < least:
        return []
    found, so_far = [], 0.0
    for row in rows:
        so_far += row["expected_leavers"]
        told = {"month": f"{row['month']:%Y-%m}", "expected": round(so_far, 4), "leavers": row["expected_leavers"]}
        found.append({**told, "hazard": row["hazard"], "staying": row["staying"], "customers": float(people)})
    return found


def profit_rows(table: pl.DataFrame, least: int) -> Rows:
    """What contacting the best so many customers saved in the test, by twentieths and where it saved most (`best`).

    `even` marks the largest share that still saves. None where a twentieth of the tested are few.
    """
    rows = table.sort("percent").to_dicts()
    if not rows or rows[-1]["contacted"] * _STEP < 100 * least:
        return []
    best = max(rows, key=lambda row: row["profit"])["percent"]
    even = max((row["percent"] for row in rows if row["profit"] > 0), default=0)
    return [
        {
            "share": row["percent"] / 100,
            **{name: row[name] for name in ("contacted", "profit", "profit_low", "profit_high", "random_profit")},
            "best": float(row["percent"] == best),
            "even": float(row["percent"] == even),
        }
        for row in rows
        if row["percent"] % _STEP == 0 or row["percent"] in (best, even)
    ]


def driver_rows(table: pl.DataFrame) -> Rows:
    """The columns, and pairs of them, that move risk most, each with its share of all effects."""
    whole = float(table["effect"].sort().sum())
    names = {"driver": "name", "driver_zh": "name_zh", "driver_theme": "theme"}
    return [
        {**{told: row[name] for told, name in names.items()}, "effect_share": row["effect"] / whole}
        for row in table.sort("rank").head(_DRIVERS).to_dicts()
        if whole > 0 and row["effect"] > 0
    ]


def drift_rows(table: pl.DataFrame, named: Named) -> Rows:
    """One row: how far scores have moved since training, and which columns have shifted, the furthest first."""
    score = table.filter(pl.col("kind") == "score").to_dicts()
    if not score or score[0]["psi"] is None:
        return []
    features = table.filter(pl.col("kind") == "feature").sort("psi", "name", descending=[True, False], nulls_last=True)
    shifted = features.filter(pl.col("band") == "shifted")["name"].to_list()
    english, chinese = zip(*map(named, shifted[:_SHIFTED]), strict=True) if shifted else ((), ())
    told = {name: score[0][name] for name in ("psi", "band", "advice")}
    columns = {"columns": ", ".join(english), "columns_zh": "、".join(chinese)}
    return [{**told, **columns, "shifted": len(shifted), "features": features.height}]


def foretold_rows(table: pl.DataFrame, least: int) -> Rows:
    """Months tested: how many left and were expected to, and how well they were ranked; few leavers are hidden."""
    names = ("customers", "expected", "expected_low", "expected_high", "auc")
    rows = []
    for row in table.sort("month").to_dicts():
        few = 0 < row["churners"] < least
        told = {"small": 1.0} if few else {"churners": row["churners"], **{name: row[name] for name in names}}
        rows.append({"month": f"{row['month']:%Y-%m}", **told})
    return rows
