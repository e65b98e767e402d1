"""What `import telcli` offers: all of it, documented, found lazily, and with errors that teach."""

import inspect
import pickle
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import telcli
from telcli.api import public
from telcli.api.arguments import NOT_ARGUMENTS
from telcli.api.stages import STAGE_FUNCTIONS
from telcli.cli import COMMANDS
from telcli.pipeline.catalog import STAGES
from telcli.settings import SECTIONS

NO_TWIN = {"init", "help"}
"""Commands that set up a shell or teach its use."""
TWINS = {"show": "read"}


def test_all_that_is_offered_is_there() -> None:
    assert set(telcli.__all__) == {*public.NAMES, "__version__", "errors", "methods"}
    assert dir(telcli) == telcli.__all__
    for name in public.NAMES:
        assert len(inspect.getdoc(getattr(telcli, name))) > 60, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = telcli.nothing


def test_every_command_has_its_function() -> None:
    assert not [name for name in COMMANDS if name not in NO_TWIN
                and TWINS.get(name, name.replace("-", "_")) not in telcli.__all__]  # fmt: skip


def test_a_stage_says_the_same_of_itself_from_both() -> None:
    for name, said in STAGE_FUNCTIONS.items():
        assert COMMANDS[name.replace("_", "-")] == said
    assert {stage.name.replace("-", "_") for stage in STAGES} == {*STAGE_FUNCTIONS, "ingest"}


def test_arguments_are_the_settings_with_ranges_and_defaults() -> None:
    for name in STAGE_FUNCTIONS:
        section = name.replace("_", "-")
        words = inspect.signature(getattr(telcli, name)).parameters
        settings = [one.name for one in fields(SECTIONS[section]) if one.name not in NOT_ARGUMENTS.get(section, ())]
        assert [word for word in words if word in settings] == settings
        assert {"workdir", "force", "progress", "wait"} <= set(words)
    told = telcli.segment.__doc__
    assert "min_stability : number 0.0 to 1.0 (0..1), default 0.75" in told
    assert 'algorithm : "glkm" or "kmeans", default "glkm"' in told


def test_nothing_is_loaded_before_it_is_used() -> None:
    code = (
        "import sys, inspect, telcli; dir(telcli); inspect.signature(telcli.predict_churn); telcli.report.__doc__; "
        "telcli.errors; telcli.methods; telcli.read; print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"polars", "numpy", "sklearn", "scipy", "pyarrow", "joblib", "altair", "typer", "rich", "dataframely"}
    assert not heavy & {name.partition(".")[0] for name in loaded}


def test_the_function_report_stays_when_the_package_is_imported() -> None:
    import telcli.report as found
    from telcli.report import build

    assert found is telcli.report is not build
    assert telcli.report.__name__ == "report"
    assert Path(sys.modules["telcli.report"].__file__).parent.name == "report"


def test_functions_go_to_other_processes() -> None:
    for name in ("segment", "run", "simulate", "read"):
        assert pickle.loads(pickle.dumps(getattr(telcli, name))) is getattr(telcli, name)  # noqa: S301 - made here


def test_a_mistyped_argument_names_the_nearest() -> None:
    with pytest.raises(TypeError, match=r"telcli\.segment\(\).*did you mean 'n_segments'"):
        telcli.segment(n_segment=3)


def test_an_error_has_its_hint_and_calls_an_argument_so(work: Path) -> None:
    with pytest.raises(telcli.errors.UsageError, match="from argument") as wrong:
        telcli.segment("work", n_segments=99)
    assert wrong.value.code == "setting-invalid"
    with pytest.raises(telcli.errors.MissingInputError) as absent:
        telcli.read("work", "value_scores")
    assert absent.value.__notes__ == ["Hint: Make it with: telcli score-value -w work"]
    with pytest.raises(telcli.errors.UsageError, match="is a file"):
        telcli.status("crm.csv")
    with pytest.raises(telcli.errors.UsageError, match="as_of must be a month"):
        telcli.read("work", "segments", as_of="June")
