"""What every test shares."""

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.json_shape import watched

# The same examples everywhere, and no clock: a slow machine is no defect.
settings.register_profile("telcli", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("telcli")

# Workers of one run share the processors: one with threads of its own would only wait for the others.
if "PYTEST_XDIST_WORKER" in os.environ:
    for threads in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(threads, "1")

LONGEST = (
    *("tests/test_readme.py", "tests/test_docs.py", "tests/loop/test_loop.py"),
    *("tests/test_walk.py", "tests/pipeline/test_customer_months_added.py", "tests/trust/test_offline.py"),
    *("tests/test_canaries.py", "tests/methods/test_glkm.py", "tests/test_ingest_fuzz.py", "tests/loop/test_turns.py"),
    *("tests/stages/test_predict_churn.py", "tests/stages/test_predict_churn_costs.py", "tests/report/test_page.py"),
)
"""What takes long by itself comes first, so that no worker is left with it when the others have done."""


def pytest_configure(config: pytest.Config) -> None:
    """Files are handed out to workers in the order below; by the number of tests long files of few would come last."""
    config.option.loadscopereorder = False


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is imported and collected stays: looking for garbage among it took a fifth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; all others as they stand."""
    turn = {file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: turn.get(item.nodeid.partition("::")[0], len(turn)))


# One key of pseudonyms for all: nothing is made in the home of whoever runs the tests.
os.environ["TELCLI_KEY"] = "5e" * 32


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """No test outlives a power cut; commands that tests start as processes of their own still write for good."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture(scope="session")
def json_faults() -> Iterator[list[str]]:
    """What was wrong in any JSON that was printed; see `watched`."""
    with watched() as found:
        yield found


@pytest.fixture(autouse=True)
def json_as_documented(json_faults: list[str]) -> Iterator[None]:
    """JSON that a test made telcli print was as documented."""
    yield
    told, json_faults[:] = list(json_faults), []
    assert not told
