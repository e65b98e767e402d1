"""The words of task sheets, and that a check code goes with its row alone."""

from hypothesis import given
from hypothesis import strategies as st

from telcli.tables.task_sheet import CHANNELS, HEADERS, RESULTS, channel_of, check_code, field_of, result_of


def test_every_word_means_one_thing() -> None:
    for words, meaning in ((HEADERS, field_of), (RESULTS, result_of), (CHANNELS, channel_of)):
        for code, names in words.items():
            assert {meaning(name) for name in (code, *names)} == {code}
            assert meaning(f"  {names[0].upper()} ") == code


_text = st.text(min_size=1, max_size=8)


@given(row=st.tuples(_text, _text, _text, _text), other=st.tuples(_text, _text, _text, _text))
def test_rows_that_differ_have_other_codes(row: tuple[str, ...], other: tuple[str, ...]) -> None:
    from telcli.tables.masking import hidden

    same = (*row[:2], hidden(row[2]), row[3]) == (*other[:2], hidden(other[2]), other[3])
    assert (check_code(*row) == check_code(*other)) == same
