"""Texts kept in files: a change of wording shows in the diff. TELCLI_UPDATE_GOLDEN=1 writes them anew."""

import os
from pathlib import Path

HERE = Path(__file__).parent / "golden"


def same(name: str, text: str) -> None:
    """Compare a text with its file."""
    file = HERE / f"{name}.txt"
    if os.environ.get("TELCLI_UPDATE_GOLDEN") == "1":
        file.write_text(text, encoding="utf-8")
    assert file.is_file(), f"no {file.name}: run once with TELCLI_UPDATE_GOLDEN=1"
    assert text == file.read_text(encoding="utf-8")
