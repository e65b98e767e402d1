"""Exit codes and the one family of exceptions. Imports nothing of telcli.

Every sentence an analyst may read has a short code and a template. The template at the raise site is
English; `cli/messages_zh.toml` holds the Chinese one under the same code, filled with the same values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

__all__ = [
    "BusyError",
    "DataError",
    "ExitCode",
    "MissingInputError",
    "Notice",
    "TelcliError",
    "ThresholdError",
    "UsageError",
]


class ExitCode(IntEnum):
    """What the shell sees; listed in the README."""

    DONE = 0
    BUG = 1
    USAGE = 2
    MISSING_INPUT = 3
    CONTRACT = 4
    THRESHOLD = 5
    BUSY = 6
    INTERRUPTED = 130
    PIPE_CLOSED = 141


class TelcliError(Exception):
    """An expected failure: what is wrong, and what to do about it.

    Parameters
    ----------
    code : a slug such as ``"empty-file"``, the same in every language.
    template : one English sentence with ``{placeholders}``.
    hint : what to do next, a template too.
    values : fill both templates. Never raw personal data.

    >>> str(DataError("empty-file", "{file} is empty.", file="bills.csv"))
    'bills.csv is empty.'
    """

    exit_code = ExitCode.BUG

    def __init__(self, code: str, template: str, *, hint: str = "", **values: Any) -> None:
        self.code, self.template, self.hint_template, self.values = code, template, hint, values
        super().__init__(template.format(**values))

    @property
    def hint(self) -> str:
        """The hint, filled in; empty where there is none."""
        return self.hint_template.format(**self.values)


class UsageError(TelcliError):
    """The command line, a setting or telcli.toml asks for something impossible."""

    exit_code = ExitCode.USAGE


class MissingInputError(TelcliError):
    """A file or table is missing, or stages are out of order; the hint names the stage to run."""

    exit_code = ExitCode.MISSING_INPUT


class DataError(TelcliError):
    """The data break their contract; nothing was published."""

    exit_code = ExitCode.CONTRACT


class ThresholdError(TelcliError):
    """A ``--fail-if`` threshold was crossed."""

    exit_code = ExitCode.THRESHOLD


class BusyError(TelcliError):
    """Another process holds the working directory."""

    exit_code = ExitCode.BUSY


@dataclass(frozen=True)
class Notice:
    """A warning that does not stop the work: told on stderr, listed in the JSON, kept in the manifest.

    >>> Notice("constant-column", "{column} is constant.", {"column": "x_a"}).message
    'x_a is constant.'
    """

    code: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The English sentence, filled in."""
        return self.template.format(**self.values)
