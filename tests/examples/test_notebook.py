"""The example in cells: whole cells, and it runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "notebook.py"
SMALL = {"customers=600": "customers=250", "months=12": "months=10", "seconds=2.0": "seconds=0.5",
         "max_segments=5": "max_segments=3", "algorithm=": "evaluation_months=0, algorithm="}  # fmt: skip
"""The same cells over fewer customers."""


def test_it_is_made_of_cells() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    cells = re.split(r"^# %%.*\n", text, flags=re.M)
    heads = re.findall(r"^# %%(.*)$", text, re.M)
    assert cells[0] == ""
    assert len(heads) > 20
    for head, cell in zip(heads, cells[1:], strict=True):
        assert head in ("", " [markdown]")
        compile(cell, "cell", "exec")
        if head:
            assert all(line.startswith("#") for line in cell.strip().splitlines())


@pytest.mark.slow
def test_it_runs(tmp_path: Path) -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    for usual, small in SMALL.items():
        assert usual in text
        text = text.replace(usual, small)
    (tmp_path / "notebook.py").write_text(text, encoding="utf-8")
    ran = subprocess.run([sys.executable, "-W", "error::DeprecationWarning", "notebook.py"], cwd=tmp_path,
                         capture_output=True, text=True, check=False)  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert re.search(r"^AUC 0\.\d{3} \(", ran.stdout, re.M)
    assert re.search(r"^top-decile lift \d", ran.stdout, re.M)
    assert "<svg" in (tmp_path / "value_and_risk.svg").read_text(encoding="utf-8")
    assert sorted(path.suffix for path in (tmp_path / "work" / "reports").iterdir()) == [".html", ".xlsx"]
