"""A plan made up for tests, its sheets, and sheets filled in."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from telcli.features.task_words import tasks
from telcli.io.task_book import read
from telcli.pipeline.task_sheets import render
from telcli.settings import ImportOutcomesSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.import_outcomes import import_outcomes
from telcli.tables.opened import Opened
from telcli.tables.task_sheet import HEADERS

JUNE, MAY = date(2024, 6, 1), date(2024, 5, 1)
OFFERS = pl.DataFrame(
    {"offer_id": ["bonus", "credit"], "name": ["Data bonus", "Credit"], "name_zh": ["流量赠送", "月租减免"]}
)
_COLUMNS = {field: at for at, field in enumerate(HEADERS, start=1)}


def planned(*told: dict[str, Any], month: date = JUNE) -> tuple[pl.DataFrame, pl.DataFrame]:
    """retention_tasks and retention_plan of rows that differ from a usual one as told."""
    fixed = {"as_of": month, "campaign_id": f"retention-{month:%Y-%m}", "strategy": "retain", "action": "offer",
             "held_out": False, "offer_id": "bonus", "channel": "phone", "manager_id": "M1", "expected_value": 5.0,
             "value_band": "high", "risk_band": "high", "theme": "price", "churn_probability": 0.5,
             "deadline": date(month.year, month.month + 1, 10)}  # fmt: skip
    rows = [{"customer_id": f"C{at:03}", **fixed, **row} for at, row in enumerate(told)]
    plan = pl.DataFrame(rows, infer_schema_length=None)
    return tasks(plan, OFFERS), plan


def sheet(rows: pl.DataFrame, *filled: dict[str, Any], lang: str = "en", name: str = "m1.xlsx") -> tuple[str, bytes]:
    """The workbook of the first manager, row by row with what is written over; None leaves a row as it is."""
    data = next(iter(render(rows, lang).values()))
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book.worksheets[0]
    for line, told in enumerate(filled, start=2):
        for field, value in told.items():
            page.cell(line, _COLUMNS[field]).value = value
    out = io.BytesIO()
    book.save(out)
    return name, out.getvalue()


def opened(folder: Path, *files: tuple[str, bytes]) -> tuple[Opened, ...]:
    found = []
    for name, data in files:
        place = folder / name
        place.write_bytes(data)
        found.append(read(name, place, folder / "scratch"))
    return tuple(found)


def run(
    plans: tuple[pl.DataFrame, pl.DataFrame],
    sheets: tuple[Opened, ...],
    held: Outcome | None = None,
    stands: str = "",
    **told: Any,
) -> Outcome:
    """The stage on a plan and sheets, with the outcomes of an earlier run held."""
    tables = {"retention_tasks": plans[0].lazy(), "retention_plan": plans[1].lazy()}
    tables |= {name: held.tables[name] for name in ("retention_outcomes", "outcome_rejects")} if held else {}
    inputs = Inputs(tables=tables, as_of=None, opened=sheets, choices=told)
    return import_outcomes(inputs, ImportOutcomesSettings(**({"stands": stands} if stands else {})))


def rows_of(found: Outcome, table: str) -> list[dict[str, Any]]:
    return found.tables[table].collect().to_dicts()


def rules(found: Outcome) -> list[tuple[int, str, str]]:
    return [(row["line"], row["rule"], row["column"]) for row in rows_of(found, "outcome_rejects")]
