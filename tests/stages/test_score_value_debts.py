"""Debts of who leaves: by hand, known only as far as they were, and against a known truth."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from telcli.features.leaving_debts import LeftOwing
from telcli.features.margin import Book
from telcli.methods.annuity import Terms, leaving_chance
from telcli.methods.outlook import by_tenure
from telcli.methods.survival import life_table
from telcli.settings import resolve
from telcli.stages import Inputs
from telcli.stages.score_value import score_value
from telcli.stages.score_value_debts import LEAVERS_NEEDED, losses, losses_sentence, losses_told

MONTHS = 16


def people(at, owed, group=0, usual=50.0, old=0.0, grown=0.0):
    """A book of customers who left at places of the months (-1: not), and what they owed then."""
    at, size = np.asarray(at), len(at)
    margins = np.broadcast_to(np.asarray(usual, dtype=float), (size, MONTHS)) if np.ndim(usual) < 2 else usual
    seen = np.arange(MONTHS) <= np.where(at < 0, MONTHS, at)[:, None]
    margins = np.where(seen, margins, np.nan)
    active = tuple((at < 0) | (at > MONTHS - 1 - back) for back in (0, 4))
    tenure = (np.full(size, 50), np.full(size, 46))
    ids = pl.Series("customer_id", [f"c{who:05d}" for who in range(size)])
    group = np.broadcast_to(group, size)
    told = (np.broadcast_to(np.asarray(each, dtype=float), size) for each in (owed, old, grown))
    return LeftOwing(at, *told), Book(ids, margins, tenure, active, group, pl.DataFrame({"margin": margins[:, 0]}))


def test_by_hand():
    at = [8, 10, 12, 15] * 10 + [-1, -1]
    debts, everyone = people(at, [60.0, 20.0] * 20 + [0.0] * 2, old=10.0, grown=4.0)
    found = losses(debts, everyone, 0, 0, 0.5)
    # the mean of 60 and 20, less 4 that the month of leaving was less by already, half of it never paid
    assert found.each.tolist() == pytest.approx([(40 - 4) / 2] * 2)
    assert (found.left, found.owing, found.owed, found.old) == (40, 40, 1600.0, 400.0)
    told = losses_told(found, found.each * 0.25)
    assert told == {"customers": 40, "owing": 40, "owed": 1600.0, "over_90_days": 400.0, "expected": 9.0}
    assert "(40.00 each)" in losses_sentence(found)


def test_who_pays_ahead_owes_nothing_however_many_others_do():
    group = np.arange(82) % 2
    debts, everyone = people([9] * 80 + [-1] * 2, np.where(group == 0, 90.0, 0.0), group)
    assert losses(debts, everyone, 0, 0, 1.0).each.tolist() == pytest.approx([90.0, 0.0])


def test_only_leavers_of_the_last_year_and_up_to_the_month_tell():
    # the first left more than 12 months ago; the last ones after the month of the back-test
    at = [3] * 40 + [8] * 40 + [14] * 40 + [-1]
    debts, everyone = people(at, [900.0] * 40 + [10.0] * 40 + [30.0] * 40 + [0.0])
    assert losses(debts, everyone, 0, 0, 1.0).each.tolist() == pytest.approx([20.0])
    then = losses(debts, everyone, 1, 4, 1.0)
    assert (then.left, len(then.each)) == (80, 41)  # then the first were of the last 12 months, the third still here
    assert then.each.tolist() == pytest.approx([455.0] * 41)


def test_too_few_leavers_or_unknown_debts_tell_nothing():
    debts, everyone = people([9] * (LEAVERS_NEEDED - 1) + [-1], 50.0)
    assert losses(debts, everyone, 0, 0, 1.0) is None
    assert losses(None, everyone, 0, 0, 1.0) is None
    assert losses_told(None, np.zeros(1)) is None
    assert "too few" in losses_sentence(None)


def test_large_customers_lose_more_and_sums_come_out_at_the_truth():
    random, size = np.random.default_rng(3), 20_000
    left = random.geometric(0.03, size) - 1
    at = np.where(left < MONTHS, left, -1)
    usual = random.lognormal(4.0, 0.5, size)
    owed = np.where(random.random(size) < 0.2, 3.0 * usual, 0.0)  # one in five leaves three months unpaid
    debts, everyone = people(at, np.where(at >= 0, owed, 0.0), usual=usual[:, None])
    then = losses(debts, everyone, 1, 4, 1.0)
    table = life_table(np.full(60, 1000.0), np.full(60, 30.0))
    here = everyone.active[1]
    expected = then.each * leaving_chance(by_tenure(table, 4).of(np.zeros(here.sum(), dtype=int)), Terms(4))
    came = np.where(at[here] >= 0, owed[here], 0.0)
    assert expected.sum() == pytest.approx(came.sum(), rel=0.1)
    large = usual[here] > np.median(usual[here])
    assert expected[large].sum() == pytest.approx(came[large].sum(), rel=0.2)
    assert then.each[large].mean() > 1.5 * then.each[~large].mean()


def year():
    """Customers of a year of whom ten leave each month, owing 30; and its months."""
    calendar = [date(2023 + (place + 6) // 12, (place + 6) % 12 + 1, 1) for place in range(12)]
    lines = [
        {
            "customer_id": f"c{who:03d}", "month": month, "active": step < who // 10, "left": step == who // 10,
            "tenure_months": 40.0 + step, "revenue": 50.0, "arrears": 30.0 * (step == who // 10), "arrears_91_180": 0.0,
        }
        for who in range(160)
        for step, month in enumerate(calendar)
        if step <= who // 10
    ]  # fmt: skip
    return pl.LazyFrame(lines), calendar


def test_debts_of_leavers_come_off_retention_and_sums_stay_right():
    frame, calendar = year()
    given = {"score_by": "lifetime", "discount_rate": 0.0, "horizon_months": 6}
    made = {}
    for rate in (0.0, 1.0):
        asked = resolve("score-value", given | {"bad_debt_rate": rate}, environ={}).values
        outcome = score_value(Inputs({"customer_months": frame}, calendar[-1]), asked)
        made[rate] = outcome.tables["value_scores"].collect(), outcome
    (none, _), (scores, outcome) = made.values()
    told = outcome.metrics["lost_with_leavers"]
    off = none["retention_value"] - scores["retention_value"]
    assert (told["customers"], told["owing"], told["owed"], told["over_90_days"]) == (120, 120, 3600.0, 0.0)
    assert off.sum() == pytest.approx(told["expected"], abs=0.01)
    assert ((off > 0) & (off < 30)).all()
    assert (none["current_value"] == scores["current_value"]).all()
    whole = scores["current_value"] + scores["incremental_value"].fill_null(0) + scores["retention_value"]
    assert whole.to_numpy() == pytest.approx(scores["lifetime_value"].to_numpy(), abs=2e-4)
    assert (scores["lifetime_value_low"] <= scores["lifetime_value"] + 1e-3).all()
    assert (scores["lifetime_value_high"] >= scores["lifetime_value"]).all()
    margin = {row["part"]: row["amount"] for row in outcome.tables["value_margin"].collect().to_dicts()}
    assert (margin["bad_debt"], margin["margin"]) == (0.0, margin["revenue"])
    # of the back-test what leavers left unpaid is off what came
    back = [each[1].metrics["backtest"] for each in made.values()]
    assert back[0]["fees_unchanged"] != back[1]["fees_unchanged"]
    assert any("30.00 each" in said for said in outcome.metrics["assumptions"])


def test_what_assess_credit_expects_stands_in_place_of_what_leavers_owed():
    frame, calendar = year()
    mine = pl.col("customer_id") == "c150"
    frame = frame.with_columns(arrears_91_180=pl.when(mine).then(8.0).otherwise(0.0))
    asked = resolve("score-value", {"score_by": "lifetime", "bad_debt_rate": 0.5}, environ={}).values
    free = resolve("score-value", {"score_by": "lifetime", "bad_debt_rate": 0.0}, environ={}).values
    ids = [f"c{who:03d}" for who in range(120, 160)]
    scores = pl.LazyFrame({"customer_id": ids, "expected_loss": [10.0 * (one == "c150") + 2.0 for one in ids]})

    def valued(settings, **more):
        outcome = score_value(Inputs({"customer_months": frame, **more}, calendar[-1]), settings)
        return outcome.tables["value_scores"].collect(), outcome.metrics

    (own, facts), (with_credit, told), (nothing, _) = (
        valued(asked),
        valued(asked, credit_scores=scores),
        valued(free),
    )
    assert "credit_losses" not in facts
    assert told["credit_losses"] == pytest.approx(39 * 2.0 + 12.0 - 4.0)  # margin is less by half of 8 already
    assert any("assess-credit" in said for said in told["assumptions"])
    assert (own["current_value"] == with_credit["current_value"]).all()
    others = nothing["customer_id"] != "c150"
    off = (nothing["retention_value"] - with_credit["retention_value"]).filter(others)
    assert off.to_list() == pytest.approx([2.0] * off.len(), abs=1e-3)
    assert told["backtest"] == facts["backtest"]  # what was expected then is told by leavers then
