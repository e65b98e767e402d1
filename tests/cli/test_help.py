"""Help: each page as it was agreed on, in both languages, without loading what a page does not need."""

import inspect
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from telcli.cli import COMMANDS, _words, main
from telcli.cli._help import wrap
from tests.cli.golden import same

ROOT = Path(__file__).parents[2]
HEAVY = ["polars", "pyarrow", "joblib", "sklearn", "numpy", "scipy", "dataframely", "rich", "altair"]
SHARED = [
    "-w, --workdir DIR",
    "--as-of YYYY-MM",
    "--format ",
    "-q, --quiet",
    "-v, --verbose",
    "--seed N",
    "--lang en|zh",
]


@pytest.fixture(autouse=True)
def _width(monkeypatch: pytest.MonkeyPatch, faked: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def page(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main([*args, "--help"]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_pages(command: str, lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TELCLI_LANG", lang)
    text = page(capsys, *([command] if command else []))
    assert max(len(line) for line in text.splitlines()) <= 80
    same(f"help{'-' if command else ''}{command}.{lang}", text)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_the_shared_options(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = page(capsys, command)
    for option in SHARED:
        assert option in text


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_and_its_function_are_twins(command: str) -> None:
    name = command.replace("-", "_")
    body = getattr(import_module(f"telcli.cli.{name}"), name)
    assert (inspect.getdoc(body) or "").splitlines()[0] == COMMANDS[command]


def test_every_text_of_the_help_has_its_chinese_twin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {**_words._meanings(), **_words._words()}
    missing: list[str] = []

    class Watched(dict[str, str]):
        def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
            if key not in known:
                missing.append(key)
            return super().get(key, default)

    monkeypatch.setattr(_words, "_words", lambda: Watched(known))
    monkeypatch.setenv("TELCLI_LANG", "zh")
    for command in ("", *COMMANDS):
        page(capsys, *([command] if command else []))
    for args in (["config"], ["init"], ["show", "bills", "--schema"], ["show", "customer_months", "--schema"]):
        assert main(args) == 0
    assert sorted({text for text in missing if text}) == []


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; from telcli.cli import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in ran.stderr.split()}
    assert loaded.isdisjoint(HEAVY)
    assert "typer" in loaded


def test_wrapping_measures_columns_and_keeps_chinese_stops_off_line_starts() -> None:
    assert wrap("甲乙丙，丁", 6) == ["甲乙", "丙，丁"]
    assert wrap("a bb  ccc", 4) == ["a bb", "ccc"]
    assert wrap("", 10) == [""]


def test_the_words_are_sound() -> None:
    for english, chinese in _words._words().items():
        assert chinese, english
        assert sorted(_slots(english)) == sorted(_slots(chinese)), english
    assert json.dumps(_words._messages())


def _slots(text: str) -> list[str]:
    import string

    return [name for _, name, _, _ in string.Formatter().parse(text) if name]


def test_the_first_page_takes_a_language_and_a_command_takes_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "zh", "--help"]) == 0
    assert capsys.readouterr().out.startswith("用法")
    assert main(["--lang", "zh", "status"]) == 2
    assert "--lang" in capsys.readouterr().err
