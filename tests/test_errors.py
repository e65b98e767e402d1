"""Exit codes are a promise to scripts."""

from telcli.errors import BusyError, DataError, ExitCode, MissingInputError, ThresholdError, UsageError


def test_exit_codes() -> None:
    assert [code.value for code in ExitCode] == [0, 1, 2, 3, 4, 5, 6, 130, 141]
    classes = {UsageError: 2, MissingInputError: 3, DataError: 4, ThresholdError: 5, BusyError: 6}
    for kind, code in classes.items():
        assert kind("x", "x").exit_code == code


def test_an_error_fills_its_sentence_and_hint() -> None:
    error = DataError("slug", "{file} is empty.", hint="Look at {file}.", file="a{b}.csv")
    assert str(error) == "a{b}.csv is empty."
    assert error.hint == "Look at a{b}.csv."
