"""A stage's settings as arguments of its function: names, types and defaults come from where they are declared."""

from __future__ import annotations

import dataclasses
import difflib
import inspect
import os
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, get_type_hints

from telcli.settings import SECTIONS

__all__ = ["NOT_ARGUMENTS", "bound", "documented", "dressed", "flags_of", "lines_of", "parameters", "shared", "wrapped"]

NOT_ARGUMENTS = {"profile": ("fail_if",)}
"""Settings that only the command heeds: Python looks at `metrics`."""
_WIDTH, _LONG = 100, 90
_KINDS = {int: "whole number", float: "number", str: "text"}
_Place = str | os.PathLike[str] | None
_Month = str | date | None

_SHARED: dict[str, tuple[Any, Any, str]] = {
    "as_of": (_Month, None, 'Snapshot month to work on, "2024-06" or a date; the newest where none is given.'),
    "seed": (int | None, None, "Seed of everything random; whole number 0 to 4294967295, default 0."),
    "lang": (Literal["en", "zh"] | None, None, 'Language of what is written for readers; default "en".'),
    "wait": (float, 0.0, "Seconds to wait for a working directory in use."),
    "force": (bool, False, "Run even where nothing has changed."),
    "progress": (
        Callable[[str, int, int], None] | None,
        None,
        "Called now and then with what is worked on, how much of it is done, and how much there is.",
    ),
}


def shared(*without: str) -> dict[str, tuple[Any, Any, str]]:
    """Arguments that all stages have: annotation, default and meaning by name.

    >>> list(shared("lang", "force"))
    ['as_of', 'seed', 'wait', 'progress']
    """
    return {name: about for name, about in _SHARED.items() if name not in without}


def parameters(section: str, only: Sequence[str] = ()) -> list[inspect.Parameter]:
    """Keyword arguments for the settings of a section of telcli.toml, or for some; None is not given.

    >>> [one.name for one in parameters("report")][:2], parameters("report")[0].default
    (['top_customers', 'trend_months'], None)
    """
    return [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_kind(section, one) | None)
        for one in _settings(section, only)
    ]


def _settings(section: str, only: Sequence[str] = ()) -> list[dataclasses.Field[Any]]:
    kept = [one for one in dataclasses.fields(SECTIONS[section]) if one.name not in NOT_ARGUMENTS.get(section, ())]
    return [one for one in kept if not only or one.name in only]


def _kind(section: str, one: dataclasses.Field[Any]) -> Any:
    """What may be given: one of the choices, a number, or text; of several names in a row also a sequence of them."""
    if one.metadata["choices"]:
        return Literal[tuple(one.metadata["choices"])]
    kind = get_type_hints(SECTIONS[section])[one.name]
    return str | Sequence[str] if kind is str else kind


def documented(section: str, only: Sequence[str] = ()) -> list[str]:
    """For each setting what it may be and its default, and under it what it means.

    >>> documented("report")[2:4]
    ['trend_months : whole number 2 to 120 (months), default 24', '    Months drawn in the trend.']
    """
    kinds = get_type_hints(SECTIONS[section])
    found = []
    for one in _settings(section, only):
        found += lines_of(f"{one.name} : {_range(kinds[one.name], one.metadata)}, {_default(one)}", _meaning(one))
    return found


def lines_of(name: str, meaning: str) -> list[str]:
    """An argument, and under it what it means.

    >>> lines_of("as_of", "The month.")
    ['as_of', '    The month.']
    """
    return [*wrapped(name, "        "), *("    " + line for line in wrapped(meaning))]


def wrapped(text: str, later: str = "") -> list[str]:
    """A text in lines; `later` stands before those after the first."""
    return textwrap.wrap(text, _WIDTH, subsequent_indent=later, break_long_words=False, break_on_hyphens=False)


def _meaning(one: dataclasses.Field[Any]) -> str:
    return str(one.metadata["meaning"]).replace("\\", "\\\\")


def _default(one: dataclasses.Field[Any]) -> str:
    if isinstance(one.default, str) and len(one.default) > _LONG:
        return f"default {_quoted(one.default[:_LONG].rpartition(',')[0])} and more, see telcli.config"
    return "empty by default" if one.default == "" else f"default {_quoted(one.default)}"


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _range(kind: type, about: Mapping[str, Any]) -> str:
    if about["choices"]:
        return " or ".join(_quoted(choice) for choice in about["choices"])
    low, high = about["low"], about["high"]
    limits = "" if low is None else f" {low} to {high}" if high is not None else f" from {low}"
    return _KINDS[kind] + limits + (f" ({about['unit']})" if about["unit"] else "")


def flags_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as the command line gives them: names in a row with commas between, a file by its name.

    >>> flags_of({"exclude": ["x_a", "x_b"], "top_customers": 5})
    {'exclude': 'x_a,x_b', 'top_customers': 5}
    """
    return {name: _flag(value) for name, value in given.items()}


def _flag(value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(str(one) for one in value)
    return value


def bound(name: str, declared: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, by argument.

    Raises
    ------
    TypeError
        There is no such argument, as for any function; the nearest one is named.
    """
    for each in kwargs:
        if each not in declared.parameters:
            near = difflib.get_close_matches(each, declared.parameters, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            raise TypeError(f"telcli.{name}() got an unexpected keyword argument {each!r}{meant}")
    return dict(declared.bind(*args, **kwargs).arguments)


def dressed(run: Callable[..., Any], name: str, declared: inspect.Signature, text: str) -> Callable[..., Any]:
    """Give a function the name, signature and text by which help, completion and pickle know it."""
    run.__name__ = run.__qualname__ = name
    run.__module__ = "telcli"
    run.__doc__ = text
    run.__signature__ = declared  # type: ignore[attr-defined]
    kinds = {one.name: one.annotation for one in declared.parameters.values()}
    run.__annotations__ = {**kinds, "return": declared.return_annotation}
    return run
