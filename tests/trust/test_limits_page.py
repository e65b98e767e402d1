"""The page of limits says what the code goes by."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from telcli.io import (
    archive,
    database_drivers,
    given_file,
    html_extract,
    json_stream,
    limits,
    model_file,
    workbook_trial,
)
from telcli.pipeline import left_alone, one_table, opening, provenance, secret, sources
from telcli.settings import IngestSettings
from telcli.settings.toml_text import LARGEST
from telcli.tables import condition

PAGE = Path(__file__).parents[2] / "docs" / "limits.md"


def mb(size: int) -> str:
    return f"{size >> 30} GB" if size >= 1 << 30 else f"{size >> 20} MB"


ROWS = {
    "columns of a table": f"{IngestSettings().most_columns:,} (`most_columns` in `[ingest]`, up to {limits.COLUMNS:,})",
    "one line of a text": mb(limits.LINE),
    "lines of a text that are blank or too short": f"{limits.RAGGED:,}",
    "tables of a workbook or a web page": f"{limits.SHEETS}",
    "one text in a workbook": mb(limits.TEXT),
    "all texts of a workbook, shared ones counted for each cell": mb(limits.TEXTS),
    "blank cells of a web page, merged and skipped ones": f"{limits.CELLS:,}",
    "a web page": mb(html_extract._LARGEST),
    "an .xls or .xlsb workbook, tried in a process of its own first": f"{mb(workbook_trial._MEMORY)} of memory; "
    f"{workbook_trial._SECONDS} s and {workbook_trial._SECONDS_PER_MB} s for each MB",
    "one record of JSON": mb(json_stream._LONGEST),
    "what comes out of an archive": f"{mb(archive._SURE)}, or {archive._RATIO} times its size",
    "files in an archive": f"{archive._MEMBERS:,}",
    "the list of files in an archive": mb(limits.LISTING),
    "archives in archives": f"{opening._DEEPEST}",
    "one row of an SQLite file": mb(database_drivers.VALUE),
    "what comes out of an SQLite file": f"{mb(database_drivers._SURE)}, or {database_drivers._TIMES} times its size",
    "time that an SQLite file takes": f"{database_drivers._PATIENCE} s of processor time, and 1 s for each MB",
    f"a source of more than {mb(sources._HOLLOW)} of which next to nothing was written": "-",
    "telcli.toml, mapping files, calendars and totals as TOML": mb(LARGEST),
    "lists of `--allow`, `--known`, `--tariffs` and the like": mb(one_table.MOST),
    "the list of `--suppress`": mb(left_alone.MOST),
    "sheets of tasks and of experience, workbooks of weights": mb(given_file.BOOK),
    "manifest.json": mb(provenance.MOST),
    "a model": mb(model_file.MOST),
    "the file of the key": mb(secret._MOST),
    "a condition (`--where`, rules in telcli.toml)": f"{condition.MOST_SIGNS:,} letters, "
    f"{condition.MOST_WORDS} operators",
}


def told() -> dict[str, tuple[str, str]]:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    return {what: (most, codes) for what, most, codes in rows if what not in ("what is read",)}


def test_every_limit_is_that_of_the_code() -> None:
    assert {what: most for what, (most, _) in told().items()} == ROWS


@pytest.mark.parametrize("what", ROWS)
def test_every_code_of_a_refusal_is_one(what: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (PAGE.parents[1] / "telcli").rglob("*.py")]
    for code in re.findall(r"`([a-z-]+)`", told()[what][1]):
        assert any(f'"{code}"' in text for text in texts), code
