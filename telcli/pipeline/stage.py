"""One link of the chain, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from telcli.stages import Inputs, Outcome

__all__ = ["Render", "Stage"]

Render = Callable[["pl.DataFrame"], Mapping[str, bytes]]
"""From the table that a stage's files are drawn of to files under reports/, by relative name."""


@dataclass(frozen=True)
class Stage:
    """A named function with named inputs and outputs.

    Parameters
    ----------
    name : the command, the settings section, and (with underscores) the module and function in `telcli.stages`.
    needs, uses : tables it cannot do without, and tables it reads where they exist.
    lags : results of later stages that it reads as of the latest month before its own, where there is one.
    gives : tables it publishes.
    heeds : stages whose recorded metrics it reads.
    fresh : whether results that their inputs have outrun are to it as if they were not there.
    aside : whether it looks at the data beside the walk: `telcli run` does without it.
    snapshot : whether it works on one as-of month; else it covers every month at once.
    adds : whether it is told what stands of its last run, and may leave months as they are.
    recalls : tables of its own of which it is given the latest earlier snapshot, where there is one.
    looks_back : tables of its own of which it is given every snapshot of the twelve months before.
    settles : whether a month once made goes on by the snapshot that it recalled then.
    spans : results of which it is given every snapshot before its own month, in one frame.
    recent : results of which it is given the latest snapshot up to its own month; what it spans too, all up to it.
    borrows : models of other stages, by stage and name, of which it is given the latest up to its own month.
    opens : the module of `telcli.io` that reads the files its command line names; empty where it names none.
    closed_by : tables that, once they hold its month, forbid to make that month again but with --force.
    keeps : tables of its own that it is given whole, up to its month, and adds to: it does not depend on them.
    draws, folder : the table that its files are drawn of, the first it gives where empty, and the folder they go to.
    beside : a table that it gives and whose rows its files are drawn of too, put under those of the first.
    """

    name: str
    needs: tuple[str, ...]
    uses: tuple[str, ...]
    gives: tuple[str, ...]
    snapshot: bool = True
    heeds: tuple[str, ...] = ()
    fresh: bool = False
    aside: bool = False
    adds: bool = False
    recalls: tuple[str, ...] = ()
    settles: bool = False
    lags: tuple[str, ...] = ()
    looks_back: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    borrows: tuple[tuple[str, str], ...] = ()
    opens: str = ""
    keeps: tuple[str, ...] = ()
    closed_by: tuple[str, ...] = ()
    draws: str = ""
    beside: str = ""
    folder: str = "reports"

    @property
    def reads(self) -> tuple[str, ...]:
        """Tables of other stages that its result depends on, of whichever month."""
        return (*self.needs, *self.uses, *self.spans, *self.recent)

    @property
    def owes(self) -> tuple[str, ...]:
        """Tables that it runs again for where its last run did not know them yet.

        None of ingest and of what adds to tables by files of the command line, which only their own command line makes
        run; and none of what is set going and closed, which is not made anew for a table more.
        """
        return () if self.name == "ingest" or self.keeps or self.closed_by else self.gives

    @property
    def handed(self) -> bool:
        """Whether all it reads anew are files that its command line names: with no others it has nothing to do."""
        return bool(self.opens) and not self.snapshot

    def load(self) -> Callable[[Inputs, Any], Outcome]:
        """Import the stage's function, and with it the libraries it needs."""
        name = self.name.replace("-", "_")
        found: Callable[[Inputs, Any], Outcome] = getattr(import_module(f"telcli.stages.{name}"), name)
        return found
