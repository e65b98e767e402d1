"""Hold-out shares that go with risk: the arms of what knowledge pools are alike, and no effect passes for one."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from telcli.settings import EvaluateRetentionSettings, KnowledgeSettings
from telcli.stages import Inputs
from telcli.stages.evaluate_retention import evaluate_retention
from telcli.stages.knowledge import knowledge
from telcli.stages.knowledge_evidence import WEIGHTS, counted, estimates
from telcli.stages.knowledge_suggest import Asked, suggested
from telcli.tables import contract
from tests.stages.trials_example import AS_OF, months_of, outcomes, plan


def evaluated(shares: tuple[float, float], seed: int = 0, size: int = 4000) -> tuple[pl.DataFrame, dict]:
    """retention_evidence and the total of a plan without any effect: of risk 0.5 `shares[0]` held out, of 0.05 [1]."""
    rng = np.random.default_rng(seed)
    people = plan(date(2024, 2, 1), size=size, seed=seed)
    risky = people["cell"].to_numpy() == "high-high"
    risk, share = np.where(risky, 0.5, 0.05), np.where(risky, *shares)
    held, stays = rng.random(size) < share, rng.random(size) >= risk
    people = people.with_columns(
        churn_probability=pl.Series(risk),
        assignment=pl.Series(share),
        held_out=pl.Series(held),
        stays=pl.Series(stays),
        action=pl.Series(np.where(held, "held-out", "offer")),
        why=pl.Series(np.where(held, "held-out", "planned")),
        cost=pl.Series(np.where(held, 0.0, 6.0)),
        offer_id=pl.lit("bill-credit"),
    )
    tables = {
        "retention_plan": people.drop("stays").lazy(),
        "retention_outcomes": outcomes(people).lazy(),
        "customer_months": contract("customer_months").conform(months_of(people).lazy()).collect().lazy(),
    }
    settings = EvaluateRetentionSettings(draws=20, model_customers=0)
    found = evaluate_retention(Inputs(tables, AS_OF, choices={"churn": {}}), settings)
    whole = found.tables["retention_effects"].collect()
    whole = whole.filter(campaign_id="all", cell="all", offer_id="all").row(0, named=True)
    return found.tables["retention_evidence"].collect(), whole


def pooled(evidence: pl.DataFrame) -> pl.DataFrame:
    found = knowledge(Inputs({"retention_evidence": evidence.lazy()}, AS_OF), KnowledgeSettings())
    return found.tables["retention_knowledge"].collect()


@pytest.fixture(scope="module")
def tied() -> tuple[pl.DataFrame, dict]:
    return evaluated((0.2, 0.1))


def test_where_nothing_has_an_effect_knowledge_cannot_tell(tied: tuple[pl.DataFrame, dict]) -> None:
    evidence, whole = tied
    raw = evidence.select(pl.col("^stayed_.*$").sum(), pl.col("treated", "held_out").sum()).row(0, named=True)
    naive = raw["stayed_treated"] / raw["treated"] - raw["stayed_held_out"] / raw["held_out"]
    assert naive > 0.05  # arms as they stand are not alike
    offer = pooled(evidence).filter(level="offer").row(0, named=True)
    assert offer["verdict"] == "cannot-tell" and offer["uplift"] == pytest.approx(whole["uplift"], abs=0.02)
    assert offer["left_held_out"] == pytest.approx(1.0 - whole["stayed_held_out"], abs=0.02)
    assert offer["held_out"] == evidence["held_out"].sum()  # counted as they are


def test_a_whole_campaign_put_together_is_the_effect_that_was_evaluated(tied: tuple[pl.DataFrame, dict]) -> None:
    evidence, whole = tied
    one = evidence.with_columns(pl.lit("any").alias(name) for name in ("segment_name", "theme", "channel"))
    sums = [name for name in one.columns if name.startswith(("treated", "held_out", "stayed_", "weight_", "square_"))]
    keys = ["as_of", "campaign_id", "segment_name", "theme", "offer_id", "channel", "plan_month"]
    one = one.group_by(keys).agg(pl.col(sums).sum())
    (found,) = estimates(counted(one.lazy()), KnowledgeSettings()).to_dicts()
    assert found["effect"] == pytest.approx(whole["uplift"], abs=1e-9)
    stands = whole["uplift_high"] - whole["uplift_low"]
    assert 2 * 1.96 * found["variance"] ** 0.5 == pytest.approx(stands, rel=0.15)
    told = suggested(Asked(), pooled(evidence), evidence.lazy(), None, None)
    (behind,) = told.evidence["bill-credit"]
    assert behind["uplift"] == pytest.approx(whole["uplift"], abs=1e-9)


def test_the_variance_is_that_of_the_weighted_difference() -> None:
    """Drawn again and again, with those surest to stay held out least: their weight and outcome go together."""
    rng = np.random.default_rng(5)
    rows = []
    for at in range(300):
        row = dict.fromkeys(("treated", "held_out", "stayed_treated", "stayed_held_out"), 0)
        row |= dict.fromkeys(WEIGHTS, 0.0)
        for chance, risk in ((0.4, 0.05), (0.1, 0.5)):
            held, stayed = rng.random(600) < chance, rng.random(600) >= risk
            weight = (1 - chance) / chance
            row["treated"] += int((~held).sum())
            row["stayed_treated"] += int((stayed & ~held).sum())
            for name, power, who in zip(
                ("held_out", "stayed_held_out", *WEIGHTS), (0, 0, 1, 1, 2, 2), (held, held & stayed) * 3, strict=True
            ):
                row[name] += int(who.sum()) * weight**power if power else int(who.sum())
        rows.append({"campaign_id": f"c{at:03d}"} | row)
    head = {
        "as_of": AS_OF,
        "plan_month": AS_OF,
        "segment_name": "s",
        "theme": "price",
        "offer_id": "o",
        "channel": "phone",
    }
    frame = pl.DataFrame(rows).with_columns(pl.lit(value).alias(name) for name, value in head.items())
    found = estimates(counted(frame.lazy()), KnowledgeSettings())
    assert found["effect"].mean() == pytest.approx(0.0, abs=0.01)
    assert np.sqrt(found["variance"].mean()) == pytest.approx(found["effect"].std(), rel=0.12)
