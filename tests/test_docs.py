"""The guide: every page has its place, every link leads somewhere, and the reference lacks nothing of the code."""

import json
import re
import subprocess
import sys
from dataclasses import fields
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest

from telcli.cli import COMMANDS, main
from telcli.errors import ExitCode
from telcli.pipeline.catalog import STAGES
from telcli.settings import SECTIONS
from telcli.tables import NAMES, contract
from telcli.tables.metric_dictionary import metrics
from tests.as_typed import typed

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
WRITTEN = {str(page.relative_to(DOCS)): page.read_text(encoding="utf-8") for page in sorted(DOCS.rglob("*.md"))}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """The pages that are made from the code."""
    sys.path.insert(0, str(DOCS))
    try:
        import reference
    finally:
        sys.path.remove(str(DOCS))
    return reference.pages()


def rows(page: str) -> set[str]:
    """What stands in the first column of the tables of a page, without backticks."""
    return set(re.findall(r"^\| `([^`]+)`", page, re.M))


def part(page: str, heading: str) -> str:
    """One section of a page: from its heading to the next of any level."""
    found = re.search(rf"^#+ {re.escape(heading)}$(.*?)(?=^#+ |\Z)", page, re.S | re.M)
    assert found, heading
    return found[1]


def test_the_navigation_lists_every_page(made: dict[str, str]) -> None:
    listed = re.findall(r"^ +- (?:[^:#\n]+: )?([\w./-]+(?:\.md|/))$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.M)
    tables = {page for page in made if page.startswith("reference/tables/")}
    assert "reference/tables/" in listed
    assert sorted(set(listed) - {"reference/tables/"}) == sorted({*WRITTEN, *made} - tables)
    assert len(listed) == len(set(listed))


def slug(heading: str) -> str:
    """The anchor that the guide gives a heading."""
    plain = re.sub(r"[^\w\s-]", "", heading.replace("`", "")).encode("ascii", "ignore").decode().strip().lower()
    return re.sub(r"[-\s]+", "-", plain)


def test_links_lead_somewhere(made: dict[str, str]) -> None:
    pages = WRITTEN | made
    anchors = {name: {slug(line) for line in re.findall(r"^#+ (.*)$", text, re.M)} for name, text in pages.items()}
    broken = []
    for name, text in pages.items():
        for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)):
            if re.match(r"https?://", link):
                continue
            path, _, anchor = link.partition("#")
            target = str((DOCS / name).parent.joinpath(path).resolve().relative_to(DOCS)) if path else name
            there = target in pages or (DOCS / target).is_file()
            if not there or (anchor and anchor not in anchors.get(target, set())):
                broken.append((name, link))
    assert not broken


def test_every_command_and_option_is_in_the_reference(made: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    page = made["reference/commands.md"]
    shared = set(re.findall(r"--[a-z][\w-]*", part(page, "Options of every command")))
    assert {"--workdir", "--as-of", "--format", "--lang"} <= shared
    for command in COMMANDS:
        section = part(page, f"telcli {command}")
        assert main([command, "--help"]) == 0
        shown = re.findall(r"^ {2,6}(-\S.*?)(?:  |$)", capsys.readouterr().out, re.M)
        options = {word for cell in shown for word in re.findall(r"--[a-z][\w-]*", cell)}
        assert options, command
        assert options - shared - {"--help"} <= set(re.findall(r"--[a-z][\w-]*", section)), command
        assert re.search(r"[\u4e00-\u9fff]", section), command


def test_every_setting_is_in_the_reference(made: dict[str, str]) -> None:
    for section, declared in SECTIONS.items():
        told = part(made["reference/settings.md"], f"[{section}]")
        assert {item.name for item in fields(declared)} == rows(told), section
        for item in fields(declared):
            named = rf"^\| `{item.name}`<br>`TELCLI_\w*{item.name.upper()}` .*[\u4e00-\u9fff]"
            assert re.search(named, told, re.M), item


def test_every_table_and_column_is_in_the_reference(made: dict[str, str]) -> None:
    pages = {name: text for name, text in made.items() if name.startswith("reference/tables/")}
    listed = re.findall(r"^\| \[`(\w+)`\]\(([\w-]+\.md)#\1\)", pages["reference/tables/index.md"], re.M)
    assert sorted(name for name, _ in listed) == sorted(NAMES)
    for name, page in listed:
        told = part(pages[f"reference/tables/{page}"], name)
        assert [column.name for column in contract(name).columns()] == re.findall(r"^\| `([^`]+)`", told, re.M)
    assert {f"reference/tables/{stage.name}.md" for stage in STAGES if stage.gives} <= set(pages)


def test_every_metric_exit_code_and_message_is_in_the_reference(made: dict[str, str]) -> None:
    assert rows(made["reference/metrics.md"]) == set(metrics())
    codes = re.findall(r"^\| (\d+) \|", made["reference/exit-codes.md"], re.M)
    assert codes == [str(code.value) for code in ExitCode]
    told = rows(made["reference/messages.md"])
    assert len(told) > 300
    assert {"table-unknown", "as-of-unused", "workdir-file"} <= told
    modules = {file.stem for file in (ROOT / "telcli" / "methods").glob("[a-z]*.py")}
    assert modules == set(re.findall(r"^## (\w+)$", made["reference/methods.md"], re.M))


def test_both_tutorials_run_the_same_commands() -> None:
    english, chinese = (re.findall(r"```sh tutorial\n(.*?)```", WRITTEN[name], re.S) for name in TUTORIALS)
    assert english == [block.replace("segment_name_zh", "segment_name") for block in chinese]
    assert len(english) >= 8


TUTORIALS = ("tutorial.md", "tutorial.zh.md")
IN_CHINESE = (
    "telcli evaluate-retention -w work --lang zh",
    "telcli show segment_profiles -w work --columns segment,segment_name_zh,customers,revenue_share --lang zh",
    "telcli cube customers,left,churn_rate_month,revenue --by region -w work --lang zh",
)
"""Those of its commands whose output the Chinese tutorial shows."""


def shown_in_chinese() -> list[str]:
    """Lines of outputs of telcli in the Chinese tutorial."""
    blocks = re.findall(r"```\n(.*?)```", re.sub(r"```sh.*?```", "", WRITTEN["tutorial.zh.md"], flags=re.S), re.S)
    lines = [" ".join(line.split()) for block in blocks[1:] for line in block.splitlines()]
    assert len(lines) > 10
    return [line for line in lines if line != "..."]


@pytest.mark.slow
def test_the_tutorial_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"```sh tutorial\n(.*?)```", WRITTEN["tutorial.md"], re.S)
    said = typed(tmp_path, "\n".join([*blocks, *IN_CHINESE]))
    screen = {" ".join(line.split()) for line in said.splitlines()}
    assert [line for line in shown_in_chinese() if line not in screen] == []
    for told in ("63 of 64,621 rows rejected", "cannot tell yet, needs", "C00000014"):  # as the page shows them
        assert told in said, told


class _Fetched(HTMLParser):
    """What a page makes a browser fetch by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "img", "iframe") and given.get("src"):
            self.places.append(str(given["src"]))
        if tag == "link" and given.get("rel") in ("stylesheet", "preconnect", "icon"):
            self.places.append(str(given["href"]))


@pytest.mark.slow
@pytest.mark.skipif(find_spec("material") is None, reason='mkdocs-material is not installed: pip install -e ".[docs]"')
def test_the_guide_builds_strictly_and_fetches_nothing(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(tmp_path / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr[-3000:]
    pages = sorted((tmp_path / "site").rglob("*.html"))
    assert len(pages) >= len(WRITTEN)
    for page in pages:
        found = _Fetched()
        found.feed(page.read_text(encoding="utf-8"))
        assert found.places
        assert not [place for place in found.places if re.match(r"(?:https?:)?//", place)], page
    index = json.loads((tmp_path / "site" / "search" / "search_index.json").read_text(encoding="utf-8"))
    texts = [entry["text"] for entry in index["docs"]]
    assert any("流失\u200b" in text for text in texts)  # words of Chinese are told apart, so that each is found
