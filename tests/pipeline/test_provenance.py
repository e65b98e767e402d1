"""The text of the manifest is that of the standard library, whatever it holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.pipeline.provenance import Manifest, Move, Part

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner), max_leaves=12
)


def written(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@given(st.dictionaries(st.text(), ANYTHING))
def test_any_content_is_written_as_the_standard_library_writes_it(content: dict[str, Any]) -> None:
    nothing: dict[str, Any] = {"files": {}, "format": 1, "key_id": "", "pending": [], "stages": {}, "suppressed": []}
    assert Manifest(loads=(content,)).to_json() == written({**nothing, "loads": [content], "tables": {}})


def test_what_it_names_is_written_by_its_fields() -> None:
    body = json.loads(Manifest({"t": {"": Part("a/b", "hash", 1, 2)}}, pending=(Move("", "a/客户"),)).to_json())
    assert body["tables"] == {"t": {"": {"path": "a/b", "sha256": "hash", "rows": 1, "bytes": 2, "contract": ""}}}
    assert body["pending"] == [{"source": "", "target": "a/客户"}]


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_cannot_hold_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        Manifest(loads=({"rate": number},)).to_json()
