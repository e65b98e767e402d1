"""The bar that shows how far a long stage is: what is done, its share, how much a second, and the time left."""

from __future__ import annotations

import sys
import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

from telcli.cli._help import wide
from telcli.cli._words import tr

__all__ = ["Bar", "paced"]

_EVERY_SECONDS = 0.1
_COUNTED = 1_000
"""Where there is less to do than this, things are too few for a rate to tell anything."""
_WIDEST, _NARROWEST, _BESIDE = 40, 4, 32
"""Columns of the bar, and those of the figures beside it."""


def paced(what: str, speed: float | None, total: float | None) -> str:
    """How much is done in a second; empty where it tells nothing yet.

    >>> paced("customers", 15234.4, 20000), paced("bytes read", 4.2e6, 36e6), paced("months", 2.0, 12)
    ('15,234/s', '4.2 MB/s', '')
    """
    if not speed or not total or total < _COUNTED:
        return ""
    return f"{speed / 1e6:,.1f} MB/s" if what == "bytes read" else f"{speed:,.0f}/s"


class _Pace(ProgressColumn):
    """How much a second."""

    def render(self, task: Task) -> Text:
        return Text(paced(task.fields["what"], task.finished_speed or task.speed, task.total), style="dim")


class _Left(ProgressColumn):
    """The time left, or, named as such, the time gone where nothing is done yet or nobody knows how much there is."""

    def render(self, task: Task) -> Text:
        if task.total and task.time_remaining is not None:
            return Text(tr("{time} left", time=_clock(task.time_remaining)))
        return Text(tr("{time} so far", time=_clock(task.elapsed or 0.0)), style="dim")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


class Bar:
    """One line on stderr, drawn a few times a second, gone when the work is done."""

    def __init__(self) -> None:
        console = Console(file=sys.stderr, emoji=False)
        self._blocks, self._room = BarColumn(_NARROWEST), console.width - _BESIDE
        self._bar = Progress(
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")),
            self._blocks,
            TextColumn("{task.fields[share]}"),
            _Pace(table_column=Column(no_wrap=True)),
            _Left(table_column=Column(no_wrap=True)),
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._bar.add_task(tr("working…"), total=None, what="", share="")
        self._at: tuple[str, str, int] = ("", "", 0)
        self._last = 0.0
        self._bar.start()

    def move(self, stage: str, what: str, done: int, total: int) -> None:
        """Tell how much of something is done; cheap enough to be called often."""
        now = time.monotonic()
        anew = (stage, what, total) != self._at
        if not anew and done < total and now - self._last < _EVERY_SECONDS:
            return
        self._last = now
        about: dict[str, Any] = {"what": what, "share": f"{done / total:.0%}" if total else ""}
        said = tr(f"{what}…")
        told = f"{stage}{tr(': ')}{said}" if stage else said
        self._blocks.bar_width = min(_WIDEST, max(_NARROWEST, self._room - wide(told)))
        if anew:
            self._at = (stage, what, total)
            self._bar.reset(self._task, total=total or None, completed=done, description=told, **about)
        else:
            self._bar.update(self._task, completed=done, description=told, **about)

    def end(self) -> None:
        """Take the bar away."""
        self._bar.stop()
