"""Exit codes, messages and methods, as the code has them: pages of the reference."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from as_markdown import plain, table

import telcli
from telcli.cli import _words
from telcli.errors import ExitCode

__all__ = ["exit_codes", "messages", "methods"]

HERE = Path(telcli.__file__).parent
_ERRORS = ("UsageError", "MissingInputError", "DataError", "ThresholdError", "BusyError", "TelcliError", "Notice")
_EXITS = {
    ExitCode.DONE: ("done", "完成"),
    ExitCode.BUG: (
        "a bug in telcli (trace with `-v` or `TELCLI_DEBUG=1`)",
        "程序缺陷（加 `-v` 或 `TELCLI_DEBUG=1` 查看位置）",
    ),
    ExitCode.USAGE: (
        "usage: an option, a setting, or a directory that cannot be written",
        "用法有误：选项、设置，或目录不可写",
    ),
    ExitCode.MISSING_INPUT: (
        "an input is missing or stages are out of order; the hint names the stage to run",
        "缺少输入或步骤顺序不对；提示给出应先运行的命令",
    ),
    ExitCode.CONTRACT: (
        "the data break their contract; that stage published nothing",
        "数据不符合约定；该步骤没有发布任何结果",
    ),
    ExitCode.THRESHOLD: ("a `--fail-if` threshold was crossed", "触发了 `--fail-if` 设定的条件"),
    ExitCode.BUSY: ("the working directory is in use", "工作目录正被占用"),
    ExitCode.INTERRUPTED: ("Ctrl-C, or the system asked it to end (SIGTERM)", "被 Ctrl-C 或系统（SIGTERM）中止"),
    ExitCode.PIPE_CLOSED: ("the reader of a pipe went away", "管道的读取方已退出"),
}


def exit_codes() -> str:
    """What the shell sees."""
    rows = [[str(code.value), f"`{code.name}`", *_EXITS[code]] for code in ExitCode]
    return "\n".join(["# Exit codes", "", *table(["code", "name", "meaning", "含义"], rows), ""])


def messages() -> str:
    """Every message with a code: what telcli says, in both languages, and the code it ends with."""
    rows = []
    for code, (kind, english, hint) in sorted(_raised().items()):
        chinese = _words._messages().get(code, {})
        exits = "" if kind == "Notice" else str(int(getattr(telcli.errors, kind).exit_code))
        said = [plain(english), plain(chinese.get("message", ""))]
        hints = [plain(hint), plain(chinese.get("hint", ""))]
        rows.append(
            [f"`{code}`", exits, *[" → ".join(part for part in pair if part) for pair in zip(said, hints, strict=True)]]
        )
    return "\n".join(
        [
            "# Messages",
            "",
            "Made from the code: errors (with the exit code they end with) and notices (without one, they do",
            "not stop the work), by the `code` that `--format json` gives. After the arrow is the hint. Braces",
            "are filled in.",
            "",
            *table(["code", "exit", "message", "中文"], rows),
            "",
        ]
    )


def _raised() -> dict[str, tuple[str, str, str]]:
    """Codes of messages with their class, English template and hint, as they stand where they are raised."""
    found: dict[str, tuple[str, str, str]] = {}
    for file in sorted(HERE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            kind = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if kind in _ERRORS and len(node.args) >= 2 and all(_text(part) is not None for part in node.args[:2]):
                hint = next((_text(word.value) or "" for word in node.keywords if word.arg == "hint"), "")
                code = _text(node.args[0]) or ""
                if code not in ("x", "slug", "empty-file-example"):
                    found.setdefault(code, (kind, _text(node.args[1]) or "", hint))
    return found


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def methods() -> str:
    """What every module of the mathematics says of itself: formulas, sources, public functions."""
    lines = [
        "# Methods, module by module",
        "",
        "Made from the docstrings of `telcli/methods`: arrays in, arrays out, tested against published figures or",
        "another",
        "implementation. [Methods and references](../methods.md) says which commands use what, and why.",
    ]
    for file in sorted((HERE / "methods").glob("[a-z]*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        lines += ["", f"## {file.stem}", "", *_docstring(ast.get_docstring(tree) or ""), ""]
        public = [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        ]
        lines += [f"- `{node.name}`: {plain((ast.get_docstring(node) or '').partition(chr(10))[0])}" for node in public]
    return "\n".join([*lines, ""])


def _docstring(text: str) -> Iterator[str]:
    """A docstring as Markdown: indented formulas stay blocks, references are a list."""
    text, _, references = text.partition("\nReferences\n----------\n")
    for line in text.splitlines():
        yield line if line.startswith("    ") else plain(line)
    if references:
        entries = references.strip().splitlines()
        yield from (
            "",
            "References:",
            "",
            *[f"- {plain(one)}" if not one.startswith(" ") else f"  {one}" for one in entries],
        )
