"""Six months of a simulated operator: plan, sheets, outcomes, evaluation, knowledge, next plan, by the command line."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.loop.managers import contacts_of
from tests.loop.operator import OFFERS, Operator, month_of
from tests.loop.policies import riskiest
from tests.loop.walk import Walk

SEED, CUSTOMERS, HANDS, MONTHS = 0, 3600, 290, 6
GOOD = ("FEE", "CARE")
DEFAULT = max(OFFERS, key=lambda code: OFFERS[code].assumed)
"""What the operator believes in most is what it would offer all who are likely to leave."""


class Six:
    """The loop after six months; beside it, with the same luck, plans that do not learn, and a churn ranking."""

    def __init__(self, place: Path) -> None:
        self.loop = Walk(Operator(SEED, CUSTOMERS, MONTHS), place / "loop", HANDS)
        self.loop.start("auto")
        self.alone = self.loop.twin(Operator(SEED, CUSTOMERS, MONTHS), place / "alone", "off")
        self.ranked = self.loop.twin(Operator(SEED, CUSTOMERS, MONTHS), place / "ranked", "off")
        self.reported: list[dict[str, int]] = []
        for month in range(MONTHS):
            self._turn(month)
        self.loop.score()
        self.loop.learn()

    def _turn(self, month: int) -> None:
        if month:
            for walk in (self.loop, self.alone, self.ranked):
                walk.score(value=walk is not self.ranked)
            self.loop.learn()
        self.loop.plan()
        self.reported.append(self.loop.live())
        self.alone.world.go_on(contacts_of(self.alone.plan()))
        scores = self.ranked.table("churn_scores", month).join(
            self.ranked.world.truth().select("customer_id"), on="customer_id", how="semi"
        )
        self.ranked.world.go_on(riskiest(scores, DEFAULT, HANDS))


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Six:
    """See `Six`."""
    return Six(tmp_path_factory.mktemp("six"))


@pytest.mark.slow
def test_the_loop_saves_more_than_value_and_risk_alone_or_a_ranking(six: Six) -> None:
    loop, alone, ranked = (walk.world.spent() for walk in (six.loop, six.alone, six.ranked))
    assert loop > alone
    assert loop > ranked
    late = [sum(month.net for month in walk.world.record[3:]) for walk in (six.loop, six.alone, six.ranked)]
    assert late[0] > max(late[1:])
    assert max(month.contacts for month in six.loop.world.record) <= HANDS  # by no more contacts than the others


@pytest.mark.slow
def test_good_offers_are_found_and_the_harmful_one_is_stopped(six: Six) -> None:
    record = six.loop.world.record
    share = [sum(month.by_offer[offer] for offer in GOOD) / month.contacts for month in record]
    assert share[0] < 0.5
    assert share[-1] > 0.7
    calls = [[month.by_offer["CALL"] / month.contacts for month in walk.world.record] for walk in (six.loop, six.alone)]
    assert calls[0][0] > 0.3
    assert max(calls[0][-3:]) < 0.05
    assert min(calls[1]) > 0.3  # nobody told the twin
    effects = six.loop.table("retention_effects", MONTHS).filter(campaign_id="all", cell="all").sort("offer_id")
    verdict = dict(effects.select("offer_id", "verdict").iter_rows())
    assert {verdict[offer] for offer in GOOD} == {"works"}
    assert "works" not in {verdict["GIFT"], verdict["CALL"]}


@pytest.mark.slow
def test_who_is_held_out_is_left_alone_and_drawn_by_lot(six: Six) -> None:
    plan = six.loop.table("retention_plan")
    held = plan.filter("held_out").select("campaign_id", "customer_id")
    assert held.height > 6 * 10
    for name in ("retention_tasks", "retention_outcomes"):
        assert six.loop.table(name).join(held, on=["campaign_id", "customer_id"], how="semi").is_empty()
    checks = six.loop.table("retention_checks", MONTHS)
    ratio = checks.filter(check="sample-ratio")
    assert ratio.height == MONTHS
    assert ratio["passed"].all()


@pytest.mark.slow
def test_nobody_counts_twice(six: Six) -> None:
    outcomes = six.loop.table("retention_outcomes")
    assert outcomes.select("campaign_id", "customer_id").is_unique().all()
    for month, what in enumerate(six.reported):
        mine = outcomes.filter(as_of=month_of(month))
        assert mine.height == sum(what.values()) - what["undone"] - what["mistaken"]
        assert sum(what.values()) == six.loop.world.record[month].contacts
    plan = six.loop.table("retention_plan").filter(pl.col("action") != "none")
    effects = six.loop.table("retention_effects", MONTHS).filter(cell="all", offer_id="all")
    counted = pl.col("treated") + pl.col("held_out") + pl.col("unseen").fill_null(0)
    each, whole = (effects.filter(by).select(counted.sum()).item() for by in _CAMPAIGNS)
    assert each == whole == plan.height


_CAMPAIGNS = (pl.col("campaign_id") != "all", pl.col("campaign_id") == "all")
