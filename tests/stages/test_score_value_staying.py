"""Signs of leaving in score-value: used where they tell, left alone where they do not, and never ahead of time."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from telcli.features.margin import Book
from telcli.settings import ScoreValueSettings, resolve
from telcli.stages.score_value_staying import Stays, by_months, effect_rows, told

CALENDAR = [date(2022 + place // 12, place % 12 + 1, 1) for place in range(24)]
CUSTOMERS = 1500


def settings(**given: str) -> ScoreValueSettings:
    return resolve("score-value", given, environ={}).values


def months(risk: float, seed: int = 3) -> tuple[pl.LazyFrame, Book]:
    """Customers who complain in one month of ten; then `risk` leave in the next, else 2%."""
    random = np.random.default_rng(seed)
    lines, last = [], []
    for place in range(CUSTOMERS):
        complained = 0.0
        for number, month in enumerate(CALENDAR):
            gone = number > 0 and random.random() < (risk if complained else 0.02)
            complained = float(random.random() < 0.1)
            lines.append((f"c{place:04d}", month, not gone, gone, float(place % 30 + number), complained))
            if gone:
                break
        last.append((len(lines) - 1, not gone))
    names = ("customer_id", "month", "active", "left", "tenure_months", "complaints_sum_3")
    frame = pl.LazyFrame(lines, names, orient="row")
    here = np.array([stays for _, stays in last])
    then = frame.filter(pl.col("month") == CALENDAR[-9]).collect()
    ids = pl.Series([f"c{place:04d}" for place in range(CUSTOMERS)])
    active = ids.is_in(then.filter("active")["customer_id"].implode()).to_numpy()
    tenure = np.arange(CUSTOMERS) % 30
    known = np.zeros(CUSTOMERS, dtype=np.int64)
    book = Book(ids, np.zeros((CUSTOMERS, 1)), (tenure + 23, tenure + 15), (here, active), known, pl.DataFrame())
    return frame, book


@pytest.fixture(scope="module")
def telling() -> tuple[tuple[Stays, Stays], pl.LazyFrame, Book]:
    frame, book = months(0.4)
    return by_months(frame, None, CALENDAR, book, settings()), frame, book


def test_a_sign_that_tells_lowers_what_is_expected(telling: tuple[tuple[Stays, Stays], pl.LazyFrame, Book]) -> None:
    (now, then), frame, book = telling
    assert told(now)["used"]
    assert told(now)["as_of"] == "2023-04"
    assert told(now)["months"] == 8
    assert then.trial is not None
    assert then.trial.month == date(2022, 11, 1)
    outlook = now.outlook(book, 0, 12)
    complained = frame.filter(pl.col("month") == CALENDAR[-1]).sort("customer_id").collect()
    signed = complained.filter("active")["complaints_sum_3"].to_numpy() > 0
    next_month = 1.0 - outlook.survival[outlook.kind, 0]
    assert next_month[signed].mean() == pytest.approx(0.4, abs=0.08)
    assert next_month[~signed].mean() == pytest.approx(0.02, abs=0.01)


def test_effects_are_told_by_how_long_they_last(telling: tuple[tuple[Stays, Stays], pl.LazyFrame, Book]) -> None:
    (now, _), _, _ = telling
    rows = effect_rows(now, CALENDAR[-1]).filter(pl.col("sign") == "complaints in 3 months", pl.col("level") == "1")
    assert rows["month_from"].to_list() == [1, 2, 4, 7]
    odds = 0.4 / 0.6 / (0.02 / 0.98)
    first = rows.row(0, named=True)
    assert first["odds_low"] < odds < first["odds_high"]
    for later in rows.rows(named=True)[1:]:
        assert later["odds_low"] < 1.3
        assert later["odds_high"] > 0.8


def test_what_came_later_is_not_known_before(telling: tuple[tuple[Stays, Stays], pl.LazyFrame, Book]) -> None:
    (_, then), frame, book = telling
    cut = frame.filter(pl.col("month") <= CALENDAR[15])
    here = frame.filter(pl.col("month") == CALENDAR[15]).sort("customer_id").collect()
    active = book.ids.is_in(here.filter("active")["customer_id"].implode()).to_numpy()
    past = Book(book.ids, book.margins, (book.tenure[1],) * 2, (active,) * 2, book.group, book.year)
    alone, _ = by_months(cut, None, CALENDAR[:16], past, settings())
    assert told(alone) == told(then)
    one, other = alone.outlook(past, 0, 8), then.outlook(book, 1, 8)
    assert np.array_equal(one.survival[one.kind], other.survival[other.kind])


def test_a_sign_that_tells_nothing_is_not_used() -> None:
    frame, book = months(0.02)
    now, then = by_months(frame, None, CALENDAR, book, settings())
    assert (now.signs, then.signs) == (None, None)
    assert now.trial is not None
    assert effect_rows(now, CALENDAR[-1]).is_empty()


def test_signs_may_be_left_out_or_not_be_known(telling: tuple[tuple[Stays, Stays], pl.LazyFrame, Book]) -> None:
    _, frame, book = telling
    for given, asked in ((frame, settings(leaving_signs="none")), (frame.drop("complaints_sum_3"), settings())):
        now, then = by_months(given, None, CALENDAR, book, asked)
        assert (now.signs, then.signs, now.trial) == (None, None, None)


def test_a_short_history_has_tenure_alone(telling: tuple[tuple[Stays, Stays], pl.LazyFrame, Book]) -> None:
    _, frame, book = telling
    now, then = by_months(frame.filter(pl.col("month") <= CALENDAR[7]), None, CALENDAR[:8], book, settings())
    assert now.signs is None
    assert now.staying.constant.at_risk.tolist() == then.staying.constant.at_risk.tolist()
