"""One made-up month, its figures and its pages, made once."""

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
def parts(made: Report) -> list[Section]:
    return sections(made)
