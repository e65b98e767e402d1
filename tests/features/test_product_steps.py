"""Products taken up and given up from month's end to month's end, counted by hand."""

from datetime import date

import numpy as np
import polars as pl

from telcli.features.fee_steps import standing
from telcli.features.product_steps import active_matrix, holdings, moves

APRIL, MAY, JUNE = date(2024, 4, 1), date(2024, 5, 1), date(2024, 6, 1)
JUNE_PLACE = 2024 * 12 + 5
IDS = pl.Series("customer_id", ["a", "b", "c", "d"])
LINES = {"a1": ("a", "mobile"), "b1": ("b", "mobile"), "b2": ("b", "tv"), "c1": ("c", "mobile"), "d1": ("d", "tv")}
HELD = [
    ("a1", "music", date(2024, 1, 5), None),
    ("b1", "music", date(2024, 5, 9), None),  # taken up in May
    ("c1", "music", date(2024, 2, 1), date(2024, 6, 2)),  # given up in June
    ("c1", "music", date(2024, 6, 30), None),  # and taken again within it: held at both ends
    ("b2", "films", date(2024, 3, 1), date(2024, 5, 31)),  # given up in May
    ("d1", "films", date(2024, 6, 1), None),  # taken up in June
    ("a1", "day", date(2024, 5, 1), date(2024, 5, 2)),  # never held at a month's end
    ("a1", "next", date(2024, 7, 1), None),  # not yet
    ("x9", "music", date(2024, 1, 1), None),  # of nobody valued
]


def tables(held=HELD, lines=LINES):
    whose = [{"subscription_id": line, "customer_id": who, "service_type": kind} for line, (who, kind) in lines.items()]
    names = ("subscription_id", "product_id", "started_on", "ended_on")
    rows = [{**dict(zip(names, row, strict=True)), "monthly_fee": 8.0} for row in held]
    return {
        "subscriptions": pl.LazyFrame(whose),
        "products": pl.LazyFrame(rows, schema_overrides={"ended_on": pl.Date}),
    }


def counted(active=None, tenure=None, fees=None, **given):
    found = holdings(tables(**given), IDS, JUNE)
    here = np.ones((4, 3), dtype=bool) if active is None else active
    told = moves(found, here, np.full(4, 40) if tenure is None else tenure, np.zeros(4, dtype=np.int64), JUNE, fees)
    return found, told


def totals(found, table):
    return dict(zip(found.products, table.reshape(len(table), -1).sum(axis=1).tolist(), strict=True))


def test_by_hand():
    found, told = counted()
    # music fits mobile lines (a, b, c): in May b could, in June nobody could; films fit tv lines (b, d)
    assert totals(found, told.at_risk) == {"films": 1 + 2, "music": 1 + 0}
    assert totals(found, told.taken) == {"films": 1, "music": 1}
    assert totals(found, told.held) == {"films": 1 + 0, "music": 2 + 3}
    assert totals(found, told.dropped) == {"films": 1, "music": 0}
    now = [(IDS[place], found.products[product], fee) for place, product, fee in found.at(JUNE_PLACE).rows()]
    assert now == [("a", "music", 80_000), ("b", "music", 80_000), ("c", "music", 80_000), ("d", "films", 80_000)]


def test_who_was_not_there_at_both_ends_is_not_counted():
    active = np.ones((4, 3), dtype=bool)
    active[1, 0] = False  # b joined in May
    active[3, 2] = False  # d left in June
    found, told = counted(active)
    assert totals(found, told.taken) == {"films": 0, "music": 0}
    assert totals(found, told.dropped) == {"films": 0, "music": 0}
    assert totals(found, told.at_risk)["films"] == 1 + 1  # d in May, b in June


def test_steps_are_of_the_standing_before_them():
    found, told = counted(tenure=np.array([40, 12, 40, 12]))
    young = standing(np.array([11]), np.array([0]))[0]
    music, films = (found.products.index(name) for name in ("music", "films"))
    assert told.taken[films, young] == 1  # June's step is of who was in her 11th month in May
    assert told.taken[music].sum() == told.taken[music, young] == 1


def test_a_product_just_launched_tells_nothing_before_somebody_held_it():
    found, told = counted(held=[("a1", "new", date(2024, 6, 5), None), ("b1", "new", date(2024, 6, 5), None)])
    assert (totals(found, told.taken), totals(found, told.at_risk)) == ({"new": 0}, {"new": 0})


def test_what_comes_with_the_first_line_for_it_is_not_taken_up():
    given = tables(held=[("d1", "films", date(2024, 1, 1), None), ("a2", "films", date(2024, 6, 3), None)])
    new = {"subscription_id": ["a2"], "customer_id": ["a"], "service_type": ["tv"], "activated_on": [date(2024, 6, 2)]}
    given["subscriptions"] = pl.concat([given["subscriptions"], pl.LazyFrame(new)], how="diagonal")
    found = holdings(given, IDS, JUNE)
    told = moves(found, np.ones((4, 3), dtype=bool), np.full(4, 40), np.zeros(4, dtype=np.int64), JUNE)
    assert (totals(found, told.taken), totals(found, told.at_risk)) == ({"films": 0}, {"films": 2})  # b, twice


def test_plan_fees_that_move_by_the_same_are_told():
    fees = np.array([[30.0, 30.0, 30.0], [30.0, 38.0, 38.0], [30.0, 30.0, 30.0], [np.nan, 30.0, 38.0]])
    found, told = counted(fees=fees)
    # b took music and gave films up in May, of one fee: no step of products to compare; d took films up: plan fee + 8
    assert totals(found, told.changes) == {"films": 1, "music": 0}
    assert totals(found, told.inside) == {"films": 1, "music": 0}
    fees[3, 2] = 30.0
    assert counted(fees=fees)[1].inside.sum() == 0


def test_rows_in_any_order_count_the_same():
    found, told = counted(held=HELD[::-1], lines=dict(reversed(LINES.items())))
    again, same = counted()
    assert found.products == again.products
    for one, other in zip(vars(told).values(), vars(same).values(), strict=True):
        assert np.array_equal(one, other)


def test_who_was_there():
    frame = pl.LazyFrame({"customer_id": ["b", "a", "b"], "month": [MAY, MAY, JUNE], "active": [True, False, True]})
    found = active_matrix(frame, [APRIL, MAY, JUNE], pl.Series("customer_id", ["a", "b"]))
    assert found.tolist() == [[False, False, False], [False, True, True]]


def test_without_products_there_is_nothing():
    assert holdings({}, IDS, JUNE) is None
    assert holdings(tables(held=HELD[-2:]), IDS, JUNE) is None
