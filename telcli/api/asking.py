"""What a function was asked, as the pipeline takes it, and what goes wrong, as who reads a traceback can use it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.errors import TelcliError
from telcli.settings.month_named import month
from telcli.settings.workdir_named import refuse_unfit

if TYPE_CHECKING:
    from telcli.pipeline.request import Request

__all__ = ["as_month", "explained", "language", "names", "requested", "sources_of", "workdir_of"]

_DEFAULT = "work"


def workdir_of(given: str | os.PathLike[str] | None = None) -> Path:
    """The working directory: the one given, else that of TELCLI_WORKDIR, else ``work``.

    Raises
    ------
    UsageError
        It is a file, or its name is bytes that are no UTF-8.
    """
    place = Path(given if given is not None else os.environ.get("TELCLI_WORKDIR") or _DEFAULT)
    refuse_unfit(place)
    return place


def as_month(given: str | date | None, name: str = "as_of") -> date | None:
    """The first day of a month that is named, or of which a day is given.

    Raises
    ------
    UsageError
        The text is no month.

    >>> as_month("2024-06") == as_month(date(2024, 6, 30)) == date(2024, 6, 1)
    True
    """
    return given.replace(day=1) if isinstance(given, date) else month(given, name)


def names(given: str | Sequence[str]) -> list[str]:
    """Names in a row, with commas between or one by one.

    >>> names("branch, region") == names(["branch", "region"])
    True
    """
    from telcli.settings.names_in import names_in

    return [name for text in ([given] if isinstance(given, str) else given) for name in names_in(text)]


def sources_of(given: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> tuple[str | Path, ...]:
    """Files, folders and addresses of databases.

    >>> [str(source) for source in sources_of(["data/a.csv", "sqlite://b.db"])]
    ['data/a.csv', 'sqlite://b.db']
    """
    several = [given] if isinstance(given, str | os.PathLike) else given
    texts = [os.fspath(source) for source in several]
    return tuple(text if "://" in text else Path(text) for text in texts)


def requested(
    workdir: str | os.PathLike[str] | None,
    flags: Mapping[str, Any] | None = None,
    *,
    as_of: str | date | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
    sources: Sequence[str | Path] = (),
) -> Request:
    """Put it as the pipeline wants it; `flags` are settings, None where not given."""
    from telcli.pipeline.request import Request
    from telcli.stages import silent

    return Request(
        workdir=workdir_of(workdir),
        as_of=as_month(as_of),
        flags=flags or {},
        wait=wait,
        force=force,
        sources=tuple(sources),
        progress=progress or silent,
    )


def language(request: Request) -> str:
    """The language of what is written for readers, ``en`` or ``zh``."""
    from telcli import settings

    return str(settings.settled("general", request.workdir, request.flags).lang)


@contextmanager
def explained() -> Iterator[None]:
    """Let an error's hint stand in its traceback, and call what is no command line an argument."""
    try:
        yield
    except TelcliError as error:
        told = error
        if error.values.get("source") == "command line":
            values = {**error.values, "source": "argument"}
            told = type(error)(error.code, error.template, hint=error.hint_template, **values)
        if told.hint:
            told.add_note(f"Hint: {told.hint}")
        if told is error:
            raise
        raise told from None
