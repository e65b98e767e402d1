"""The command's help names every table that it writes, in both languages."""

import pytest

from telcli.cli import predict_churn
from telcli.cli._words import settle, tr
from telcli.pipeline.catalog import stage


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_names_every_table(language: str) -> None:
    about = " ".join((predict_churn.predict_churn.__doc__ or "").split("\n\n")[1].split())
    settle(["--lang", language])
    said = tr(about)
    settle(["--lang", "en"])
    assert (said == about) == (language == "en")
    assert [table for table in stage("predict-churn").gives if table not in said] == []
