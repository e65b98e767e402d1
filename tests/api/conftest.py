"""Fixtures of the tests of telcli's functions: the command line's."""

from tests.cli.conftest import plain
from tests.cli.fakes import faked, work, worked

__all__ = ["faked", "plain", "work", "worked"]
