"""The example in cells: whole cells, and it runs."""

import re
import runpy
from pathlib import Path

import pytest

from tests.coarser import coarser_churn_models

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
def test_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    for usual, small in SMALL.items():
        assert usual in text
        text = text.replace(usual, small)
    (tmp_path / "notebook.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with coarser_churn_models():
        runpy.run_path("notebook.py", run_name="__main__")
    said = capsys.readouterr().out
    assert re.search(r"^AUC 0\.\d{3} \(", said, re.M)
    assert re.search(r"^top-decile lift \d", said, re.M)
    assert "<svg" in (tmp_path / "value_and_risk.svg").read_text(encoding="utf-8")
    assert sorted(path.suffix for path in (tmp_path / "work" / "reports").iterdir()) == [".html", ".xlsx"]
