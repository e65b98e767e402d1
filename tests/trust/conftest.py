"""What tests of faults share: the cases laid out once, and a server that runs commands into faults."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.trust.bench import Bench
from tests.trust.cases import base
from tests.trust.under import Under, compiled


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """See `tests.trust.bench`; on a disk in memory where there is one, as every sync is one in earnest."""
    shared = Path("/dev/shm")  # noqa: S108 - in a folder of its own
    with TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        place = Path(folder)
        library = compiled(place)
        if library is None:
            pytest.skip("faults are injected by a library that a C compiler makes, on Linux: there is none")
        base(place / "base")
        with Under(library) as under:
            yield Bench(place / "base", place, under)
