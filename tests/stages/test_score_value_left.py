"""Who left in the year: what they brought and cost, beside customers valued."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from telcli.features.margin import book
from telcli.features.margin_parts import Rates
from telcli.settings import ScoreValueSettings
from telcli.stages.score_value_left import left_told, left_year
from telcli.stages.score_value_margin import earned, margin_table
from telcli.tables import contract

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)
FRAME = pl.LazyFrame(
    {
        "customer_id": ["a", "a", "b", "c", "d"],
        "month": [MAY, JUNE, MAY, MAY, MAY],
        "active": [True, True, True, True, False],
        "tenure_months": [3.9, 4.9, 8.0, 8.0, None],
        "revenue": [10.0, 10.0, 30.0, None, 0.0],
    }
)
LINES = {
    "subscription_id": ["1", "2", "3"],
    "customer_id": ["a", "b", "z"],
    "activated_on": [date(2024, 3, 1)] * 3,
    "ended_on": [None, date(2024, 5, 20), None],
    "commission": [7.0, 500.0, 900.0],
}


def test_what_who_left_brought_and_cost_stands_apart() -> None:
    everyone = book(FRAME, [MAY, JUNE], "revenue", Rates(0.5), [JUNE], None, 12)
    written = replace(everyone, margins=everyone.margins - np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 0.0], [0.0, 0.0]]))
    tables = {"subscriptions": pl.LazyFrame(LINES)}
    gone = left_year(everyone, written, tables, JUNE, ScoreValueSettings())
    assert gone["customer_id"].to_list() == ["b"]  # c and d brought and cost nothing that is known; z was never here
    told = left_told(gone)
    assert (told["customers"], told["revenue"], told["other"], told["commission"]) == (1, 30.0, 15.0, 500.0)
    assert (told["bad_debt"], told["margin"]) == (4.0, 30.0 - 15.0 - 500.0 - 4.0)
    here = gone.clear()
    rows = contract("value_margin").require(margin_table(JUNE, here, gone, {})).collect()
    left = dict(rows.select("part", "amount_left").iter_rows())
    assert (left["commission"], left["margin"]) == (500.0, -489.0)
    assert rows.filter(part="margin")["customers_left"].item() == 1


def test_commissions_that_are_known_are_a_known_cost() -> None:
    plain, said = earned(FRAME, [MAY, JUNE], ScoreValueSettings(), {})
    assert (plain.basis, plain.known["commission"], said[0].code) == ("revenue", "no-data", "value-is-revenue")
    sold, said = earned(FRAME, [MAY, JUNE], ScoreValueSettings(), {"subscriptions": pl.LazyFrame(LINES)})
    assert (sold.basis, sold.known["commission"], sold.known["subsidy"]) == ("known-costs", "data", "no-data")
    assert [one.code for one in said] == ["value-few-costs"]
