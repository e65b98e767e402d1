"""The one printer: for people, one JSON object, or nothing. Data go to stdout, talk to stderr.

The format is what the option says, never guessed from a pipe. Progress appears only where stderr is a
terminal; warnings and errors always reach stderr, warnings only in the human format.
"""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Any

from telcli.cli._help import wide, wrap
from telcli.cli._paste import pasteable
from telcli.cli._words import label, said, tr

if TYPE_CHECKING:
    from rich.console import Console

    from telcli.cli._bar import Bar
    from telcli.cli._errors import Failure
    from telcli.errors import Notice

__all__ = ["SCHEMA_VERSION", "Printer", "error_body", "month_name", "tell_failure", "to_json", "warnings"]

SCHEMA_VERSION = 1
_WORKING = "working"
_NO_LIMIT = 1_000  # columns of what is no terminal
_COMMAND = re.compile(r"(^\s*|[:：] ?)telcli [a-z-]+ [^。]*$")
"""A command at the end of a line."""
_CONTROLS = re.compile(
    r"\x1b(?!\[[\d;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What moves a terminal otherwise than by colours and lines, or turns what is read around: texts of extracts may. And
bytes that are no text, as names of files may have them."""


class Printer:
    """Prints what one command has to say.

    Parameters
    ----------
    stage : the command, as named in the JSON.
    form : ``human``, ``json``, ``csv`` (of `telcli show` alone) or ``quiet``.
    verbose : whether to tell more.
    """

    def __init__(self, stage: str, form: str, *, verbose: bool = False) -> None:
        self.stage, self.form, self.verbose = stage, form, verbose
        self._bar: Bar | None = None
        self._working = ""

    def __enter__(self) -> Printer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end_progress()

    @property
    def human(self) -> bool:
        """Whether a person reads this."""
        return self.form == "human"

    def result(
        self,
        human: Callable[[], Iterable[Any]],
        *,
        as_of: date | None = None,
        outputs: Sequence[Any] = (),
        metrics: Mapping[str, Any] | None = None,
        notices: Sequence[Notice] = (),
        **more: Any,
    ) -> None:
        """Print a command's result: `human` yields what rich can print; the rest makes the JSON object."""
        if self.form == "json":
            body = {
                "schema_version": SCHEMA_VERSION,
                "stage": self.stage,
                "as_of": month_name(as_of),
                "outputs": outputs,
                "metrics": metrics or {},
                "warnings": warnings(notices),
                **more,
            }
            sys.stdout.write(to_json(body))
        self.show(human())
        self.warn(notices)

    def show(self, items: Iterable[Any]) -> None:
        """Print to stdout for people; rich is imported only for what is no text."""
        if not self.human:
            return
        self.end_progress()
        console: Console | None = None
        for item in items:
            if isinstance(item, str):
                lines = [part for line in item.split("\n") for part in _broken(line)]
            else:
                console = console or _console(sys.stdout)
                with console.capture() as drawn:
                    console.print(item, markup=False, highlight=False)
                lines = drawn.get().splitlines()
            lines = [_CONTROLS.sub("�", line) for line in lines]
            # tables are padded to their width; text that leaves the terminal need not be
            sys.stdout.write("\n".join(lines if sys.stdout.isatty() else [line.rstrip() for line in lines]) + "\n")

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines for scripts to stdout where nothing else is printed there: with -q."""
        if self.form == "quiet":
            sys.stdout.writelines(f"{line}\n" for line in lines)

    def warn(self, notices: Sequence[Notice]) -> None:
        """Tell what does not stop the work."""
        if not self.human or not notices:
            return
        self.end_progress()
        for notice in notices:
            _talk(label("Warning:") + _sentence(notice))

    def caution(self, notices: Sequence[Notice]) -> None:
        """Tell on stderr whatever is printed to stdout, CSV too, which has no place for it; not with -q."""
        if self.form != "quiet":
            sys.stderr.writelines(f"{label('Warning:')}{_CONTROLS.sub('�', _sentence(notice))}\n" for notice in notices)

    def urge(self, notices: Sequence[Notice]) -> None:
        """Tell with -q too what a script must not miss: that there was nothing to tell by."""
        if self.form == "quiet":
            sys.stderr.writelines(f"{label('Warning:')}{_CONTROLS.sub('�', _sentence(notice))}\n" for notice in notices)

    def warn_of(self, stage: str, failure: Failure) -> None:
        """Tell that a stage could not do its work while others go on."""
        if self.human:
            self.end_progress()
            _talk(f"{label('Warning:')}{stage}{tr(': ')}{failure.message}")

    def progress(self, what: str, done: int, total: int) -> None:
        """Move the bar on stderr; of nothing known to be done, `what` may be a stage, which is named from then on."""
        if not self.human or not _draws():
            return
        if self._bar is None:
            from telcli.cli._bar import Bar

            self._bar = Bar()
        if not total and what != _WORKING:
            self._working, what = what, _WORKING
        self._bar.move("" if self._working == self.stage else self._working, what, done, total)

    def begin(self) -> None:
        """Show that work goes on, before anything is known of how much there is."""
        self.progress(_WORKING, 0, 0)

    def end_progress(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.end()
            self._bar = None


def month_name(as_of: date | None) -> str | None:
    """A month as options take it: 2024-06."""
    return f"{as_of:%Y-%m}" if as_of else None


def warnings(notices: Sequence[Notice]) -> list[dict[str, str]]:
    """Notices as the JSON holds them."""
    return [{"code": notice.code, "message": _sentence(notice)} for notice in notices]


def _sentence(notice: Notice) -> str:
    return pasteable(said(notice.code, notice.template, notice.values))


def _broken(line: str) -> list[str]:
    """A line of text for the terminal, broken between words; not one that ends in a command, which is copied whole."""
    width = shutil.get_terminal_size((80, 24)).columns
    plain = line.lstrip(" ")
    if not sys.stdout.isatty() or "\x1b" in line or wide(line) <= width or _COMMAND.search(line):
        return [line]
    indent = len(line) - len(plain)
    first, *rest = wrap(plain, width - indent - 2)
    return [" " * indent + first, *(" " * (indent + 2) + part for part in rest)]


def _talk(text: str) -> None:
    """A line on stderr; on a terminal it is broken between words."""
    lines = wrap(text, shutil.get_terminal_size((80, 24)).columns) if sys.stderr.isatty() else [text]
    sys.stderr.write("\n".join(_CONTROLS.sub("�", line) for line in lines) + "\n")


def _draws() -> bool:
    """Whether somebody would see a bar: on a terminal that can draw a line again, and is not that of CI."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")


def _console(stream: Any) -> Console:
    from rich.console import Console

    told = stream.isatty() or "COLUMNS" in os.environ
    return Console(file=stream, emoji=False, width=None if told else _NO_LIMIT)


def to_json(body: Any) -> str:
    r"""One JSON object and a line end; what JSON has no number for becomes null.

    >>> to_json({"auc": float("nan"), "month": date(2024, 6, 1)})
    '{"auc": null, "month": "2024-06-01"}\n'
    """
    text = json.dumps(_plain(body), ensure_ascii=False, allow_nan=False) + "\n"
    return text.encode("utf-8", "backslashreplace").decode()  # bytes that are no text, as names of files may have them


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    return str(value)


def error_body(failure: Failure) -> dict[str, Any]:
    """A failure as the JSON holds it."""
    return {
        "code": failure.code,
        "message": failure.message,
        "hint": failure.hint,
        "exit_code": int(failure.exit_code),
    }


def tell_failure(failure: Failure, stage: str, as_json: bool) -> None:
    """Put a failure on stderr, and with `as_json` also as the one object on stdout."""
    if as_json:
        body = {"schema_version": SCHEMA_VERSION, "stage": stage or None, "error": error_body(failure)}
        sys.stdout.write(to_json(body))
        sys.stdout.flush()
    _talk(failure.message if failure.code == "interrupted" else label("Error:") + failure.message)
    if failure.hint:
        sys.stderr.write(
            f"{label('Hint:')}{_CONTROLS.sub('�', failure.hint)}\n"
        )  # it holds a command, which is copied whole
