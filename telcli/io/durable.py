"""Files that outlive a power cut: first their bytes are on the disk, then their names."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["named", "sync"]


def sync(place: Path) -> None:
    """Have what a file holds, or which names a folder holds, written to the disk.

    >>> sync(Path.cwd())
    """
    handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def named(part: Path, place: Path, *, fresh: bool = False) -> None:
    """Give a whole file its name, in place of any earlier one; `fresh` keeps an earlier one and raises.

    Whatever happens meanwhile, the name stands for the earlier file or for all of the new one.

    Raises
    ------
    FileExistsError
        With `fresh`, there is a file of that name.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (Path(folder) / "part").write_text("a")
    ...     named(Path(folder) / "part", Path(folder) / "a.txt", fresh=True)
    ...     [one.name for one in Path(folder).iterdir()]
    1
    ['a.txt']
    """
    sync(part)
    if fresh:
        _linked(part, place)
    else:
        part.replace(place)
    sync(place.parent)


def _linked(part: Path, place: Path) -> None:
    """The name if nobody has it: one step where files can have two names, else the next best."""
    try:
        place.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:
        if place.exists():
            raise FileExistsError(str(place)) from None
        part.replace(place)
    else:
        part.unlink()
