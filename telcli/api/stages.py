"""A function for each stage: its arguments are the stage's settings, as telcli.toml names them.

They are made when they are asked for, so that `import telcli` reads no settings.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from telcli.api.arguments import bound, documented, dressed, flags_of, lines_of, parameters, shared, wrapped
from telcli.api.asking import explained, language, requested, sources_of
from telcli.api.beside import beside
from telcli.api.results import Result
from telcli.api.unused import refuse_unused

__all__ = ["STAGE_FUNCTIONS", "stage_function"]

STAGE_FUNCTIONS: Mapping[str, str] = {
    "customer_months": "Build the view with a row per customer and month.",
    "profile": "Measure how complete, valid, unique and timely the data are.",
    "segment": "Group customers who behave alike, and name each group.",
    "score_value": "Put a value in money on each customer, a score 0-100 and a tier.",
    "predict_churn": "Predict who will leave, and whom it pays to contact.",
    "plan_retention": "Plan whom to contact with which offer, and whom to hold out.",
    "import_outcomes": "Read the task sheets that account managers filled in, and tell how they did.",
    "evaluate_retention": "Measure what contacting customers changed, against those held out.",
    "knowledge": "Keep what trials taught of each offer, and suggest offers.",
    "campaigns": "Show how campaigns stand, where they meet, and what came of them.",
    "recommend_offers": "Recommend products and plans to customers, and say why.",
    "report": "Write the management report as one web page.",
    "score_satisfaction": "Score how satisfied customers are, and what moves it.",
    "complaints": "Tell what customers complain of, what emerges, and how it is handled.",
    "assess_credit": "Age what customers owe, foretell who will not pay, and list whom to dun.",
    "detect_fraud": "Name cases of suspected fraud, each with its evidence.",
    "monitor": "Watch accounts, KPIs and the pipeline, and tell what is off beyond chance.",
}
"""Each with what it does, as the command of the same name says."""

_Place = str | os.PathLike[str]
_SHEETS = "Filled sheets, .xlsx or .csv, and folders of them."
_FILES = "Sheets of past experience to bring in; a path or several."
_WORKDIR = 'The working directory; where none is given that of TELCLI_WORKDIR, else "work".'
_OPENED = {"import-outcomes": "sheets", "knowledge": "files"}
"""What names the files that a stage opens."""
_NEEDS = {
    "import_outcomes": "It works on every month, so it takes no as_of.",
    "customer_months": "It works on every month, so it takes no as_of; ingest runs it too.",
    "profile": "Conditions of fail_if are the command's: compare `metrics` instead.",
}
_ERRORS = (
    "UsageError",
    "    An argument, a variable of the environment or telcli.toml asks for something impossible.",
    "MissingInputError",
    "    A table that it needs is not there, or the month is not; the hint names what to run first.",
    "DataError",
    "    The data break their contract, or tell too little; nothing was published.",
    "BusyError",
    "    Another process holds the working directory longer than `wait`.",
)


@cache
def stage_function(name: str) -> Callable[..., Result]:
    """The function of a stage.

    >>> stage_function("segment").__name__
    'segment'
    """
    stage = name.replace("_", "-")
    declared = _signature(name)

    def run(*args: Any, **kwargs: Any) -> Result:
        return _run(stage, bound(name, declared, args, kwargs))

    return dressed(run, name, declared, _text(name))


def _run(stage: str, given: Mapping[str, Any]) -> Result:
    """Run it as the command does: what is given goes before the environment, that before telcli.toml."""
    from telcli.pipeline.run import run_stage

    words = dict(given)
    named = words.pop(_OPENED[stage], None) or () if stage in _OPENED else ()
    how = {name: words.pop(name) for name in ("as_of", "wait", "force", "progress") if name in words}
    workdir = words.pop("workdir", None)
    with explained():
        request = requested(workdir, flags_of(words), sources=sources_of(named), **how)
        if stage == "segment":
            refuse_unused(request)
        return Result.of(run_stage(stage, beside(stage, request, language(request))), request.workdir)


def _shared_of(name: str) -> dict[str, tuple[Any, Any, str]]:
    return shared("as_of") if name in ("customer_months", "import_outcomes") else shared()


def _places(name: str) -> list[tuple[str, Any, Any, str]]:
    """What comes first: the working directory, and files that a stage opens."""
    several = _Place | Sequence[_Place]
    found: list[tuple[str, Any, Any, str]] = [("workdir", _Place | None, None, _WORKDIR)]
    if name == "import_outcomes":
        return [("sheets", several, inspect.Parameter.empty, _SHEETS), *found]
    return [*found, ("files", several | None, None, _FILES)] if name == "knowledge" else found


def _signature(name: str) -> inspect.Signature:
    kinds = inspect.Parameter
    places = [
        kinds(each, kinds.POSITIONAL_OR_KEYWORD, default=default, annotation=kind)
        for each, kind, default, _ in _places(name)
    ]
    common = [
        kinds(each, kinds.KEYWORD_ONLY, default=default, annotation=kind)
        for each, (kind, default, _) in _shared_of(name).items()
    ]
    return inspect.Signature([*places, *parameters(name.replace("_", "-")), *common], return_annotation=Result)


def _text(name: str) -> str:
    """The docstring: what it does, reads and writes, and each argument with unit, range and default."""
    from telcli.pipeline.catalog import stage as entry

    found = entry(name.replace("_", "-"))
    about = f"Needs {_listed(found.needs)}; writes {_listed(found.gives)}. {_NEEDS.get(name, '')}".strip()
    first = parameters(found.name)[0].name
    order = (
        f"A setting that is None is taken from the environment ({f'TELCLI_{name}_{first}'.upper()} and so on), else "
        f"from [{found.name}] of telcli.toml, else it is the default."
    )
    head = [STAGE_FUNCTIONS[name], "", *wrapped(about), "", *wrapped(order)]
    lines = [*head, "", "Parameters", "----------"]
    for each, _, _, meaning in _places(name):
        lines += lines_of(each, meaning)
    lines += documented(found.name)
    for each, (_, _, meaning) in _shared_of(name).items():
        lines += lines_of(each, meaning)
    return "\n".join([*lines, "", "Raises", "------", *_ERRORS])


def _listed(tables: Sequence[str]) -> str:
    """Tables in a row.

    >>> _listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(part for part in (", ".join(tables[:-1]), tables[-1]) if part) if tables else "no table"
