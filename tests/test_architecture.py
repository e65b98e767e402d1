"""The rules of the house, kept by a machine."""

import ast
import importlib.util
import re
import string
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "telcli"
FILES = sorted(HOUSE.rglob("*.py"))
HARD_FILE, HARD_FUNCTION, HARD_COMMAND = 400, 40, 20
COMMANDS = [file for file in sorted((HOUSE / "cli").glob("*.py")) if not file.name.startswith("_")]


@cache
def nodes(file: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes(file):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_there_are_files() -> None:
    assert len(FILES) > 20
    assert COMMANDS


def test_the_rules_of_a_file() -> None:
    """All files at once, each with what it breaks: a test of each would cost more than what it looks at."""
    rules = (
        *(size_budgets, no_dumping_grounds_and_no_talk_below_the_cli),
        *(no_swallowed_errors_and_no_stubs, months_are_counted_in_one_place),
    )
    assert not [fault for file in FILES for rule in rules if (fault := broken(rule, file))]


def broken(rule: Callable[[Path], None], file: Path) -> str:
    """How a file breaks a rule, empty where it keeps it."""
    try:
        rule(file)
    except AssertionError as fault:
        return f"{file.relative_to(ROOT)}: {rule.__name__}: {fault}"
    return ""


def test_a_file_that_breaks_a_rule_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    file = tmp_path / "loud.py"
    file.write_text("def loud():\n    return 1\n", encoding="utf-8")
    assert broken(size_budgets, file).startswith("loud.py: size_budgets: loud has no return type")


def months_are_counted_in_one_place(file: Path) -> None:
    if file.parent.name in {"features", "stages"} and file.stem != "month_index":
        by_hand = re.search(r"\byear\b.{0,30}\* ?(12|YEAR)\b", file.read_text(encoding="utf-8"))
        assert not by_hand, "months as numbers: telcli.features.month_index"


def size_budgets(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= HARD_FILE
    for node in functions(file):
        assert body_lines(node) <= HARD_FUNCTION, f"{node.name} is too long"
        assert node.returns is not None, f"{node.name} has no return type"


@pytest.mark.parametrize("file", COMMANDS, ids=lambda file: file.name)
def test_command_bodies_are_short(file: Path) -> None:
    for node in functions(file):
        assert body_lines(node) <= HARD_COMMAND, f"{node.name} is too long for a command"


def no_dumping_grounds_and_no_talk_below_the_cli(file: Path) -> None:
    assert file.stem not in {"utils", "helpers", "common", "misc"}
    text = file.read_text(encoding="utf-8")
    assert "import click" not in text
    if "cli" not in file.relative_to(HOUSE).parts:
        assert not re.search(r"(?<![\w.])print\(|sys\.exit\(", text)


def no_swallowed_errors_and_no_stubs(file: Path) -> None:
    for node in nodes(file):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, "bare except"
            assert not all(isinstance(line, ast.Pass) for line in node.body), "except: pass"
        if isinstance(node, ast.Name):
            assert node.id != "NotImplementedError"


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(file: Path, names: set[str]) -> set[str]:
    """Modules of the house that a file imports anywhere, inside functions and under TYPE_CHECKING too."""
    found = set()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name in names} - {module_name(file)}


def test_no_import_cycles_hidden_ones_included() -> None:
    names = {module_name(file) for file in FILES}
    graph: dict[str, set[str]] = {}
    for file in FILES:
        edges = imports_of(file, names)
        graph[module_name(file)] = {name for name in edges if name != "telcli"}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, "cycle: " + " -> ".join((*path[path.index(name) :], name))
        if name not in done:
            for target in sorted(graph[name]):
                if not target.startswith(f"{name}.") and not name.startswith(f"{target}."):
                    visit(target, (*path, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


def test_import_contracts() -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-2000:]


def test_every_stage_stands_under_one_name() -> None:
    from telcli import settings
    from telcli.pipeline.catalog import STAGES

    for stage in STAGES:
        name = stage.name.replace("-", "_")
        assert callable(stage.load())
        assert (HOUSE / "cli" / f"{name}.py").is_file()
        assert (ROOT / "tests" / "stages" / f"test_{name}.py").is_file()
        assert stage.name in settings.SECTIONS


def test_every_table_of_the_catalogue_has_a_contract_and_one_maker() -> None:
    from telcli import tables
    from telcli.pipeline.catalog import STAGES

    given = [table for stage in STAGES for table in stage.gives]
    assert sorted(given) == sorted(tables.NAMES)
    for stage in STAGES:
        assert set(stage.needs) | set(stage.uses) <= set(given)


def sentences() -> Iterator[tuple[str, str, str, str]]:
    """(file, code, message template, hint template) of each error and notice written out in the source."""
    kinds = {"UsageError", "MissingInputError", "DataError", "ThresholdError", "BusyError", "TelcliError", "Notice"}
    for file in FILES:
        for node in nodes(file):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
                texts = [arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant)]
                if len(texts) == 2:
                    hints = [
                        word.value.value
                        for word in node.keywords
                        if word.arg == "hint" and isinstance(word.value, ast.Constant)
                    ]
                    yield str(file.relative_to(ROOT)), texts[0], texts[1], hints[0] if hints else ""


def slots(template: str) -> set[str]:
    return {name.split("[")[0].split(".")[0] for _, name, _, _ in string.Formatter().parse(template) if name}


def chinese() -> dict[str, dict[str, str]]:
    known: dict[str, dict[str, str]] = {}
    for file in sorted((HOUSE / "cli" / "messages").glob("*.toml")):
        for code, texts in tomllib.loads(file.read_text(encoding="utf-8")).items():
            assert code not in known, f"{code} stands twice"
            known[code] = texts
    return known


def test_every_sentence_has_its_chinese_twin() -> None:
    known = chinese()
    found = list(sentences())
    assert len(found) > 80
    for file, code, message, hint in found:
        assert code in known, f"{file}: {code} has no Chinese text"
        assert slots(known[code]["message"]) <= slots(message), f"{file}: {code}"
        if hint:
            assert slots(known[code].get("hint", "")) <= slots(message) | slots(hint), f"{file}: {code}"
            assert known[code].get("hint"), f"{file}: {code} has no Chinese hint"


def test_no_chinese_text_that_nothing_says() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in FILES)
    assert not [code for code in chinese() if f'"{code}"' not in source]


def test_the_package_is_what_is_tested() -> None:
    spec = importlib.util.find_spec("telcli")
    assert spec is not None
    assert spec.origin == str(HOUSE / "__init__.py")
