"""One hash for the same figures: in both languages, every kind of file, any order of rows, any number of threads."""

import io
import json
import os
import subprocess
import sys
from datetime import date

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.figures.base import SCHEMA
from telcli.report import Report, build, page, summary
from telcli.report.blocks import Section
from telcli.report.book import as_book
from telcli.report.outline import as_json, as_markdown
from telcli.settings import ReportSettings
from telcli.stages.report import report
from telcli.tables.content_hash import content_hash
from tests.report import example

SMALL = 300
AGAIN = f"""
from telcli.settings import ReportSettings
from telcli.stages.report import report
from tests.report import example
print(report(example.inputs(example.tables({SMALL})), ReportSettings()).metrics["content_hash"])
"""


@pytest.fixture(scope="module")
def known() -> str:
    return str(report(example.inputs(example.tables(SMALL)), ReportSettings()).metrics["content_hash"])


def test_every_file_in_both_languages_and_the_screen_bear_the_same_hash(
    figures: pl.DataFrame, made: Report, parts: list[Section]
) -> None:
    whole = content_hash(figures, "CNY")
    assert made.content_hash == whole == content_hash(figures.sample(fraction=1.0, shuffle=True, seed=3), "CNY")
    assert json.loads(as_json(made))["content_hash"] == whole
    assert whole in as_markdown(made, parts).decode().splitlines()[-1]
    assert whole in page.render(made, parts).decode()
    assert whole[:16] in list(summary(made))[-1]
    book = openpyxl.load_workbook(io.BytesIO(as_book(made, parts)))
    assert book.custom_doc_props["content_hash"].value == whole
    assert whole in [cell.value for row in book.worksheets[0].iter_rows() for cell in row]


def test_tables_whose_rows_come_in_another_order_give_the_same_hash(known: str) -> None:
    tables = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=number)
        for number, (name, frame) in enumerate(example.tables(SMALL).items())
    }
    assert report(example.inputs(tables), ReportSettings()).metrics["content_hash"] == known


def test_one_more_cent_gives_another_hash(known: str) -> None:
    tables = example.tables(SMALL)
    rows = tables["customer_months"].with_row_index("n")
    more = pl.when(pl.col("n") == 0).then(pl.col("revenue") + 0.01).otherwise("revenue")
    tables["customer_months"] = rows.with_columns(revenue=more).drop("n")
    assert report(example.inputs(tables), ReportSettings()).metrics["content_hash"] != known
    assert build(example_rows([1.0]), lang="en", currency="USD").content_hash != (
        build(example_rows([1.0]), lang="en", currency="CNY").content_hash
    )


@pytest.mark.slow
@pytest.mark.parametrize("threads", ["1", "3"])
def test_threads_and_seeds_of_hashes_do_not_count(known: str, threads: str) -> None:
    told = os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": threads}
    ran = subprocess.run([sys.executable, "-c", AGAIN], env=told, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == known


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_any_figure_counts_and_noise_in_its_last_digits_does_not(values: list[float], place: int) -> None:
    at = place % len(values)
    other = [value + max(abs(value), 1.0) if n == at else value for n, value in enumerate(values)]
    assert content_hash(example_rows(values), "CNY") != content_hash(example_rows(other), "CNY")
    noisy = [round(float(f"{value:.9g}"), 300) for value in values]
    assert content_hash(example_rows(noisy), "CNY") == (
        content_hash(example_rows([value * (1 + 2e-16) for value in noisy]), "CNY")
    )


def example_rows(values: list[float]) -> pl.DataFrame:
    rows = [(date(2024, 6, 1), "kpi", number, "customers", value, None, None) for number, value in enumerate(values)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
