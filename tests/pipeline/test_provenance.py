"""The text of the manifest holds what it is of, whatever that is, and grows as what it is of does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.errors import DataError
from telcli.pipeline.provenance import Basis, Manifest, Move, Part, Record
from tests.resealed import reseal

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner), max_leaves=12
)


@given(st.dictionaries(st.text(), ANYTHING))
def test_any_content_comes_back_and_is_laid_out_one_way(content: dict[str, Any]) -> None:
    nothing: dict[str, Any] = {"files": {}, "format": 2, "inputs": [], "key_id": "", "pending": [], "stages": {}}
    nothing |= {"suppressed": [], "let_go": {}}
    text = Manifest(loads=(content,)).to_json()
    body = json.loads(text)
    del body["seal"]
    assert body == json.loads(json.dumps({**nothing, "loads": [content], "tables": {}}))
    turned = dict(reversed(content.items()))
    assert Manifest(loads=(turned,)).to_json() == text
    assert json.dumps(body, ensure_ascii=False, sort_keys=True) == json.dumps(body, ensure_ascii=False)


def test_what_it_names_is_written_by_its_fields() -> None:
    body = json.loads(Manifest({"t": {"": Part("a/b", "hash", 1, 2)}}, pending=(Move("", "a/客户"),)).to_json())
    assert body["tables"] == {"t": {"": {"path": "a/b", "sha256": "hash", "rows": 1, "bytes": 2, "contract": ""}}}
    assert body["pending"] == [{"source": "", "target": "a/客户"}]


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_cannot_hold_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        Manifest(loads=({"rate": number},)).to_json()


def records(months: int, tables: int = 8) -> dict[str, Record]:
    """Records of a stage that reads every month up to its own of some tables."""
    read = [f"2{month:03}-01-01" for month in range(months)]
    files = {
        month: {f"t{number}/month={month}/part-0.parquet": f"{number:064}" for number in range(tables)}
        for month in read
    }
    found = {}
    for at, month in enumerate(read):
        inputs = {path: sha for one in read[: at + 1] for path, sha in files[one].items()}
        basis = Basis("1", {}, 0, month, inputs | {"metrics of ingest": "x", "saved model": "a b"}, {})
        found[month] = Record(basis, month, {}, {}, 0, 0, 0, 0, {}, ())
    return found


def test_what_records_depended_on_comes_back_whole(tmp_path: Path) -> None:
    made = Manifest(stages={"segment": records(5), "ingest": {"": records(1)["2000-01-01"]}})
    (tmp_path / "manifest.json").write_text(made.to_json(), encoding="utf-8")
    read = Manifest.read(tmp_path / "manifest.json")
    assert read == made
    assert read.to_json() == made.to_json()


def test_a_month_more_costs_the_manifest_the_same_however_many_there_are() -> None:
    sizes = [len(Manifest(stages={"segment": records(months)}).to_json()) for months in (20, 21, 60, 61)]
    assert sizes[3] - sizes[2] < 1.2 * (sizes[1] - sizes[0])


def test_a_manifest_with_inputs_by_record_is_still_read(tmp_path: Path) -> None:
    made = Manifest(stages={"segment": records(3)})
    body = json.loads(made.to_json())
    for month, record in made.stages["segment"].items():
        body["stages"]["segment"][month]["basis"]["inputs"] = dict(record.basis.inputs)
    del body["inputs"], body["seal"]
    (tmp_path / "manifest.json").write_text(json.dumps({**body, "format": 1}), encoding="utf-8")
    assert Manifest.read(tmp_path / "manifest.json") == made


@pytest.mark.parametrize("places", ["0-99", "7-3", "-1", "x"])
def test_places_that_are_not_in_the_list_are_damage(places: str, tmp_path: Path) -> None:
    text = Manifest(stages={"segment": records(1)}).to_json().replace('"0-9"', json.dumps(places))
    reseal(tmp_path / "manifest.json", json.loads(text))
    with pytest.raises(DataError, match="damaged: ValueError"):
        Manifest.read(tmp_path / "manifest.json")
