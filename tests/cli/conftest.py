"""Fixtures of the command line's tests."""

from collections.abc import Iterator

import pytest

from telcli.cli import _paste, _words
from tests.cli.fakes import faked, work, worked

__all__ = ["faked", "plain", "work", "worked"]


@pytest.fixture(autouse=True)
def plain() -> Iterator[None]:
    """Each test begins in English, in the default working directory."""
    _words.settle(["--lang=en"])
    _paste.remember([])
    yield
    _words.settle(["--lang=en"])
    _paste.remember([])
