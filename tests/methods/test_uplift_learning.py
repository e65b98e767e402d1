"""The uplift model on planted effects, on none, against algebra by hand, and through a file."""

import numpy as np
import pytest
from scipy.special import expit

from telcli.errors import DataError
from telcli.io.model_file import read, write
from telcli.methods.threads import threads
from telcli.methods.uplift_basis import UpliftBasis
from telcli.methods.uplift_curve import qini
from telcli.methods.uplift_learners import LEARNERS, LineEffect, Rows, logistic
from telcli.methods.uplift_learning import UpliftModel, doubly_robust, out_of_fold


def trial(rows, seed, effect, hold=0.3, offers=2):
    """A made-up trial: numbers, offer, arm, outcome, true effect; the first number alone tells who leaves."""
    rng = np.random.default_rng(seed)
    X, offer = rng.normal(size=(rows, 6)), rng.integers(0, offers, rows)
    X[:, 5] = rng.random(rows) < 0.3
    X[rng.random(rows) < 0.1, 4] = np.nan
    treated = rng.random(rows) > hold
    stay = 1 - expit(-1.3 + 0.7 * X[:, 0])
    gain = np.clip(effect(X, offer), -stay, 1 - stay)
    stayed = rng.random(rows) < stay + gain * treated
    return X, np.char.add("offer-", offer.astype(str)), treated, stayed, gain


def dogs(X, offer):
    return np.where(X[:, 5] > 0, -0.1, 0.1)


def nothing(X, offer):
    return np.zeros(len(X))


@pytest.fixture(scope="module")
def seen():
    X, offers, treated, stayed, _ = trial(6000, 1, dogs)
    return X, treated, stayed, offers


@pytest.fixture(scope="module")
def model(seen):
    return UpliftModel(folds=3).fit(*seen, propensity=0.7, seed=3)


def oracle_share(score, gain):
    """Where a score stands between a random order (0) and that of the true effects (1), by cumulated true effect."""

    def area(order):
        return np.cumsum(gain[np.argsort(-order, kind="stable")]).mean() - gain.sum() / 2

    return area(score) / area(gain)


def test_planted_differences_are_found_nearly_as_well_as_by_the_truth(model):
    X, offers, treated, stayed, gain = trial(4000, 2, dogs)
    found = model.predict(X, offers)
    assert model.kind_ == "varied" and oracle_share(found, gain) > 0.8
    assert np.sqrt(np.mean((found - gain) ** 2)) < 0.7 * gain.std()
    assert found[X[:, 5] == 1].mean() < 0 < found[X[:, 5] == 0].mean()
    assert qini(stayed, treated, found).to_random > 0.01


@pytest.mark.parametrize("seed", [0, 1])
def test_without_an_effect_the_model_is_one_small_number_for_each_offer(seed):
    X, offers, treated, stayed, _ = trial(3000, seed, nothing)
    found = UpliftModel(folds=3).fit(X, treated, stayed, offers, propensity=0.7)
    assert found.kind_ == "constant" and found.weights_ == {}
    assert len(set(found.predict(X, offers).tolist())) <= 2
    assert np.abs(found.predict(X, offers)).max() < 0.06


def test_offers_are_drawn_to_each_other_and_an_unknown_one_has_their_mean():
    X, offers, treated, stayed, _ = trial(3000, 5, lambda X, offer: 0.15 * offer)
    found = UpliftModel(folds=2).fit(X[:, :0], treated, stayed, offers, propensity=0.7)
    (low, _, low_drawn), (high, _, high_drawn) = found.effects_["offer-0"], found.effects_["offer-1"]
    assert low <= low_drawn < found.mean_ < high_drawn <= high
    assert found.predict(X[:1, :0], ["another"]).tolist() == [found.mean_]


def test_the_same_seed_gives_the_same_effects_in_any_batch(seen, model):
    X, _, _, offers = seen
    again = UpliftModel(folds=3).fit(*seen, propensity=0.7, seed=3)
    whole = model.predict(X, offers)
    assert (again.predict(X, offers) == whole).all()
    assert (model.predict(X[7:19], offers[7:19]) == whole[7:19]).all()
    assert (np.abs(whole) <= 1).all()


def test_a_saved_model_reads_back_and_foresees_the_same(seen, model, tmp_path):
    X, _, _, offers = seen
    write(tmp_path / "uplift", model, {"trusted": True})
    back, about = read(tmp_path / "uplift")
    assert about["trusted"] and (back.predict(X, offers) == model.predict(X, offers)).all()
    first = (tmp_path / "uplift.skops").read_bytes()
    write(tmp_path / "uplift", back, {"trusted": True})
    assert (tmp_path / "uplift.skops").read_bytes() == first


def test_out_of_fold_effects_rank_and_never_see_their_own_customer(seen):
    X, treated, stayed, offers = (part[:2000] for part in seen)
    found = out_of_fold(X, treated, stayed, offers, propensity=0.7, folds=2)
    assert qini(stayed, treated, found).to_random > 0
    turned = stayed.copy()
    turned[0] = ~turned[0]
    other = out_of_fold(X, treated, turned, offers, propensity=0.7, folds=2)
    owner = np.arange(2000)
    ours = found - other
    assert ours[0] == pytest.approx(ours.mean(), abs=2e-3)  # only the level, which all rows share
    assert out_of_fold(X, treated, stayed, offers, propensity=0.7, folds=2, groups=owner).tolist() == found.tolist()


def test_two_regressions_on_cells_give_the_difference_of_their_means():
    rng = np.random.default_rng(0)
    cell, treated = (rng.random(20000) < 0.5).astype(float), (rng.random(20000) < 0.5).astype(float)
    stayed = (rng.random(20000) < 0.5 + 0.2 * cell * treated).astype(float)
    design = np.column_stack([np.ones(20000), cell])
    held, contacted = (logistic(design[treated == arm], stayed[treated == arm], np.full(2, 1e-9)) for arm in (0, 1))
    found = expit(contacted @ [1, 1]) - expit(held @ [1, 1])
    inside = cell == 1
    by_hand = stayed[inside & (treated == 1)].mean() - stayed[inside & (treated == 0)].mean()
    assert found == pytest.approx(by_hand, abs=1e-9)


def test_pseudo_outcomes_are_those_by_hand_and_their_mean_is_the_effect():
    stayed, treated = np.array([1.0, 0.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0, 0.0])
    found = doubly_robust(stayed, treated, np.full(4, 0.5), np.full(4, 0.6), np.full(4, 0.4))
    # 0.2 + (1 - 0.6) / 0.5, 0.2 - 0.6 / 0.5, 0.2 - (1 - 0.4) / 0.5, 0.2 + 0.4 / 0.5
    assert found.tolist() == pytest.approx([1.0, -1.0, -1.0, 1.0])
    # whatever is foreseen, with the true chance the mean over both arms of a pair is the difference of their means
    for m1, m0 in ((0.0, 0.0), (0.9, 0.2)):
        pair = doubly_robust(
            np.array([1.0, 0.0]), np.array([1.0, 0.0]), np.full(2, 0.5), np.full(2, m1), np.full(2, m0)
        )
        assert pair.mean() == pytest.approx(1.0)


def test_the_class_transformation_is_kuenzel_and_jaskowski_at_equal_arms():
    """At e = 1/2 the learner foresees 2 P(z = 1) - 1 (Jaskowski and Jaroszewicz 2012), here the mean of 2 z - 1."""
    rng = np.random.default_rng(4)
    treated, stayed = (rng.random(4000) < 0.5).astype(float), (rng.random(4000) < 0.6).astype(float)
    none = np.zeros((4000, 0))
    half = np.full(4000, 0.5)
    rows = Rows(none, none, stayed, treated, half, stayed, np.ones(4000))
    effect = LEARNERS[("class",)](rows)["class"].of(none, none)
    assert effect[0] == pytest.approx(2 * np.mean(stayed == treated) - 1, abs=1e-6)


def test_ranks_do_not_feel_units_or_outliers_and_alike_gaps_share_a_column():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 3))
    X[:40, 1:] = np.nan
    offers = np.zeros(300, dtype=np.int64)
    basis = UpliftBasis().fit(X, offers)
    assert basis.width_ == 4 and basis.own(basis.transform(X), offers).shape == (300, 0)
    scaled = UpliftBasis().fit(X * 1024.0, offers)
    np.testing.assert_allclose(scaled.transform(X * 1024.0), basis.transform(X), atol=1e-12)
    assert np.abs(basis.transform(np.full((1, 3), 1e9))).max() <= 3.0


def test_effects_of_a_line_are_summed_alike_in_any_batch():
    rng = np.random.default_rng(2)
    parts, own = rng.normal(size=(64, 5)), rng.normal(size=(64, 3))
    effect = LineEffect(rng.normal(size=9))
    np.testing.assert_allclose(effect.of(parts, own), np.hstack([np.ones((64, 1)), parts, own]) @ effect.weights)
    with threads(1):
        assert (effect.of(parts, own)[5:7] == effect.of(parts[5:7], own[5:7])).all()


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_a_trial_without_chance_or_without_an_arm_is_refused(seen, chance):
    X, treated, stayed, offers = seen
    with pytest.raises(DataError, match="by chance"):
        UpliftModel().fit(X, treated, stayed, offers, propensity=chance)
    with pytest.raises(DataError, match="by chance"):
        UpliftModel().fit(X, np.ones(len(X)), stayed, offers, propensity=0.5)
