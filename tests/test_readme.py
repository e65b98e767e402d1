"""The README's examples are run, its lists are complete, and its two command lines do what they say."""

import re
import shlex
from pathlib import Path

import pytest

from telcli.cli import main
from telcli.errors import ExitCode
from tests.as_typed import typed
from tests.coarser import coarser_churn_models

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh.md").read_text(encoding="utf-8")

COARSE = {"TELCLI_SEGMENT_ALGORITHM": "kmeans", "TELCLI_PREDICT_CHURN_FIT_SECONDS": "1"}
COARSE |= {"TELCLI_PREDICT_CHURN_COMPARE": "quick", "TELCLI_PREDICT_CHURN_EARLIER_TESTS": "0"}
"""Less work where a model is made; with what telcli comes with the tutorial is run."""


def marked(name: str) -> list[str]:
    """Lines of the fenced block under a `<!-- name -->` marker."""
    found = re.search(rf"<!-- {re.escape(name)} -->\n```\w*\n(.*?)```", README, re.S)
    assert found, f"README has no block marked {name}"
    return found.group(1).strip().splitlines()


def test_two_command_lines_come_first_and_are_one_line_each() -> None:
    assert len(marked("command: walk")) == len(marked("command: tests")) == 1
    assert README.index("<!-- command: walk -->") < README.index("<!-- command: tests -->") < 2500
    assert "telcli run sample_data -w work" in marked("command: walk")[0]
    assert "pytest" in marked("command: tests")[0]


@pytest.mark.slow
def test_every_example_runs(tmp_path: Path) -> None:
    pages = [README, *(page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").rglob("*.md")))]
    blocks = [block for page in pages for block in re.findall(r"```sh example\n(.*?)```", page, re.S)]
    assert len(blocks) >= 4
    blocks.sort(key=lambda block: "telcli purge" in block)  # after which all would be made anew
    with coarser_churn_models():
        typed(tmp_path, "\n".join(blocks), COARSE)


def test_every_command_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    commands = re.findall(r"^  ([a-z][a-z-]+)  ", capsys.readouterr().out, re.M)
    assert len(commands) >= 12
    for command in commands:
        assert f"| `telcli {command}" in README, command


def test_every_exit_code_is_listed() -> None:
    for page in (README, CHINESE):
        assert re.findall(r"^\| (\d+) \|", page, re.M) == [str(code.value) for code in ExitCode]


def test_examples_name_only_commands_that_exist() -> None:
    for block in re.findall(r"```sh example\n(.*?)```", README, re.S):
        for line in block.splitlines():
            if line.startswith("telcli "):
                assert main([shlex.split(line)[1], "--help"]) == 0, line


def test_the_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        bytes_ = (ROOT / picture).read_bytes()
        assert bytes_.startswith(b"\x89PNG")
        assert len(bytes_) <= 300_000, picture


def test_the_readme_can_be_read_in_five_minutes() -> None:
    assert len(README.splitlines()) <= 250
    assert len(CHINESE.splitlines()) <= 250


def test_both_readmes_say_the_same() -> None:
    """The Chinese one has the same headings, blocks, commands, pictures and links, in the same order."""
    for what in (
        r"^(#+) ",
        r"^(<!-- command: \w+ -->\n)?```(?:\w+ ?\w*)\n(.*?)```",
        r"^\| `(telcli [a-z-]+[^`]*)` \|",
        r"!\[[^\]]+\]\(([^)]+)\)",
        r"^\|(?:[^|\n]*\|){2,}$",
    ):
        english, chinese = (re.findall(what, page, re.M | re.S) for page in (README, CHINESE))
        assert english
        if what.startswith(r"^\|(?"):  # rows of tables: as many
            assert len(english) == len(chinese)
        else:
            assert english == chinese, what
    assert len(re.findall(r"[\u4e00-\u9fff]", CHINESE)) > 3000


def test_links_lead_to_files() -> None:
    for page in (README, CHINESE):
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page):
            assert link.startswith("https://") or (ROOT / link).is_file(), link


def test_changelog_lines_start_with_a_command() -> None:
    lines = re.findall(r"^- (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert lines
    commands = {file.stem.replace("_", "-") for file in (ROOT / "telcli" / "cli").glob("[a-z]*.py")} | {"all", "telcli"}
    for line in lines:
        assert line.split(":")[0] in commands, line
