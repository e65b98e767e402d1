"""What a function gives is what its command gives, byte for byte, in whatever order settings are found."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import telcli
from telcli.cli import main
from telcli.pipeline.stage import Stage
from telcli.stages import Inputs, Outcome
from tests.cli.fakes import FUNCTIONS, MONTHS, figures
from tests.coarser import coarser_churn_models


def digest(place: Path) -> dict[str, str]:
    """Content hash of every file of a working directory, the lock aside."""
    files = sorted(file for file in place.rglob("*") if file.is_file() and file.name not in (".lock", "audit.jsonl"))
    return {str(file.relative_to(place)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def watched(inputs: Inputs, settings: Any) -> Outcome:
    """Nothing is off; what it was told of the pipeline stands in the metrics."""
    return Outcome({}, {"alerts": 0, "fdr": settings.fdr, "told": sorted(inputs.choices)})


@pytest.fixture
def more(work: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two more stages of a few lines."""
    functions = {**FUNCTIONS, "report": figures, "monitor": watched}
    monkeypatch.setattr(Stage, "load", lambda self: functions[self.name])
    return work


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (["segment", "--n-segments", "3", "--seed", "7"], lambda: telcli.segment("twin", n_segments=3, seed=7)),
        (["segment", "--as-of", "2024-05"], lambda: telcli.segment("twin", as_of="2024-05")),
        (["segment", "--as-of", "2024-05"], lambda: telcli.segment("twin", as_of=MONTHS[1].replace(day=31))),
        (
            ["predict-churn", "--exclude", "x_a", "--exclude", "x_b", "--budget", "100"],
            lambda: telcli.predict_churn("twin", exclude=["x_a", "x_b"], budget=100),
        ),
        (["report", "--files", "md", "--lang", "zh"], lambda: telcli.report("twin", files="md", lang="zh")),
        (["monitor", "--fdr", "0.2"], lambda: telcli.monitor("twin", fdr=0.2)),
        (
            ["ingest", "crm.csv", "--map", "region=area", "--restate", "--max-rejects", "5%"],
            lambda: telcli.ingest(
                "crm.csv", workdir="twin", map={"region": "area"}, restate=True, max_reject_share=0.05
            ),
        ),
    ],
)
def test_a_function_gives_what_its_command_gives(
    words: list[str], call: Callable[[], object], more: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree("work", "twin")
    before = digest(Path("twin"))
    call()
    assert capsys.readouterr() == ("", "")
    assert main([*words, "-q"]) == 0
    assert digest(Path("twin")) == digest(Path("work")) != before


def test_an_argument_goes_before_the_environment_and_that_before_the_file(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []

    def segment(inputs: Inputs, settings: Any) -> Outcome:
        found.append((settings.n_segments, settings.max_segments, settings.min_share))
        return Outcome({})

    monkeypatch.setattr(Stage, "load", lambda self: segment)
    (work / "work" / "telcli.toml").write_text(
        "[segment]\nn_segments = 2\nmax_segments = 9\nmin_share = 0.1\n", encoding="utf-8"
    )
    monkeypatch.setenv("TELCLI_SEGMENT_N_SEGMENTS", "4")
    monkeypatch.setenv("TELCLI_SEGMENT_MAX_SEGMENTS", "7")
    telcli.segment("work", n_segments=5)
    assert found == [(5, 7, 0.1)]


def test_the_working_directory_of_the_environment_is_the_one(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("work").rename("elsewhere")
    monkeypatch.setenv("TELCLI_WORKDIR", "elsewhere")
    assert telcli.segment().workdir == Path("elsewhere")
    assert telcli.status().workdir == Path("elsewhere")


def test_progress_is_told_to_who_asks(faked: Path) -> None:
    heard = []
    found = telcli.ingest(["crm.csv"], progress=lambda *told: heard.append(told))
    assert list(found) == ["ingest", "customer-months"]
    assert ("customer-months", 1, 1) in heard


def test_the_walk_raises_what_a_stage_refused_once_the_others_are_done(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(inputs: Inputs, settings: Any) -> Outcome:
        raise telcli.errors.DataError("x", "Too little.")

    def nothing(inputs: Inputs, settings: Any) -> Outcome:
        return Outcome({})

    functions = {**FUNCTIONS, "segment": refused, "report": figures}
    monkeypatch.setattr(Stage, "load", lambda self: functions.get(self.name, nothing))
    with pytest.raises(telcli.errors.DataError, match="Too little") as caught:
        telcli.run(workdir="work", force=True)
    assert caught.value.__notes__ == ["Of segment; the other stages are done."]
    assert list(Path("work/reports").iterdir())
    functions["segment"] = FUNCTIONS["segment"]
    found = telcli.run(workdir="work")
    assert found["report"].metrics == found.metrics["report"] == {"customers": 12}
    assert found["predict-churn"].skipped
    assert [path.name for path in found.files] == ["2024-06.html"]
    assert found.as_of == MONTHS[-1]
    assert found.table("segments").height == 3


def test_directories_are_merged_as_the_command_does(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("work").rename("north")
    shutil.copytree("north", "south")
    done = telcli.merge(["north", "south"], "twin", called={"south": "South"})
    assert capsys.readouterr() == ("", "")
    assert main(["merge", "north", "south", "--as", "south=South", "-q"]) == 0
    assert (done.customers, digest(Path("twin"))) == (3, digest(Path("work")))


def test_what_would_change_nothing_is_refused_as_on_the_command_line(work: Path) -> None:
    with pytest.raises(telcli.errors.UsageError, match="does nothing"):
        telcli.segment("work", refit="never", algorithm="kmeans")


COARSE = """
[segment]
algorithm = "kmeans"
max_segments = 3
evaluation_months = 0
[predict-churn]
fit_seconds = 1.0
compare = "quick"
earlier_tests = 0
"""
ASIDE = ("plan_retention", "monitor", "complaints")
"""Of those beside the walk: what is told more than its settings, and one that is not."""


@pytest.mark.slow
def test_every_stage_gives_the_same_from_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    telcli.simulate("raw", customers=250, months=10, seed=3)
    assert main(["simulate", "-o", "raw2", "--customers", "250", "--months", "10", "--seed", "3"]) == 0
    assert digest(Path("raw")) == digest(Path("raw2"))
    for place in ("work", "twin"):
        Path(place).mkdir()
        Path(place, "telcli.toml").write_text(COARSE, encoding="utf-8")
    with coarser_churn_models():
        telcli.run("raw", "twin")
        assert main(["run", "raw", "-q"]) == 0
    assert digest(Path("twin")) == digest(Path("work"))
    for name in ASIDE:
        getattr(telcli, name)("twin")
        assert main([name.replace("_", "-"), "-q"]) == 0
        assert digest(Path("twin")) == digest(Path("work")), name
