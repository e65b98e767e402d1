"""What every test shares."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# The same examples everywhere, and no clock: a slow machine is no defect.
settings.register_profile("telcli", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("telcli")

# Workers of one run share the processors: one with threads of its own would only wait for the others.
if "PYTEST_XDIST_WORKER" in os.environ:
    for threads in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(threads, "1")

# One key of pseudonyms for all: nothing is made in the home of whoever runs the tests.
os.environ["TELCLI_KEY"] = "5e" * 32


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """No test outlives a power cut; commands that tests start as processes of their own still write for good."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield
