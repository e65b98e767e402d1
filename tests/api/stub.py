"""The type stub of `telcli`, written from the functions as they are."""

import inspect
import os
import subprocess
import sys
import types
import typing
from collections.abc import Callable
from typing import Any, get_args, get_origin

import telcli
from telcli.api import public

MADE = [name for name in public.NAMES if isinstance(getattr(telcli, name), types.FunctionType) and
        getattr(telcli, name).__module__ == "telcli"]  # fmt: skip
"""Functions whose signatures are made of settings."""
HEAD = '''"""What `import telcli` offers. Made by tests/api/test_stub.py with TELCLI_UPDATE_GOLDEN=1."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Literal

from telcli import errors as errors
from telcli import methods as methods
'''


def shown(kind: Any) -> str:
    """An annotation as code.

    >>> shown(int | None)
    'int | None'
    """
    parts, outer = get_args(kind), get_origin(kind)
    if isinstance(kind, str) or not parts:
        return kind if isinstance(kind, str) else "None" if kind in (None, type(None)) else kind.__name__
    if outer in (typing.Union, types.UnionType):
        return " | ".join(map(shown, parts))
    if outer is Callable:
        return f"Callable[[{', '.join(map(shown, parts[0]))}], {shown(parts[1])}]"
    if outer is typing.Literal:
        return "Literal[" + ", ".join(f'"{choice}"' for choice in parts) + "]"
    return f"{'os.' if outer is os.PathLike else ''}{outer.__name__}[{', '.join(map(shown, parts))}]"


def function(name: str) -> str:
    found = getattr(telcli, name)
    words, starred = [], False
    for one in inspect.signature(found).parameters.values():
        if one.kind is one.KEYWORD_ONLY and not starred:
            words.append("*")
            starred = True
        default = "" if one.default is one.empty else f" = {one.default!r}"
        words.append(f"{one.name}: {shown(one.annotation)}{default}")
    text = "\n    ".join(inspect.getdoc(found).splitlines())
    text = "\n".join(line.rstrip() for line in text.splitlines())
    back = shown(inspect.signature(found).return_annotation)
    return f'def {name}({", ".join(words)},) -> {back}:\n    """{text}\n    """\n'


def stub() -> str:
    """The whole stub, as ruff formats it."""
    ready = {}
    for module, names in public._READY.items():
        ready |= dict.fromkeys(names, f"telcli.api.{module}")
    lines = [HEAD]
    for name in sorted(ready, key=lambda name: (ready[name], name)):
        lines.append(f"from {ready[name]} import {name} as {name}")
    lines.append("from telcli.pipeline.simulate import SimulateResult")
    lines.append("\n__version__: str\n")
    lines.append(f"__all__ = {telcli.__all__!r}\n")
    lines += [function(name) for name in sorted(MADE)]
    return ruff("format", ruff("check", "\n".join(lines), "--select", "I", "--fix", "-q"))


def ruff(command: str, text: str, *options: str) -> str:
    """What ruff makes of it."""
    words = [sys.executable, "-m", "ruff", command, *options, "--stdin-filename", "telcli/__init__.pyi", "-"]
    return subprocess.run(words, input=text, capture_output=True, text=True, check=True).stdout
