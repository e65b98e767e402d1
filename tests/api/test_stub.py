"""Editors and mypy see the functions as they are."""

import os
from pathlib import Path

from tests.api.stub import stub

FILE = Path(__file__).parents[2] / "telcli" / "__init__.pyi"


def test_the_stub_is_what_the_functions_are() -> None:
    made = stub()
    if os.environ.get("TELCLI_UPDATE_GOLDEN"):
        FILE.write_text(made, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == made
