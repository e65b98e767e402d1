"""From an exception to one sentence, what to do next, and an exit code."""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import typer

from telcli.cli._paste import pasteable
from telcli.cli._words import said
from telcli.errors import ExitCode, MissingInputError, TelcliError, UsageError

__all__ = ["Failure", "ToldError", "before_command", "explain"]

_LOOP = "Symlink loop from "


class ToldError(Exception):
    """A failure that the JSON of the results holds already, so that there is no second object."""

    def __init__(self, error: TelcliError) -> None:
        self.error = error
        super().__init__(error.code)


@dataclass(frozen=True)
class Failure:
    """What to tell of a failed command."""

    code: str
    message: str
    hint: str
    exit_code: ExitCode


def explain(error: BaseException, commands: Sequence[str] = ()) -> Failure:
    """Put any exception into words; `commands` are those to compare a mistyped one with."""
    known = _named(error, commands)
    interrupted = isinstance(error, KeyboardInterrupt | typer.Abort)
    return Failure(
        known.code,
        said(known.code, known.template, known.values),
        pasteable(said(known.code, known.hint_template, known.values, "hint")),
        ExitCode.INTERRUPTED if interrupted else known.exit_code,
    )


def _named(error: BaseException, commands: Sequence[str]) -> TelcliError:
    """The exception as one of the family."""
    if isinstance(error, TelcliError):
        return error
    if isinstance(error, typer.TyperException):
        return _usage(error, commands)
    if isinstance(error, RuntimeError) and str(error).startswith(_LOOP):  # Python 3.12 and before; an OSError since
        error = OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(error).removeprefix(_LOOP).strip("'"))
    if isinstance(error, OSError):
        return _from_system(error)
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return TelcliError("interrupted", "Stopped. What was published before stands; nothing is half-written.")
    if isinstance(error, MemoryError):
        return TelcliError("out-of-memory", "There is not enough memory for this.")
    # the class alone: the text of a foreign exception may quote a customer's data
    return TelcliError(
        "bug",
        "Something went wrong inside telcli ({kind}).",
        hint="This is a bug. Run again with -v to see where.",
        kind=type(error).__name__,
    )


def _usage(error: typer.TyperException, commands: Sequence[str]) -> UsageError:
    """Say what Typer found wrong with the command line; its private classes are told apart by name."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "telcli"
    kind = type(error).__name__
    parameter = getattr(error, "param", None)
    if kind == "NoSuchOption":
        return _no_such_option(error, command)
    if kind == "BadOptionUsage":
        return UsageError(
            "option-needs-value",
            "{option} needs a value.",
            hint="See telcli COMMAND --help",
            option=str(getattr(error, "option_name", "")),
        )
    if kind == "MissingParameter" and parameter is not None:
        return UsageError(
            "argument-missing",
            "{command} needs {argument}.",
            hint="See {command} --help",
            command=command,
            argument=_shown(parameter),
        )
    if parameter is not None:
        return _bad_value(error, parameter, command)
    return _misplaced(error, command, commands)


def _shown(parameter: Any) -> str:
    """An option or argument as its help page writes it."""
    if parameter.param_type_name == "option":
        return str(next((option for option in parameter.opts if option.startswith("--")), parameter.opts[0]))
    return str(parameter.display_name_raw).upper()


def _no_such_option(error: Any, command: str) -> UsageError:
    if error.option_name == "--sort":
        return UsageError(
            "option-sort",
            "{command} has no option {option}.",
            hint="Rows stand in the order of their key. Sort what a pipe gets: telcli show TABLE --format csv | "
            "sort -t, -k2 -rn; or a workbook: telcli export TABLE -o FILE.xlsx",
            command=command,
            option=error.option_name,
        )
    near = difflib.get_close_matches(error.option_name, error.possibilities or (), n=2, cutoff=0.7)
    if near:
        return UsageError(
            "option-unknown-near",
            "{command} has no option {option}.",
            hint="Did you mean {near}?",
            command=command,
            option=error.option_name,
            near=", ".join(near),
        )
    if command == "telcli":
        return before_command(error.option_name)
    return UsageError(
        "option-unknown",
        "{command} has no option {option}.",
        hint="See {command} --help",
        command=command,
        option=error.option_name,
    )


def before_command(option: str) -> UsageError:
    """An option of the commands that stands before their name."""
    return UsageError(
        "option-before-command",
        "{option} cannot stand before the command.",
        hint="Options come last, as in: telcli status -w DIR",
        option=option,
    )


def _bad_value(error: Any, parameter: Any, command: str) -> UsageError:
    """A value of the wrong kind; pydantic, behind Typer, knows which value it was."""
    details = error.__cause__.errors()[0] if hasattr(error.__cause__, "errors") else {}
    kind = str(details.get("type", "")).partition("_")[0]
    values = {"option": _shown(parameter), "value": repr(details.get("input", "")), "command": command}
    if parameter.type_descriptor.choices:
        choices = ", ".join(parameter.type_descriptor.choices)
        return UsageError(
            "value-choice",
            "{option} must be one of {choices}, not {value}.",
            hint="See {command} --help",
            choices=choices,
            **values,
        )
    if kind == "int":
        return UsageError(
            "value-whole", "{option} must be a whole number, not {value}.", hint="See {command} --help", **values
        )
    if kind == "float":
        return UsageError(
            "value-number", "{option} must be a number, not {value}.", hint="See {command} --help", **values
        )
    if kind == "greater":
        return UsageError(
            "value-least",
            "{option} must be at least {least}, not {value}.",
            hint="See {command} --help",
            least=details["ctx"]["ge"],
            **values,
        )
    return UsageError(
        "value-invalid", "{option} cannot be {value}: {why}.", hint="See {command} --help", why=error.message, **values
    )


def _misplaced(error: typer.TyperException, command: str, commands: Sequence[str]) -> UsageError:
    """An unknown command, or words too many."""
    if error.message.startswith("No such command"):
        return _no_such_command(error.message.partition("'")[2].rpartition("'")[0], commands)
    if error.message.startswith("Got unexpected extra argument"):
        return UsageError(
            "argument-extra",
            "{command} does not take {extra}.",
            hint="See {command} --help",
            command=command,
            extra=error.message.partition("(s) (")[2].rstrip(")"),
        )
    return UsageError("usage", "{why}", hint="See {command} --help", why=error.message, command=command)


def _no_such_command(name: str, commands: Sequence[str]) -> UsageError:
    near = difflib.get_close_matches(name, commands, n=1)
    if near:
        return UsageError(
            "command-unknown-near",
            "There is no command {name}.",
            hint="Did you mean: telcli {near}",
            name=name,
            near=near[0],
        )
    return UsageError(
        "command-unknown",
        "There is no command {name}.",
        hint="Commands: {known}.",
        name=name,
        known=", ".join(commands),
    )


def _from_system(error: OSError) -> TelcliError:
    """What the operating system refused, outside the working directory."""
    file = str(error.filename or "stdout")  # the one stream that may fill up without a name
    why = os.strerror(error.errno) if error.errno else type(error).__name__
    if error.errno in (errno.ENOENT, errno.EISDIR, errno.ENOTDIR):
        return MissingInputError("file-unusable", "{file}: {why}.", file=file, why=why)
    return UsageError("system-refused", "{file}: {why}.", file=file, why=why)
