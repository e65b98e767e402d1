"""Links in a working directory that somebody else may have prepared: nothing is changed through one that leads out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from telcli.errors import DataError

__all__ = ["refuse_links"]


def refuse_links(top: Path, paths: Iterable[str]) -> None:
    """Refuse paths from a directory whose folder is not within it, since a link on the way leads elsewhere.

    The directory may be a link itself, and links that lead to another place within it are followed. A file that is a
    link is not: it is the link that is replaced or removed.

    Raises
    ------
    DataError
        There is such a link.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as one, TemporaryDirectory() as other:
    ...     (Path(one) / "bills").symlink_to(other)
    ...     refuse_links(Path(one), ["usage/part-0.parquet"])
    ...     refuse_links(Path(one), ["bills/part-0.parquet"])
    Traceback (most recent call last):
    ...
    telcli.errors.DataError: bills/part-0.parquet lies outside of ..., by a link. Nothing was changed.
    """
    inside = top.resolve()
    known = {top: True}
    for path in paths:
        folder = (top / path).parent
        if folder not in known:
            known[folder] = folder.resolve().is_relative_to(inside)
        if not known[folder]:
            raise DataError(
                "workdir-linked",
                "{file} lies outside of {workdir}, by a link. Nothing was changed.",
                hint="Take the link away, or keep the whole directory where it leads and name that: -w DIR",
                file=path,
                workdir=str(top),
            )
