"""The golden working directories, unpacked: one of each released version, as it wrote it."""

import shutil
import tarfile
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.golden.workdirs.make import HERE

__all__ = ["VERSIONS", "unpacked"]

VERSIONS = sorted(file.name.removesuffix(".tar.xz") for file in HERE.glob("*.tar.xz"))


def unpacked(version: str, place: Path) -> Path:
    """A copy of the directory of one version in a new folder: `place`/work, and `place`/next, the month after's files.

    It is unpacked once in the life of the process.
    """
    return shutil.copytree(_once(version), place)


@cache
def _once(version: str) -> Path:
    place = Path(mkdtemp(prefix="golden-"))
    with tarfile.open(HERE / f"{version}.tar.xz") as archive:
        archive.extractall(place, filter="data")
    return place
