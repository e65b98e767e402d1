"""Lists that monitor goes by: one in which nothing stands yet is no fault."""

from pathlib import Path

import pytest

from telcli.errors import MissingInputError
from telcli.pipeline.known_causes import rows_of
from telcli.stages.monitor_known import file_causes


@pytest.mark.parametrize("text", ["", "entity,metric,from,to,reason\n"])
def test_an_empty_list_explains_nothing(text: str, tmp_path: Path) -> None:
    place = tmp_path / "known.csv"
    place.write_text(text, encoding="utf-8")
    assert not file_causes(rows_of(place)).height


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError):
        rows_of(tmp_path / "known.csv")
