"""What the stages do around learners that know costs does not hang on how much those learn."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
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
