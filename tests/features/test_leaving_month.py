"""What the month of leaving brought: counted by hand."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from telcli.features.leaving_month import LEAVERS_NEEDED, leaving_share
from telcli.features.margin import Book

MONTHS = [date(2024, month, 1) for month in range(1, 7)]
NAN = float("nan")


def share(margins, left_at, until=MONTHS[-1]):
    """Of customers whose margins are these, who left at these places."""
    ids = [f"c{place:03d}" for place in range(len(margins))]
    book = Book(pl.Series("customer_id", ids), np.array(margins), (), (), np.zeros(len(ids)), pl.DataFrame())
    rows = {"customer_id": ids, "month": [MONTHS[at] for at in left_at], "left": [True] * len(ids)}
    return leaving_share(pl.LazyFrame(rows), book, MONTHS, until)


def test_it_is_the_last_months_money_over_that_of_the_three_before():
    # 20 bring 5 after 10, 20, 30; 20 bring nothing known after 40 alone, what came 4 months before not counting
    margins = [[10.0, 20.0, 30.0, 5.0, NAN, NAN]] * 20 + [[900.0, NAN, NAN, 40.0, NAN, NAN]] * 20
    assert share(margins, [3] * 20 + [4] * 20) == pytest.approx(5 / (20 + 40), abs=1e-6)


def test_it_is_not_above_one():
    assert share([[10.0, 10.0, 25.0, NAN, NAN, NAN]] * 40, [2] * 40) == 1.0


def test_it_is_nothing_where_few_tell_or_what_came_later_is_not_to_be_known():
    margins = [[10.0, 10.0, 5.0, NAN, NAN, NAN]] * LEAVERS_NEEDED
    places = [2] * LEAVERS_NEEDED
    assert share(margins, places) == 0.5
    assert share(margins[1:], places[1:]) == 0.0
    assert share(margins, places, until=MONTHS[1]) == 0.0
    assert share([[NAN, NAN, 5.0, NAN, NAN, NAN]] * LEAVERS_NEEDED, places) == 0.0
