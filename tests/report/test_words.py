"""Words: both languages, the same placeholders, and none that nothing says."""

import re
import string
from pathlib import Path

import pytest

import telcli.report
from telcli.report.words import known, word, words

HERE = Path(telcli.report.__file__).parent
LISTED = {"tier", "band", "method", "split", "tone", "basis", "yes", "model", "kpi", "col", "chart", "told"}
"""Sections whose words are asked for by a name that data or a column gives."""
NAMED = {"tier", "band", "method", "split", "tone", "basis", "chart", "reach"}
NAMED |= {"part", "counted", "dropped", "verdict", "pay_mode"}


def slots(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_each_word_has_both_languages_with_the_same_placeholders() -> None:
    for section, found in words().items():
        for name, pair in found.items():
            assert set(pair) == {"en", "zh"}, (section, name)
            assert slots(pair["en"]) == slots(pair["zh"]), (section, name)
            assert not re.search(r"[\u3400-\u9fff]", pair["en"]), (section, name)


def test_no_word_is_left_over() -> None:
    source = "".join(
        file.read_text(encoding="utf-8") for file in sorted(HERE.glob("*.*")) if file.suffix in (".py", ".j2")
    )
    for section, found in words().items():
        for name in found:
            said = f"{section}.{name}" in source or (section in LISTED and re.search(rf"\b{re.escape(name)}\b", source))
            assert said or section in NAMED, f"{section}.{name}"


def test_a_missing_word_is_a_fault() -> None:
    with pytest.raises(KeyError):
        word("page.absent", "en")
    assert known("method", "someone-elses", "zh") == "someone-elses"
