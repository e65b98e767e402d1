"""What kind of leaving the end of a line is."""

import tomllib
from datetime import date
from importlib.resources import files

import polars as pl
import pytest

from telcli.features.exit_kinds import KINDS, ended_lines, exit_kind, leavings
from telcli.tables.subjects import END_REASONS

JUNE = date(2024, 6, 1)


def kinds(*texts: str | None) -> list[str | None]:
    frame = pl.DataFrame({"why": texts}, schema={"why": pl.String})
    return frame.select(exit_kind(pl.col("why")))["why"].to_list()


def test_codes_are_kinds_and_words_of_ingest_are_of_the_same_kind_here() -> None:
    assert set(KINDS) == set(END_REASONS)
    assert kinds(*END_REASONS) == list(END_REASONS)
    book = tomllib.loads((files("telcli.intake") / "dictionary.toml").read_text(encoding="utf-8"))["words"][
        "end_reason"
    ]
    known = {word: kind for kind, words in book.items() if kind != "otherwise" for word in words}
    assert dict(zip(known, kinds(*known), strict=True)) == known


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("用户申请携号转出", "port-out"),
        ("过户销户", "internal"),
        ("欠费自动销号", "involuntary"),
        ("Migration to plan B", "internal"),
        ("emigration", "unknown"),
        ("非自愿 unpaid bills", "involuntary"),
        ("用户cancel", "voluntary"),
        ("Wechsel zum Mitbewerber", "voluntary"),
        ("其他", "unknown"),
        ("  ", None),
    ],
)
def test_the_first_kind_whose_word_is_in_a_text_has_it(text: str, kind: str | None) -> None:
    assert kinds(text) == [kind]


def test_the_last_line_to_end_tells_how_its_customer_left() -> None:
    lines = pl.LazyFrame(
        {
            "subscription_id": ["1", "2", "3", "4", "5"],
            "customer_id": ["a", "a", "a", "b", "b"],
            "ended_on": [date(2024, 6, day) for day in (3, 20, 25, 9, 9)],
            "end_reason": ["voluntary", "port-out", "internal", "involuntary", "voluntary"],
        }
    )
    months = pl.LazyFrame({"customer_id": ["a", "b", "c"], "month": [JUNE] * 3, "left": [True] * 3})
    found = leavings(months, ended_lines(lines)).sort("customer_id").collect()
    assert found["kind"].to_list() == ["port-out", "voluntary", "inactive"]
    assert leavings(months).collect()["kind"].unique().to_list() == ["unknown"]


def test_lines_without_days_of_ending_tell_nothing() -> None:
    lines = pl.LazyFrame({"subscription_id": ["1"], "customer_id": ["a"], "status": ["ended"]})
    assert ended_lines(lines).collect().is_empty()
