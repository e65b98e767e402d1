"""Purge, in workbooks of tasks: one person's rows go, and a book that was filled in still counts as that."""

import dataclasses
import hashlib
from pathlib import Path

import openpyxl

from telcli.pipeline.provenance import Manifest, Part
from telcli.pipeline.purged_sheets import sheets_without
from telcli.pipeline.task_sheets import render
from telcli.pipeline.workdir import Workdir
from tests.stages.outcome_sheets import planned


def test_rows_of_one_person_leave_and_a_filled_book_stays_filled(tmp_path: Path) -> None:
    plan = planned({}, {}, {"manager_id": "M2"}, {"manager_id": "M2"}, {"manager_id": "M3"})[0]
    folder, staging = tmp_path / "tasks/as_of=2024-06-01", tmp_path / "staging"
    folder.mkdir(parents=True)
    staging.mkdir()
    files = {}
    for name, content in render(plan, "en").items():
        (folder / name).write_bytes(content)
        path = f"tasks/as_of=2024-06-01/{name}"
        files[path] = Part(path, hashlib.sha256(content).hexdigest(), 0, len(content))
    manifest = dataclasses.replace(Manifest.read(tmp_path / "none"), files=files)
    first, second, third = files
    book = openpyxl.load_workbook(tmp_path / second)
    book.worksheets[0].cell(2, 11, "accepted")
    book.save(tmp_path / second)
    found = sheets_without(Workdir(tmp_path), manifest, ["C001", "C003"], {"R2406-00002", "R2406-00004"}, staging)
    assert list(found.staged) == list(found.parts) == [first, second]
    assert found.gone == ()
    staged = {path: hashlib.sha256(place.read_bytes()).hexdigest() for path, place in found.staged.items()}
    assert found.parts[first].sha256 == staged[first] != files[first].sha256
    assert found.parts[second] == files[second]  # what stands there has another hash: it was filled in
    sheet = openpyxl.load_workbook(found.staged[second]).worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["R2406-00003"]
    assert sheet.cell(2, 11).value == "accepted"
    alone = sheets_without(Workdir(tmp_path), manifest, ["C004"], {"R2406-00005"}, staging)
    assert (alone.gone, list(alone.staged)) == ((third,), [])
