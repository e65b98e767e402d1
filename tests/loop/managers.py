"""How account managers of the simulated operator fill in their sheets: as people do, with slips and gaps."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from tests.loop.operator import OFFERS, RESULTS, Operator, month_of

__all__ = ["contacts_of", "fill", "row_of"]

_SLIPS = ({"result": "talked to him"}, {"contacted_on": "soon"}, {"result": "accepted", "contacted_on": None})
"""What stands where a manager slipped: a word that means nothing, no date, none at all."""
_HEADERS = {"task_id": "Task", "result": "Result", "contacted_on": "Contacted on", "channel": "Channel used"}
_HEADERS |= {"cost": "Cost", "note": "Note"}


def row_of(customer_id: str) -> int:
    """The row of a customer in the world's arrays.

    >>> row_of("C000042")
    42
    """
    return int(customer_id[1:])


def contacts_of(plan: pl.DataFrame) -> dict[int, str]:
    """Whom a plan has contacted, by row, with which offer: nobody who is held out."""
    contacted = plan.filter(pl.col("action") == "offer").select("customer_id", "offer_id")
    return {row_of(customer): offer for customer, offer in contacted.iter_rows()}


def fill(world: Operator, tasks: pl.DataFrame, sheets: Path, filled: Path) -> dict[str, int]:
    """Fill in each workbook of a folder for the month to come, into another folder; rows by what became of them.

    `tasks` is retention_tasks of the plan: what the sheets say of a customer is masked, a manager knows who it is.
    """
    filled.mkdir(parents=True, exist_ok=True)
    known = {task: (row_of(customer), offer) for task, customer, offer in _tasks(tasks)}
    counts = dict.fromkeys(RESULTS, 0)
    for sheet in sorted(sheets.glob("*.xlsx")):
        book = openpyxl.load_workbook(sheet)
        page = book.worksheets[0]
        column = {cell.value: cell.column for cell in page[1]}
        for line in range(2, page.max_row + 1):
            task = page.cell(line, column[_HEADERS["task_id"]]).value
            if task not in known:
                continue
            what, words = said(world, *known[task])
            counts[what] += 1
            for field, value in words.items():
                page.cell(line, column[_HEADERS[field]]).value = value
        book.save(filled / sheet.name)
    return counts


def _tasks(tasks: pl.DataFrame) -> list[tuple[str, str, str]]:
    return tasks.select("task_id", "customer_id", "offer_id").rows()


def said(world: Operator, row: int, offer: str) -> tuple[str, dict[str, Any]]:
    """What became of a task in the month to come, and what its manager writes of it."""
    month = world.now + 1
    what = RESULTS[world.result(month)[row]]
    luck = float(world.x[row, world.at(month)])
    if what == "undone":
        return what, {}
    taken = bool(world.accepts(offer, month)[row])
    result = "accepted" if taken else "refused" if luck < 0.7 else "thinking"
    if what == "unreachable":
        taken, result = False, "unreachable"
    day = _day(month, luck, late=what == "late")
    cost = OFFERS[offer].contact + (OFFERS[offer].cost if taken else 0.0)
    words = {"result": result, "contacted_on": day, "channel": "outbound call", "cost": cost}
    if luck < 0.1:
        words["note"] = "asked to be called in the evening"
    return what, words | (_SLIPS[int(luck * 997) % len(_SLIPS)] if what == "mistaken" else {})


def _day(month: int, luck: float, *, late: bool) -> date:
    """A day of the month: within the first half, or at its end where it came too late to change anything."""
    return month_of(month) + timedelta(int(25 + 3 * luck) if late else int(1 + 3 * luck))
