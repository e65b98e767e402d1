"""What is to come is told by all who were there, not only by who is still here: by hand, and against a known truth."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from telcli.features.margin import book
from telcli.features.margin_parts import Rates
from telcli.stages.score_value_coming import Past, coming

MONTHS = [date(2023 + (place + 3) // 12, (place + 3) % 12 + 1, 1) for place in range(15)]
JUNE = MONTHS[-1]


def known(fees, left=None, held=(), tenure=50.0, back=3):
    """What is told of months x customers of fees; `left`: each one's place of the month of leaving (15: never)."""
    fees = np.asarray(fees, dtype=float)
    last = [len(MONTHS)] * len(fees) if left is None else np.asarray(left).tolist()
    rows = [
        {
            "customer_id": f"c{who:05d}", "month": MONTHS[step], "active": step < last[who], "left": step == last[who],
            "tenure_months": tenure + step, "revenue": fee, "plan_fee": fee,
        }
        for who, row in enumerate(fees.tolist())
        for step, fee in enumerate(row)
        if step <= last[who]
    ]  # fmt: skip
    frame = pl.LazyFrame(rows)
    tables = {"customer_months": frame}
    if len(held):
        lines = [(f"s{who}", f"c{who:05d}", "mobile") for who in range(len(fees))]
        names = ["subscription_id", "customer_id", "service_type"]
        tables["subscriptions"] = pl.LazyFrame(lines, schema=names, orient="row")
        products = [(f"s{who}", "music", MONTHS[0], until, 5.0) for who, until in held]
        columns = {"subscription_id": pl.String, "product_id": pl.String, "started_on": pl.Date, "ended_on": pl.Date}
        tables["products"] = pl.LazyFrame(products, schema=columns | {"monthly_fee": pl.Float64}, orient="row")
    people = book(frame, MONTHS[-12 - back :], "revenue", Rates(), (JUNE, MONTHS[-1 - back]), None, 12)
    past = Past.of(tables, MONTHS[-13 - back :], people)
    return people, [coming(past, mark, months, Rates()) for mark, months in ((0, 0), (1, back))]


STEADY = [40.0] * 15


def test_by_hand_who_stepped_down_and_left_counts_up_to_leaving():
    # the last one steps down in the 8th month, and leaves in the 12th: her months there tell, her leaving is no step
    fees = [STEADY, STEADY, [40.0] * 7 + [30.0] * 8]
    people, (now, before) = known(fees, left=[15, 15, 11])
    rows = now.growth.rows
    assert (now.customers, len(now.growth.down)) == (2, 2)
    seen = 12 + 12 + 8  # of the last 12 steps: the 3rd to the 14th; hers to the 10th
    assert rows["customer_months"].sum() == seen
    assert (rows["down_share"] * rows["customer_months"]).sum() == pytest.approx(1, abs=1e-4)
    assert now.growth.down.tolist() == pytest.approx([-10 / seen] * 2)
    # three months ago she was just gone, and the window reached further back
    assert before.growth.rows["customer_months"].sum() == 11 + 11 + 10
    assert people.tenure[0].tolist() == [64, 64, 64]


def test_what_came_later_does_not_tell_of_the_month_before():
    later = [STEADY, STEADY, [40.0] * 12 + [10.0] * 3]
    _, (now, before) = known(later)
    _, (_, same) = known([STEADY, STEADY, STEADY])
    assert now.growth.down.min() < 0
    assert before.growth.down.tolist() == same.growth.down.tolist() == [0.0] * 3
    _, (_, left) = known([STEADY, STEADY, STEADY], left=[15, 15, 13])
    assert left.growth.rows.equals(same.growth.rows)


def test_steps_of_leavers_are_of_their_tenure_at_the_step():
    # all joined in the first month: the first year's steps are told apart from the second's, hers too
    fees = [STEADY, [40.0] * 6 + [30.0] * 9]
    _, (now, _) = known(fees, left=[15, 9], tenure=0.0)
    assert set(now.growth.rows.filter(pl.col("down_share") > 0)["tenure_band"]) == {"first-year"}
    assert set(now.growth.rows["tenure_band"]) == {"first-year", "second-third-year"}
    assert now.growth.rows["customer_months"].sum() == 12 + 6


def test_by_hand_who_gave_a_product_up_and_left_did_give_it_up():
    held = [(0, None), (1, None), (2, MONTHS[7])]
    _, (now, before) = known([STEADY] * 3, left=[15, 15, 11], held=held)
    told = now.uptake.told
    assert (told.held.sum(), told.dropped.sum()) == (12 + 12 + 5, 1)
    assert (now.uptake.kind.shape, now.uptake.now["place"].to_list()) == ((2,), [0, 1])
    # of who leaves holding it nothing is given up
    _, (gone, _) = known([STEADY] * 3, left=[15, 15, 7], held=[(0, None), (1, None), (2, MONTHS[7])])
    assert gone.uptake.told.dropped.sum() == 0
    assert before.uptake.told.dropped.sum() == 1


def test_rates_are_true_where_most_who_step_down_or_give_up_leave_soon():
    random, chance, people = np.random.default_rng(11), 0.04, 2000
    down, up = (random.geometric(chance, people) for _ in range(2))  # the step in which fees fall, a product ends
    left = np.full(people, 15)
    for soon in (down, up):
        goes = random.random(people) < 0.7
        left = np.minimum(left, np.where(goes, soon + random.integers(1, 4, people), 15))
    fees = 40.0 - 10.0 * (np.arange(15) >= down[:, None])
    ends = [MONTHS[step] if step < 15 else None for step in up]
    _, (now, _) = known(fees, left, held=list(enumerate(ends)))
    both = (np.arange(3, 15) < left[:, None]) & (np.arange(3, 15) <= down[:, None])
    truth = (both & (np.arange(3, 15) == down[:, None])).sum() / both.sum()
    assert truth == pytest.approx(chance, rel=0.1)
    dear = now.growth.rows.filter(pl.col("fee_band") == "high")
    told = (dear["down_share"] * dear["customer_months"]).sum() / dear["customer_months"].sum()
    assert told == pytest.approx(truth, rel=1e-3)
    given_up = now.uptake.told.dropped.sum() / now.uptake.told.held.sum()
    assert given_up == pytest.approx(chance, rel=0.1)
