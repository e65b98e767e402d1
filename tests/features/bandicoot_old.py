"""What bandicoot 0.6.0 needs of Pythons before 3.11 to come into being."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["revive"]


def revive() -> None:
    """Give `inspect` the two functions that Python 3.11 has no more."""
    vars(inspect).setdefault("getargspec", lambda function: inspect.getfullargspec(function)[:4])
    vars(inspect).setdefault("formatargspec", _formatted)


def _formatted(
    args: Sequence[str],
    varargs: None,
    keywords: None,
    defaults: Sequence[Any],
    formatvalue: Callable[[Any], str] = lambda value: f"={value!r}",
) -> str:
    """`inspect.formatargspec`, as far as bandicoot calls it."""
    assert varargs is keywords is None
    plain = len(args) - len(defaults)
    values = [formatvalue(value) for value in defaults]
    return f"({', '.join([*args[:plain], *map(''.join, zip(args[plain:], values, strict=True))])})"
