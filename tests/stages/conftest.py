"""What the stages do around searches and learners does not hang on how long those search and how much they learn."""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.coarser import coarser_churn_models


@pytest.fixture(scope="package", autouse=True)
def smaller_cost_learners() -> Iterator[None]:
    """The same methods, of few rounds, bags and small trees."""
    from sklearn.base import clone
    from sklearn.tree import DecisionTreeClassifier

    from telcli.stages import predict_churn_trials

    tree = DecisionTreeClassifier(max_depth=3, random_state=0)
    small = {"rounds": 4, "bags": 2}
    methods = {}
    for name, learner in predict_churn_trials.METHODS.items():
        have = learner.get_params(deep=False)
        fewer = {key: value for key, value in small.items() if key in have}
        methods[name] = clone(learner).set_params(**fewer, **({"estimator": tree} if "bags" in have else {}))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(predict_churn_trials, "METHODS", methods)
        yield


@pytest.fixture(scope="package", autouse=True)
def coarser_models() -> Iterator[None]:
    """See `coarser_churn_models`."""
    with coarser_churn_models():
        yield


@pytest.fixture(scope="package", autouse=True)
def shorter_searches_for_segments() -> Iterator[None]:
    """Each number of segments is measured as ever: on fewer rows, fewer drawn anew, against fewer reference sets."""
    from telcli.methods import cluster_count

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cluster_count, "gap_statistics", partial(cluster_count.gap_statistics, rounds=4))
        patched.setattr(cluster_count, "bootstrap_jaccard", partial(cluster_count.bootstrap_jaccard, rounds=3))
        patched.setattr(cluster_count, "_STABILITY_ROWS", 1_000)
        patched.setattr(cluster_count, "_GAP_ROWS", 400)
        yield
