"""The same methods with less work, for tests of what is around a model rather than of how good it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest


@contextmanager
def coarser_churn_models() -> Iterator[None]:
    """The same candidates, of fewer steps and pairs than the work would allow; intervals of fewer draws."""
    from telcli.methods import churn_evaluation, churn_fit

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(churn_fit, "_WAYS", ((16, 8), (16, 0), (8, 0), (4, 0)))
        for name in ("churn_intervals", "lift_intervals"):
            patched.setattr(churn_evaluation, name, partial(getattr(churn_evaluation, name), rounds=50))
        yield
