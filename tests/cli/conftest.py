"""Fixtures of the command line's tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from telcli.cli import _paste, _words
from tests.cli.fakes import faked, work, worked

__all__ = ["faked", "home", "plain", "work", "worked"]


@pytest.fixture(autouse=True)
def plain() -> Iterator[None]:
    """Each test begins in English, in the default working directory."""
    _words.settle(["--lang=en"])
    _paste.remember([])
    yield
    _words.settle(["--lang=en"])
    _paste.remember([])


@pytest.fixture
def home(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the directory that the module's fixture `ingested` made once, gone into."""
    shutil.copytree(ingested, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path
