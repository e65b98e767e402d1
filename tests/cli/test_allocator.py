"""Memory that polars frees is kept for its next column, unless whoever starts telcli says otherwise."""

import os
import subprocess
import sys

import pytest

from telcli import cli

NAME = "_RJEM_MALLOC_CONF"


@pytest.mark.parametrize("own", [None, "dirty_decay_ms:0"])
def test_it_is_said_before_polars_is_loaded_and_never_over_ones_own(
    monkeypatch: pytest.MonkeyPatch, own: str | None
) -> None:
    monkeypatch.setenv(NAME, own or "")
    if own is None:
        monkeypatch.delenv(NAME)
    told = []
    monkeypatch.setattr(cli, "main", lambda: told.append(os.environ[NAME]) or 0)
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    monkeypatch.setattr("telcli.cli._signs.spare", lambda _: None)
    with pytest.raises(SystemExit):
        cli.script()
    assert told == [own or cli._KEPT_FREE]


@pytest.mark.skipif(sys.platform != "linux", reason="polars brings another allocator there")
def test_polars_reads_it_and_finds_nothing_wrong_with_it() -> None:
    said = {}
    for conf in (cli._KEPT_FREE, "no_such_word:1"):
        command = [sys.executable, "-c", "import polars; polars.Series([1.0] * 9).sort()"]
        environment = {**os.environ, NAME: conf}
        said[conf] = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr
    assert said[cli._KEPT_FREE] == ""
    assert "no_such_word" in said["no_such_word:1"]
