"""Functions that make extracts, or change what a working directory holds."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.api.arguments import bound, documented, dressed, flags_of, lines_of, parameters, shared
from telcli.api.asking import explained, requested, workdir_of

if TYPE_CHECKING:
    from telcli.pipeline.gc import Collected
    from telcli.pipeline.merge import Merged
    from telcli.pipeline.purge import Purged
    from telcli.pipeline.rotate import Rotated
    from telcli.pipeline.simulate import SimulateResult

__all__ = ["gc", "merge", "purge", "rotate_key", "simulate_function", "simulation"]

_OUTPUT = "Directory for the extracts, new or of an earlier simulation."
_FORCE = "Replace the extracts of an earlier simulation."
_TEXT = """Write raw extracts of an imaginary operator, with an answer key that says what was planted.

The same settings and seed give the same files.
"""


def simulation(
    workdir: Path | None, flags: Mapping[str, Any], shared_flags: Mapping[str, Any], as_of: date | None = None
) -> tuple[Any, int]:
    """Settings of a simulation, and its seed; `as_of` names the last month."""
    from telcli import settings

    file = settings.config_file(workdir)
    parsed, name = settings.read_config(file), str(file or "telcli.toml")
    given = {**flags, **({"last_month": f"{as_of:%Y-%m}"} if as_of else {})}
    seed: int = settings.resolve("general", shared_flags, parsed, name).values.seed
    return settings.resolve("simulate", given, parsed, name).values, seed


def simulate_function() -> Callable[..., SimulateResult]:
    """The function `simulate`, whose arguments are the settings of a simulation.

    >>> simulate_function().__name__
    'simulate'
    """
    kinds, place = inspect.Parameter, str | os.PathLike[str]
    common = shared("as_of", "lang", "wait", "force")
    declared = inspect.Signature(
        [
            kinds("output", kinds.POSITIONAL_OR_KEYWORD, annotation=place),
            *parameters("simulate"),
            *(kinds(name, kinds.KEYWORD_ONLY, default=to, annotation=of) for name, (of, to, _) in common.items()),
            kinds("force", kinds.KEYWORD_ONLY, default=False, annotation=bool),
        ],
        return_annotation="SimulateResult",
    )

    def run(*args: Any, **kwargs: Any) -> SimulateResult:
        return _simulate(bound("simulate", declared, args, kwargs))

    lines = [*_TEXT.splitlines(), "", "Parameters", "----------", *lines_of("output", _OUTPUT), *documented("simulate")]
    for name, (_, _, meaning) in common.items():
        lines += lines_of(name, meaning)
    lines += [*lines_of("force", _FORCE), "", "Raises", "------", "UsageError"]
    lines += ["    The directory holds something else, or a simulation without `force`; or it cannot be written."]
    return dressed(run, "simulate", declared, "\n".join(lines))


def _simulate(given: dict[str, Any]) -> SimulateResult:
    from telcli.pipeline.simulate import simulate as make
    from telcli.stages import silent

    output, force = Path(given.pop("output")), given.pop("force", False)
    progress, seed = given.pop("progress", None) or silent, given.pop("seed", None)
    with explained():
        settings, drawn = simulation(workdir_of(), flags_of(given), {"seed": seed})
        return make(output, settings, drawn, progress, force=force)


def gc(workdir: str | os.PathLike[str] | None = None, *, dry_run: bool = False, wait: float = 0.0) -> Collected:
    """Let go months that the settings no longer keep, and leftovers of interrupted runs.

    Goes by the section [gc] of telcli.toml. What a later run looks back on stays, and what people filled in.

    Parameters
    ----------
    workdir
        The working directory; None takes that of TELCLI_WORKDIR, else "work".
    dry_run
        Tell what would go; remove nothing.
    wait
        Seconds to wait for a working directory in use.

    Raises
    ------
    MissingInputError
        There is no such working directory.
    UsageError
        The settings keep fewer months of results than stages look back on.
    """
    from telcli.pipeline.gc import gc as collect

    with explained():
        return collect(workdir_of(workdir), dry_run=dry_run, wait=wait)


def merge(
    directories: Sequence[str | os.PathLike[str]],
    workdir: str | os.PathLike[str] | None = None,
    *,
    called: Mapping[str, str] | None = None,
    strict: bool = False,
    apart: bool = False,
    same: bool = False,
    wait: float = 0.0,
    force: bool = False,
) -> Merged:
    """Bring the working directories of several branches together into one.

    Results are not merged: `telcli.run` makes them of all.

    Parameters
    ----------
    directories
        Two or more, each of one branch.
    workdir
        The working directory to write, new or of an earlier merge; None takes that of TELCLI_WORKDIR, else "work".
    called
        What branches are to be called, by their directory as given or by its name, where it is another one.
    strict
        Refuse where a customer or a line stands in several.
    apart
        Branches number their customers apart: the branch goes before every id.
    same
        One id is one customer in all branches, though nothing confirms it.
    wait
        Seconds to wait for a working directory in use.
    force
        Merge even where nothing has changed.

    Raises
    ------
    MissingInputError
        One is no working directory, or holds no customers.
    UsageError
        One stands twice, two are called alike, or `workdir` holds tables that were ingested into it.
    DataError
        They do not go together: other keys of pseudonyms, currencies, time zones, or ids of different persons.
    """
    from telcli.pipeline.merge import Wish
    from telcli.pipeline.merge import merge as merged

    with explained():
        wish = Wish(dict(called or {}), strict=strict, apart=apart, same=same)
        return merged(requested(workdir, wait=wait, force=force), [Path(place) for place in directories], wish)


def purge(workdir: str | os.PathLike[str] | None, customer: str, *, wait: float = 0.0) -> Purged:
    """Remove one person from every table, and keep the person from coming back.

    The results are stale then: make them anew with `telcli.run`.

    Parameters
    ----------
    workdir
        The working directory; None takes that of TELCLI_WORKDIR, else "work".
    customer
        The customer_id, or the whole telephone number or certificate, which is put under the key of pseudonyms.
    wait
        Seconds to wait for a working directory in use.

    Raises
    ------
    MissingInputError
        There is no such working directory or customer, or the key is not at hand.
    """
    from telcli.pipeline.purge import purge as remove

    with explained():
        return remove(workdir_of(workdir), customer, wait)


def rotate_key(workdir: str | os.PathLike[str] | None = None, *, wait: float = 0.0) -> Rotated:
    """Put every pseudonym of the working directory under a new key, which goes into the key file below the others.

    Results stay up to date, and later extracts join as before.

    Parameters
    ----------
    workdir
        The working directory; None takes that of TELCLI_WORKDIR, else "work".
    wait
        Seconds to wait for a working directory in use.

    Raises
    ------
    UsageError
        The directory holds no pseudonyms, or the key comes from the environment and no other follows it.
    DataError
        The key that made what it holds is not at hand.
    """
    from telcli.pipeline.rotate import rotate_key as turn

    with explained():
        return turn(requested(workdir), wait)
