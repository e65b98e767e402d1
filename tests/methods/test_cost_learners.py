"""Learners that know costs: scikit-learn's conventions, the vectors of the literature, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import AdaBoostClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from telcli.methods.adacost import AdaCost, adacost_round
from telcli.methods.adamec import CalibratedAdaMEC
from telcli.methods.cost_learning import CategoryRates, CostLearner, MinimumRisk
from telcli.methods.cost_sampling import RejectionSampling, UnderSampling, corrected, keep_rate
from telcli.methods.costs import CostMatrix
from telcli.methods.metacost import MetaCost

TREE = DecisionTreeClassifier(max_depth=3, random_state=0)
LEARNERS = [
    AdaCost(rounds=8),
    AdaCost("unit", rounds=8),
    CalibratedAdaMEC(rounds=8),
    MetaCost(TREE, bags=3),
    UnderSampling(TREE, bags=2),
    RejectionSampling(TREE, bags=2),
    MinimumRisk(TREE),
]


def _flawed(estimator: BaseEstimator) -> dict[str, str]:
    """Fan's own factors learn nothing at equal costs: a right row of the highest cost earns 0."""
    if isinstance(estimator, AdaCost) and estimator.beta == "fan":
        return {"check_classifiers_train": "at equal costs the published factors stop boosting at once"}
    return {}


@pytest.mark.slow
@parametrize_with_checks(LEARNERS, expected_failed_checks=_flawed)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_takes_it(estimator: BaseEstimator, check: object) -> None:
    check(estimator)  # type: ignore[operator]


def people(rows: int = 1500, seed: int = 0) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Numbers with gaps, an empty column and a category whose codes are in no order; costs of their own."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 5)).astype(np.float32)
    X[:, 3] = rng.integers(0, 6, rows)
    odds = -2.2 + 1.2 * X[:, 0] + np.isin(X[:, 3], (0, 3, 4)) * 1.5
    X[rng.random(rows) < 0.2, 0] = np.nan
    X[:, 4] = np.nan
    y = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)
    return X, y, {"fp": rng.gamma(4, 3, rows), "fn": rng.gamma(4, 30, rows)}


Y, C, H = (np.array(part, dtype=float) for part in ([1, 1, -1, -1, -1], [1, 1, 0.2, 0.2, 0.2], [1, -1, -1, -1, 1]))


def test_one_round_of_fan() -> None:
    first = C / C.sum()
    found = adacost_round(Y * H, C, first, "fan")
    assert first.round(6).tolist() == [0.384615, 0.384615, 0.076923, 0.076923, 0.076923]
    assert found.beta.round(6).tolist() == [0.0, 1.0, 0.4, 0.4, 0.6]
    assert (round(found.r, 6), round(found.alpha, 6), round(found.z, 6)) == (-0.369231, -0.387532, 0.886271)
    assert found.weight.round(6).tolist() == [0.433970, 0.294548, 0.101347, 0.101347, 0.068787]
    assert first[H != Y].sum() < 0.5, "it is right about most of the weight, and yet r is below 0"


def test_one_round_of_unit() -> None:
    found = adacost_round(Y * H, C, C / C.sum(), "unit")
    assert found.beta.round(6).tolist() == [1.0, 1.0, 1.0, 1.0, 0.6]
    assert (round(found.r, 6), round(found.alpha, 6)) == (0.107692, 0.108112)


def test_unit_at_equal_costs_is_adaboost() -> None:
    rng = np.random.default_rng(5)
    X = rng.normal(size=(300, 4))
    y = (X[:, 0] + X[:, 1] ** 2 + rng.normal(size=300) > 1).astype(int)
    stump = DecisionTreeClassifier(max_depth=1, random_state=0)
    ours = AdaCost("unit", rounds=40, depth=1).fit(X, y, fp=7.0, fn=7.0)
    theirs = AdaBoostClassifier(stump, n_estimators=40, random_state=0).fit(X, y)
    assert 2 * ours.alphas_ == pytest.approx(theirs.estimator_weights_, abs=1e-12)
    assert [0.5 * (1 - found.r) for found in ours.rounds_] == pytest.approx(theirs.estimator_errors_, abs=1e-12)
    weight = np.full(300, 1 / 300)
    for tree, alpha in zip(theirs.estimators_, theirs.estimator_weights_, strict=True):
        weight *= np.exp(alpha * (tree.predict(X) != y))
    assert ours.rounds_[-1].weight == pytest.approx(weight / weight.sum(), abs=1e-12)
    assert (ours.predict(X) == theirs.predict(X)).all()


rows_of = st.lists(st.tuples(st.booleans(), st.floats(0.001, 1), st.floats(0.01, 1)), min_size=2, max_size=30)


@given(rows_of, st.sampled_from(["fan", "unit"]))
def test_dearer_rows_gain_more_when_wrong_and_lose_no_more_when_right(
    rows: list[tuple[bool, float, float]], beta: str
) -> None:
    sign, cost, weight = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    sign, weight = 2 * sign - 1, weight / weight.sum()
    found = adacost_round(sign, cost, weight, beta)
    assert found.weight.sum() == pytest.approx(1) and ((found.beta >= 0) & (found.beta <= 1)).all()
    if found.r <= 0:
        return
    growth = found.weight / weight
    for side in (-1, 1):
        order = np.flatnonzero(sign == side)[np.argsort(cost[sign == side])]
        assert (np.diff(growth[order]) >= -1e-9 * growth[order][:-1]).all()


def test_the_cost_of_training_is_below_its_bound() -> None:
    X, y, costs = people(400)
    model = AdaCost("fan", rounds=20, categorical=(3,)).fit(X, y, **costs)
    c = np.where(y == 1, costs["fn"], costs["fp"])
    bound = c.sum() * np.prod([found.z for found in model.rounds_])
    assert model.rounds_
    assert c[model.predict(X) != y].sum() <= bound + 1e-9


def test_boosting_that_has_no_edge_says_what_is_dearer() -> None:
    X, y = np.zeros((10, 1)), np.array([1] * 3 + [0] * 7)
    dear, cheap = (AdaCost().fit(X, y, fp=1.0, fn=fn) for fn in (9.0, 1.0))
    assert dear.predict(X).all() and not cheap.predict(X).any()


def test_a_perfect_learner_ends_boosting() -> None:
    X = np.arange(10.0)[:, None]
    model = AdaCost("unit", depth=1).fit(X, X[:, 0] > 6)
    assert len(model.estimators_) == 1 and np.isfinite(model.alphas_).all()
    assert (model.predict(X) == (X[:, 0] > 6)).all()


def test_a_wrong_beta_is_refused() -> None:
    with pytest.raises(ValueError, match="beta"):
        AdaCost("ting").fit([[0.0], [1.0]], [0, 1])


def test_rates_of_elkan() -> None:
    assert keep_rate(1 / 11) == pytest.approx(0.1)
    assert keep_rate(0.5, 0.5) == 1.0
    assert round(float(corrected(0.5, 0.1)), 6) == 0.090909


@given(st.floats(0.001, 0.999), st.floats(0.001, 50))
def test_a_corrected_chance_is_the_one_before_sampling(p: float, kept: float) -> None:
    sampled = p / (p + kept * (1 - p))
    assert float(corrected(sampled, kept)) == pytest.approx(p, rel=1e-9)


def test_under_sampling_keeps_stayers_by_cost_and_tells_chances_of_everybody() -> None:
    X, y, costs = people(6000)
    model = UnderSampling(categorical=(3,)).fit(X, y, **costs)
    assert model.kept_ == pytest.approx(costs["fp"][y == 0].mean() / costs["fn"][y == 1].mean())
    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), rel=0.08)
    one = UnderSampling(categorical=(3,), bags=1).fit(X, y, **costs)
    sampled = one.estimators_[0].predict_proba(X)[:, 1]
    assert ((sampled > 0.5) == one.predict(X)).all(), "one draw cuts at one half of what it sees"


def test_under_sampling_leaves_out_churners_where_stayers_are_dearer() -> None:
    X, y, _ = people(3000)
    model = UnderSampling(TREE).fit(X, y, fp=3.0, fn=1.0)
    assert model.kept_ == pytest.approx(3.0)
    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), rel=0.15)


def test_rejection_keeps_rows_by_their_cost() -> None:
    X, y, costs = people()
    model = RejectionSampling(TREE, quantile=1.0).fit(X, y, **costs)
    error = np.where(y == 1, costs["fn"], costs["fp"])
    assert model.acceptance_ == pytest.approx(error / error.max())
    assert len(model.estimators_) == 10


def test_metacost_labels_by_least_expected_cost() -> None:
    X, y, costs = people(800)
    model = MetaCost(DummyClassifier(), bags=12, out_of_bag=False).fit(X, y, **costs)
    rng, chance = np.random.default_rng(0), 0.0
    for _ in range(12):
        chance += y[rng.integers(0, 800, 800)].mean() / 12
    assert (model.labels_ == (chance * costs["fn"] > (1 - chance) * costs["fp"])).all()
    assert (model.estimator_.classes_ == [0, 1]).all()


def test_minimum_risk_is_the_decision_of_least_expected_cost() -> None:
    X, y, costs = people()
    X = np.nan_to_num(X)
    model = MinimumRisk(LogisticRegression()).fit(X, y, **costs)
    p = LogisticRegression().fit(X, y).predict_proba(X)[:, 1]
    assert model.predict_proba(X)[:, 1] == pytest.approx(p)
    assert (model.predict(X, **costs) == (p * costs["fn"] > (1 - p) * costs["fp"])).all()
    assert (model.decide(X, CostMatrix.of(y.size, **costs)) == model.predict(X, **costs)).all()


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: f"{type(learner).__name__}-{learner.seed}")
def test_the_currency_changes_nothing_and_gaps_and_codes_are_taken(learner: CostLearner) -> None:
    X, y, costs = people(600)
    learner = type(learner)(**{**learner.get_params(deep=False), "categorical": (3,)})
    matrix = CostMatrix.of(y.size, **costs)
    told = learner.fit(X, y, **costs).decide(X, matrix)
    other = {name: cost * 8.0 for name, cost in costs.items()}
    assert (learner.fit(X, y, **other).decide(X, CostMatrix.of(y.size, **other)) == told).all()
    assert matrix.each(y, told).sum() < 0.5 * matrix.fn[y == 1].sum(), "half of what contacting nobody costs"


def test_categories_are_ordered_by_their_rates() -> None:
    X, y, _ = people(3000)
    rates = CategoryRates((3,)).fit(X, y, np.ones(y.size))
    found = rates.transform(np.array([[0, 0, 0, code, 0] for code in range(7)], dtype=np.float32))[:, 3]
    assert found[[0, 3, 4]].min() > found[[1, 2, 5]].max() and np.isnan(found[6])
    assert np.isnan(CategoryRates((4,)).fit(X, y, np.ones(y.size)).transform(X)[:, 4]).all()


def test_calibrated_adamec_says_how_likely_leaving_is() -> None:
    X, y, costs = people(6000)
    p = CalibratedAdaMEC(rounds=30, categorical=(3,)).fit(X, y, **costs).predict_proba(X)[:, 1]
    for low, high in ((0, 0.2), (0.2, 0.5), (0.5, 1)):
        part = (p >= low) & (p < high)
        assert p[part].mean() == pytest.approx(y[part].mean(), abs=0.06)


def test_one_class_is_refused_and_costs_that_are_all_nothing_do_no_harm() -> None:
    with pytest.raises(ValueError, match="class"):
        AdaCost().fit([[0.0], [1.0]], [1, 1])
    X, y, _ = people(300)
    for learner in LEARNERS:
        found = learner.fit(X, y, fp=0.0, fn=0.0).predict(X)
        assert found.shape == y.shape
