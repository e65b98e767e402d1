"""Functions that run several stages: what ingest does, and the whole walk."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.api.arguments import bound, documented, dressed, flags_of, lines_of, parameters, shared
from telcli.api.asking import explained, language, requested, sources_of
from telcli.api.beside import beside
from telcli.api.intake import words
from telcli.api.results import Result, Results

if TYPE_CHECKING:
    from telcli.errors import TelcliError
    from telcli.pipeline.request import Request
    from telcli.pipeline.run import StageRun

__all__ = ["WALKS", "walk_function"]

_Place = str | os.PathLike[str]
_KEYWORD, _PLAIN = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
_SOURCES = _Place | Sequence[_Place]
_OWN: dict[str, tuple[Any, Any, Any, str]] = {
    "sources": (
        *(_PLAIN, _SOURCES, inspect.Parameter.empty),
        "Raw extracts: files, folders, addresses of databases (postgresql://USER@HOST/DATABASE#TABLE); one or several.",
    ),
    "workdir": (
        *(_PLAIN, _Place | None, None),
        'The working directory, made where it is not there; else that of TELCLI_WORKDIR, else "work".',
    ),
    "map": (
        *(_KEYWORD, Mapping[str, str | Sequence[str]] | None, None),
        'Columns to take for names of telcli, as in {"customer_id": "CustNo"}; "@row" numbers the rows.',
    ),
    "mapping": (_KEYWORD, _Place | None, None, "Mapping file that `telcli ingest --write-mapping` wrote earlier."),
    "restate": (
        *(_KEYWORD, bool, False),
        "Let these extracts replace what is held of their months, closed ones too.",
    ),
    "late": (
        *(_KEYWORD, bool, False),
        "Add rows of closed months that come late to what is held; change none of it.",
    ),
}
_INGEST = """Clean raw extracts into subject tables and a row per customer and month.

Numbers and certificates of persons become pseudonyms under a key (TELCLI_KEY, else a file in
~/.config/telcli that is made where there is none). What each column was taken for is in
`result["ingest"].metrics["sources"]`. Runs ingest and customer-months; loads add to each other.
"""
_RUN = """Run every stage in order, from raw extracts to the report; what is up to date is skipped.

Without `sources` the tables ingested before are used. Settings of the stages are those of telcli.toml
and the environment, but for those below. Where the data do not let segment, score_value or
predict_churn work, the others go on, and the first of those errors is raised at the end: what the
others gave is published all the same.
"""
_ERRORS = """
Raises
------
MissingInputError
    A source, a mapping file or a month is not there.
DataError
    Too many rows are refused, nothing tells what a file is, or the data tell too little.
UsageError
    An argument, a variable of the environment or telcli.toml asks for something impossible.
BusyError
    Another process holds the working directory longer than `wait`."""
_SOME = {"ingest": ("churned_when", "max_reject_share"), "predict-churn": ("allow_leaks", "exclude")}
"""Settings that `run` takes."""


def walk_function(name: str) -> Callable[..., Results]:
    """The function `ingest` or `run`; arguments are how columns are named, and settings.

    >>> walk_function("run").__name__
    'run'
    """
    own = {each: about for each, about in _OWN.items() if name == "ingest" or each != "late"}
    sections: Mapping[str, Sequence[str]] = {"ingest": ()} if name == "ingest" else _SOME
    found = [inspect.Parameter(each, kind, default=to, annotation=of) for each, (kind, of, to, _) in own.items()]
    if name == "run":
        found[0] = found[0].replace(default=())
    for section, only in sections.items():
        found += parameters(section, only)
    found += [inspect.Parameter(each, _KEYWORD, default=to, annotation=of) for each, (of, to, _) in shared().items()]
    declared = inspect.Signature(found, return_annotation=Results)

    def run(*args: Any, **kwargs: Any) -> Results:
        return WALKS[name](bound(name, declared, args, kwargs))

    lines = [*(_INGEST if name == "ingest" else _RUN).splitlines(), "", "Parameters", "----------"]
    lines += [line for each, (*_, meaning) in own.items() for line in lines_of(each, meaning)]
    lines += [line for section, only in sections.items() for line in documented(section, only)]
    lines += [line for each, (*_, meaning) in shared().items() for line in lines_of(each, meaning)]
    return dressed(run, name, declared, "\n".join([*lines, *_ERRORS.splitlines()]))


def _asked(given: dict[str, Any]) -> tuple[Request, dict[str, Any]]:
    """What is asked of all stages, and what ingest alone is told."""
    how = {name: given.pop(name) for name in ("as_of", "wait", "force", "progress") if name in given}
    sources, workdir = sources_of(given.pop("sources", ())), given.pop("workdir", None)
    told = {name: given.pop(name) for name in ("map", "mapping", "restate", "late") if name in given}
    return requested(workdir, flags_of(given), sources=sources, **how), _told(**told)


def _ingest(given: dict[str, Any]) -> Results:
    from telcli.pipeline.walk import INTAKE, walk

    with explained():
        request, told = _asked(given)
        return _kept(request, walk(replace(request, choices=told), _unheard, INTAKE))


def _run(given: dict[str, Any]) -> Results:
    from telcli.pipeline.gc import after_run
    from telcli.pipeline.walk import INTAKE, WALK, walk

    failures: list[tuple[str, TelcliError]] = []
    with explained():
        request, told = _asked(given)
        later = beside("report", replace(request, sources=()), language(request))
        first, rest = (INTAKE, WALK[len(INTAKE) :]) if request.sources else ((), WALK[1:])
        begun = walk(replace(request, choices=told), _unheard, first)
        done = walk(later, _unheard, rest, lambda stage, error: failures.append((stage, error)))
        for stage, error in failures:
            error.add_note(f"Of {stage}; the other stages are done.")
            raise error
        after_run(request.workdir, request.wait)
        return _kept(request, [*begun, *done])


WALKS: Mapping[str, Callable[[dict[str, Any]], Results]] = {"ingest": _ingest, "run": _run}
"""What each of them does with what was given."""


def _told(
    map: Mapping[str, str | Sequence[str]] | None = None,
    mapping: str | os.PathLike[str] | None = None,
    *,
    restate: bool = False,
    late: bool = False,
) -> dict[str, Any]:
    """What ingest is told beside settings."""
    named = {name: [columns] if isinstance(columns, str) else columns for name, columns in (map or {}).items()}
    return words(named, None if mapping is None else Path(mapping), restate=restate, late=late)


def _unheard(run: StageRun) -> None:
    """Nobody listens to single stages: all are given back together."""


def _kept(request: Request, runs: Sequence[StageRun]) -> Results:
    return Results({run.stage: Result.of(run, request.workdir) for run in runs})
