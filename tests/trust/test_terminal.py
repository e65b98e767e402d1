"""What an extract says is read on a terminal, and never obeyed by it."""

import re
from pathlib import Path

import pytest

from telcli.cli import main

TRICKS = (
    "\x1b]0;other title\x07",
    "\x1b[2J\x1b[H",
    "\x9b31m",
    "\x1bP$q\x1b\\",
    "\x08\x08",
    "\r",
    "\u202e",
    "\x1b]8;;file:///\x1b\\",
)
ALLOWED = re.compile(r"\x1b\[[\d;]*m")


LINES = (
    *("show customers", "customer C00001", "cube customers --by region", "status", "show rejects"),
    *("cube nothing\x1b[2J --by region", "show x\x1b]0;y\x07", "show customers --where region=\x1b[2J"),
)


@pytest.mark.parametrize("words", LINES)
def test_no_control_code_of_an_extract_reaches_the_terminal(
    words: str, told: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    main([*words.split(" "), "-w", str(told)])
    said = capsys.readouterr()
    left = ALLOWED.sub("", said.out + said.err)
    assert len(left) > 20
    assert not [char for char in left if not char.isprintable() and char not in "\n\t"], left


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory of customers whose regions, branches and plans hold such codes."""
    place = tmp_path_factory.mktemp("tricks")
    rows = [f"C{at:05},{trick}North,{trick}B{at},{trick}red\n" for at, trick in enumerate(TRICKS * 3) if trick != "\r"]
    text = "customer_id,region,branch,customer_class\n" + "".join(rows)
    (place / "crm.csv").write_text(text, encoding="utf-8", newline="")
    main(["ingest", str(place / "crm.csv"), "-w", str(place / "work"), "-q"])
    return place / "work"
