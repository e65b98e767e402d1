"""Functions that check a working directory, and bring it to the format of this version."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from telcli.api.asking import explained, workdir_of

if TYPE_CHECKING:
    from telcli.pipeline.migrate import Migrated
    from telcli.pipeline.verify import Verified

__all__ = ["migrate", "verify"]


def verify(workdir: str | os.PathLike[str] | None = None) -> Verified:
    """Compare every published file with its hash: `damaged` names those that differ, and what makes them again.

    Parameters
    ----------
    workdir
        The working directory; None takes that of TELCLI_WORKDIR, else "work".

    Raises
    ------
    MissingInputError
        There is no such directory.
    DataError
        The manifest itself is damaged, or of a newer telcli.
    """
    from telcli.pipeline.verify import verify as check

    with explained():
        return check(workdir_of(workdir))


def migrate(workdir: str | os.PathLike[str] | None = None, *, dry_run: bool = False, wait: float = 0.0) -> Migrated:
    """Bring a working directory of an earlier version of telcli to the format of this one; tables stay as they are.

    Parameters
    ----------
    workdir
        The working directory; None takes that of TELCLI_WORKDIR, else "work".
    dry_run
        Say what would be done, and write nothing.
    wait
        Seconds to wait for a working directory in use.

    Raises
    ------
    MissingInputError
        There is no such directory.
    DataError
        It is of a newer telcli, or its manifest is damaged.
    BusyError
        Another process writes into it.
    """
    from telcli.pipeline.migrate import migrate as bring

    with explained():
        return bring(workdir_of(workdir), wait, dry_run=dry_run)
