"""What the analyst types: the commands in walk order, and the one door every run goes through.

`main` is that door. It holds the only try/except of the command line: whatever is raised below becomes one sentence,
the command to run next, and a documented exit code.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from telcli.errors import ExitCode

__all__ = ["COMMANDS", "PANELS", "main", "script"]

PANELS = {
    "The whole walk": {"run": "Run every stage in order, from raw extracts to the report."},
    "One stage at a time": {
        "ingest": "Clean raw extracts into subject tables and a row per customer and month.",
        "customer-months": "Build the view with a row per customer and month.",
        "profile": "Measure how complete, valid, unique and timely the data are.",
        "segment": "Group customers who behave alike, and name each group.",
        "score-value": "Put a value in money on each customer, a score 0-100 and a tier.",
        "predict-churn": "Predict who will leave, and whom it pays to contact.",
        "plan-retention": "Plan whom to contact with which offer, and whom to hold out.",
        "import-outcomes": "Read the task sheets that account managers filled in, and tell how they did.",
        "evaluate-retention": "Measure what contacting customers changed, against those held out.",
        "knowledge": "Keep what trials taught of each offer, and suggest offers.",
        "campaigns": "Show how campaigns stand, where they meet, and what came of them.",
        "recommend-offers": "Recommend products and plans to customers, and say why.",
        "report": "Write the management report as one web page.",
    },
    "Watch": {
        "score-satisfaction": "Score how satisfied customers are, and what moves it.",
        "complaints": "Tell what customers complain of, what emerges, and how it is handled.",
        "assess-credit": "Age what customers owe, foretell who will not pay, and list whom to dun.",
        "detect-fraud": "Name cases of suspected fraud, each with its evidence.",
        "monitor": "Watch accounts, KPIs and the pipeline, and tell what is off beyond chance.",
    },
    "Look": {
        "help": "Explain a topic, or a command.",
        "status": "Show what the working directory holds, what is stale, and what to run next.",
        "show": "Show a table's rows, or what its columns mean.",
        "customer": "Show one customer on one screen.",
        "cube": "Take metrics apart by any dimensions, over months.",
        "metrics": "Show what each metric means, and its one formula.",
        "diff": "Show what changed in the base from one month to another.",
        "export": "Write a table to a file for others: CSV, a workbook or Parquet.",
        "config": "Show each setting, its value, and where it came from.",
    },
    "Privacy": {
        "purge": "Remove one person from every table.",
        "rotate-key": "Put every pseudonym of the working directory under a new key.",
        "audit": "Show who took rows out of the working directory.",
    },
    "Keep": {
        "verify": "Compare every published file with its hash, and name what is damaged.",
        "migrate": "Bring a working directory of an earlier version to the format of this one.",
    },
    "Set up": {
        "init": "Write a commented telcli.toml, and make the key of pseudonyms.",
        "merge": "Bring the working directories of several branches together into one.",
        "gc": "Let go months that the settings no longer keep.",
        "simulate": "Write raw extracts of an imaginary operator.",
    },
}
COMMANDS = {name: summary for panel in PANELS.values() for name, summary in panel.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; nothing is raised.

    >>> main(["show", "nothing", "--format", "quiet"])
    2
    """
    from telcli.cli import _paste, _words

    args = list(sys.argv[1:] if argv is None else argv)
    _words.settle(args)
    _paste.remember(args)
    try:
        from telcli.cli._group import root

        code = _invoke(root(), args)
        sys.stdout.flush()
    except SystemExit as ended:  # Typer's completion ends this way
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BrokenPipeError:
        return _reader_gone()
    except BaseException as error:  # a panic of polars is no Exception
        return _told(error, args)
    return code


def _invoke(group: Any, args: list[str]) -> int:
    """Parse and run, without Typer's own error screens."""
    import typer

    if "_TELCLI_COMPLETE" in os.environ:
        group.main(args, prog_name="telcli", complete_var="_TELCLI_COMPLETE")
    try:
        with group.make_context("telcli", args) as context:
            group.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    return ExitCode.DONE


def _told(error: BaseException, args: list[str]) -> int:
    """Explain an error where the caller asked to read it."""
    from telcli.cli._errors import ToldError, explain

    told_already = isinstance(error, ToldError)
    error = error.error if isinstance(error, ToldError) else error
    failure = explain(error, tuple(COMMANDS))
    debug = "-v" in args or "--verbose" in args or os.environ.get("TELCLI_DEBUG") == "1"
    if debug and failure.exit_code is ExitCode.BUG:
        import traceback

        traceback.print_exception(error)
    try:
        _say(failure, args, told_already)
    except BrokenPipeError:
        return _reader_gone()
    return int(failure.exit_code)


def _say(failure: Any, args: list[str], told_already: bool) -> None:
    """Put a failure on stderr and, where JSON is asked for and can still be written, on stdout."""
    from telcli.cli._output import tell_failure
    from telcli.cli._words import peek

    stage = next((word for word in args if word in COMMANDS), "")
    try:
        sys.stdout.flush()
        tell_failure(failure, stage, (peek(args, "--format") or "").lower() == "json" and not told_already)
    except BrokenPipeError:
        raise
    except OSError:  # stdout takes no more
        _drop_stdout()
        tell_failure(failure, stage, False)


def _reader_gone() -> int:
    """The reader of a pipe went away: end quietly."""
    _drop_stdout()
    return int(ExitCode.PIPE_CLOSED)


def _drop_stdout() -> None:
    """Let go of what stdout has not taken, so that the interpreter does not complain of it as it ends."""
    from contextlib import suppress

    with suppress(OSError, ValueError):  # a stdout without a descriptor has nothing to be closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _stopped(number: int, frame: object) -> NoReturn:
    """A polite end asked for by the system is an end by Ctrl-C: scratch goes, and the lock."""
    raise KeyboardInterrupt


_ALLOCATOR, _KEPT_FREE = "_RJEM_MALLOC_CONF", "dirty_decay_ms:5000,muzzy_decay_ms:-1,thp:always"
"""How polars' allocator (jemalloc) gives memory back: columns come and go by the hundred, and to hand each of them to
the system and ask for it again took a fifth of the time of customer-months."""


def script() -> None:
    """Entry point of the installed program."""
    os.environ.setdefault(_ALLOCATOR, _KEPT_FREE)  # read once, when polars is loaded
    signal.signal(signal.SIGTERM, _stopped)
    from telcli.cli._signs import spare

    for stream in (sys.stdout, sys.stderr):
        spare(stream)
    sys.exit(main())
