"""What every test shares."""

import gc
import importlib
import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import settings

from tests.json_shape import watched

# The same examples everywhere, and no clock: a slow machine is no defect.
# Whoever changes what a property is about tries more of them: TELCLI_EXAMPLES=400.
settings.register_profile(
    "telcli", deadline=None, derandomize=True, max_examples=int(os.environ.get("TELCLI_EXAMPLES", "25"))
)
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
    *("tests/pipeline/test_spark.py", "tests/trust/test_scanner.py", "tests/examples/test_schedules.py"),
)
"""What takes long by itself comes first, so that no worker is left with it when the others have done."""


def pytest_configure(config: pytest.Config) -> None:
    """Files are handed out to workers in the order below; by the number of tests long files of few would come last."""
    config.option.loadscopereorder = False


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """What is imported and collected stays: looking for garbage among it took a fifth of the time."""
    gc.disable()
    try:
        if session.config.args_source is pytest.Config.ArgsSource.TESTPATHS:
            _from_the_other_end(session.config)
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def _from_the_other_end(config: pytest.Config) -> None:
    """Worker 1 brings in the last file of tests first: in a fresh checkout each is compiled by one worker, not by both.

    What cannot be brought in is told by the collection that follows.
    """
    if os.environ.get("PYTEST_XDIST_WORKER") != "gw1":
        return
    aside = [config.rootpath / ignored for ignored in config.getoption("ignore") or ()]
    for file in sorted((config.rootpath / "tests").rglob("test_*.py"), reverse=True):
        if not any(file.is_relative_to(folder) for folder in aside):
            name = ".".join(file.relative_to(config.rootpath).with_suffix("").parts)
            with suppress(Exception, pytest.skip.Exception):
                importlib.import_module(name)


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
