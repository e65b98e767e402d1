"""The page on Python lists every function and method, and its examples run."""

import inspect
import os
import re
from pathlib import Path

import pytest

import telcli
from telcli import methods
from telcli.api import public
from tests.api.test_public import TWINS

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def first_line(found: object) -> str:
    return inspect.getdoc(found).split("\n\n")[0].replace("\n", " ").split(": ", 1)[0].replace("|", "\\|").rstrip(".")


def functions() -> str:
    commands = {twin: command for command, twin in TWINS.items()}
    lines = ["| function | command | what it does |", "|---|---|---|"]
    for name in public.NAMES:
        if name not in ("Result", "Results"):
            command = commands.get(name, name.replace("_", "-"))
            shown = f"`telcli {ALONE.get(name, command)}`"
            lines.append(f"| `telcli.{name}` | {shown} | {first_line(getattr(telcli, name))} |")
    return "\n".join(lines)


ALONE = {"scan": "show", "schema": "show --schema", "suggest": "knowledge suggest"}


def listed() -> str:
    lines = ["| name | what it is |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{name}` | {first_line(getattr(methods, name))} |" for name in methods.__all__)])


@pytest.mark.parametrize(("name", "made"), [("functions", functions), ("methods", listed)])
def test_the_page_lists_them_all(name: str, made: object) -> None:
    text = PAGE.read_text(encoding="utf-8")
    block = re.compile(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", re.S)
    if os.environ.get("TELCLI_UPDATE_GOLDEN"):
        text = block.sub(lambda found: f"<!-- {name} -->\n{made()}\n<!-- /{name} -->", text)
        PAGE.write_text(text, encoding="utf-8")
    assert block.search(text)[1].strip() == made()


def test_its_examples_run(faked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"```python example\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert len(blocks) >= 2
    exec("\n".join(blocks), {})  # noqa: S102 - the page's own words
    assert capsys.readouterr().out.splitlines()[-1].startswith("setting-invalid 2")
    assert Path("segments.csv").is_file()
