"""The function that reads the audit log."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from telcli.api.asking import explained, workdir_of

if TYPE_CHECKING:
    from telcli.pipeline.audit import Audit

__all__ = ["audit"]


def audit(workdir: str | os.PathLike[str] | None = None, *, since: str = "", command: str = "") -> Audit:
    """Who took rows out of the working directory: `entries`, and `breaks`, lines that are not as they were written.

    `telcli.read` and `telcli.scan` are not in it: whoever may call them may open the files themselves.

    Parameters
    ----------
    workdir
        The working directory; None takes that of TELCLI_WORKDIR, else "work".
    since
        Only from this day on, such as "2024-06-01" (UTC).
    command
        Only of this command.

    Raises
    ------
    MissingInputError
        There is no such directory.
    UsageError
        `since` is no day.
    """
    from telcli.pipeline.audit import look

    with explained():
        return look(workdir_of(workdir), since, command)
