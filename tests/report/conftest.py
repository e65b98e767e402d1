"""One made-up month, its figures and its pages, made once."""

import os
import pickle
from pathlib import Path

import polars as pl
import pytest

from telcli.report import Report, build
from telcli.report.blocks import Section
from telcli.report.sections import sections
from telcli.settings import ReportSettings
from telcli.stages.report import report
from tests.report import example


@pytest.fixture(scope="session")
def figures() -> pl.DataFrame:
    return report(example.inputs(example.tables()), ReportSettings()).tables["report_figures"].collect()


@pytest.fixture(scope="session", params=["en", "zh"])
def made(request: pytest.FixtureRequest, figures: pl.DataFrame) -> Report:
    return build(figures, lang=request.param, currency="CNY")


@pytest.fixture(scope="session")
def of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that all workers of this run share, and no other run has."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def parts(made: Report, of_this_run: Path) -> list[Section]:
    """Drawn once in each language: pytest lets go of one language's as often as a test wants the other's."""
    file = of_this_run / f"parts-{made.lang}-{made.content_hash[:16]}"
    if not file.exists():
        own = file.with_name(f"{file.name}-{os.getpid()}")
        own.write_bytes(pickle.dumps(sections(made)))
        own.replace(file)
    found: list[Section] = pickle.loads(file.read_bytes())  # noqa: S301 - of this run
    return found
