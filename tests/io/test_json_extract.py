"""JSON as extracts: lines, arrays, nested objects, lists of records."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from telcli.errors import DataError
from telcli.io import json_stream
from telcli.io.json_extract import read_json


def read(folder: Path, text: str | bytes) -> dict[str, list[dict[str, object]]]:
    path = folder / "a.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return {one.name: one.frame.collect().to_dicts() for one in read_json(path, folder / "scratch")}


def test_lines_keep_their_line_and_numbers_as_written(tmp_path: Path) -> None:
    text = '{"id": 110101199003072316, "fee": 12.50, "n": 7.0}\n\n{"id": "x", "fee": null, "new": true}\n'
    assert read(tmp_path, text) == {
        "a.json": [
            {"id": "110101199003072316", "fee": "12.50", "n": "7", "new": None, "_line": 1},
            {"id": "x", "fee": None, "n": None, "new": "true", "_line": 3},
        ]
    }


def test_names_of_hidden_columns_are_only_names(tmp_path: Path) -> None:
    found = read(tmp_path, '{"id": 1, "_line": "a", "sub": {"_ragged": "b"}}\n')["a.json"]
    assert found == [{"id": "1", "_line_": "a", "_ragged_": "b", "_line": 1}]


def test_an_array_over_many_lines(tmp_path: Path) -> None:
    text = "\ufeff" + json.dumps([{"id": 1, "x": ""}, {"id": 2, "x": "é, 中"}], indent=2, ensure_ascii=False)
    assert read(tmp_path, text)["a.json"] == [
        {"id": "1", "x": None, "_line": 1},
        {"id": "2", "x": "é, 中", "_line": 2},
    ]


def test_nested_objects_are_called_by_their_last_name_where_it_is_the_only_one(tmp_path: Path) -> None:
    text = json.dumps([{"id": 1, "phone": {"kind": "a"}, "net": {"id": 5, "speed": {"up": 2}}}, {"id": 2, "net": None}])
    assert read(tmp_path, text)["a.json"] == [
        {"id": "1", "phone kind": "a", "net.id": "5", "up": "2", "_line": 1},
        {"id": "2", "phone kind": None, "net.id": None, "up": None, "_line": 2},
    ]


def test_lists(tmp_path: Path) -> None:
    text = json.dumps(
        [{"name": "n", "customer_id": 1, "tags": ["a", 2, True], "lines": [{"no": 5, "use": [{"mb": 1}]}, {"no": 6}]}]
    )
    assert read(tmp_path, text) == {
        "a.json": [{"name": "n", "customer_id": "1", "tags": "a; 2; true", "_line": 1}],
        "a.json#lines": [
            {"customer_id": "1", "lines no": "5", "_line": 1},
            {"customer_id": "1", "lines no": "6", "_line": 2},
        ],
        "a.json#lines.use": [{"customer_id": "1", "lines no": "5", "mb": "1", "_line": 1}],
    }


def test_an_object_around_an_array(tmp_path: Path) -> None:
    text = json.dumps({"status": "ok", "result": {"rows": [{"id": 1}, {"id": 2}]}})
    assert [row["id"] for row in read(tmp_path, text)["a.json"]] == ["1", "2"]
    assert read(tmp_path / "..", '{"id": 1, "x": {"y": 2}}')["a.json"] == [{"id": "1", "y": "2", "_line": 1}]


def test_records_over_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_CHUNK", 7)
    rows = [{"id": number, "name": "中" * number} for number in range(30)]
    found = read(tmp_path, json.dumps(rows, ensure_ascii=False))["a.json"]
    assert [(row["id"], row["name"]) for row in found] == [(str(n), "中" * n or None) for n in range(30)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[{"id": 1}, {"id": ', "json-broken"),
        ('[{"id": 1} {"id": 2}]', "json-broken"),
        ('[{"id": 1}] x', "json-broken"),
        ('{"id": 1}\nnonsense\n', "json-broken"),
        ("[" * 100_000, "json-broken"),
        (b'[{"id": "\xff"}]', "json-encoding"),
        ("[]", "json-empty"),
        ("[{}]", "json-empty"),
        ("[1, 2]", "json-record"),
        ('[{"id": [[1]]}]', "json-nested"),
        ('[{"id": [1, {"a": 1}]}]', "json-nested"),
        (json.dumps([{f"k{n}": 1} for n in range(5001)]), "json-wide"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str | bytes, code: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    assert (caught.value.code, caught.value.values["file"]) == (code, "a.json")
