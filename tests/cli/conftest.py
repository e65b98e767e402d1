"""Fixtures of the command line's tests."""

from tests.cli.fakes import faked, work

__all__ = ["faked", "work"]
