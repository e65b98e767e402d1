"""Certificates: check digits, old and new forms, companies."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.intake.certificates import certificates, plausible_certificate
from telcli.simulation.people import certificate_check, credit_code_check

BODY = st.builds(
    lambda place, born, order: f"{place}{born:%Y%m%d}{order:03d}",
    st.sampled_from(["110105", "440306", "650101", "310115"]),
    st.dates(date(1900, 1, 1), date(1999, 12, 31)),
    st.integers(0, 999),
)


def one(text: str, *, any_kind: bool = True) -> str | None:
    return certificates(pl.Series([text]), any_kind=any_kind)[0]


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002X",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105491231002",
        "'11010519491231002X",
    ],
)
def test_forms_of_one_certificate(written: str) -> None:
    assert one(written, any_kind=False) == "11010519491231002X"


@pytest.mark.parametrize(
    "written",
    [
        "110105194912310021",
        "11010519491331002X",
        "990105491231002",
        "110105********002X",
        "1.10105194912E+17",
        "202406010000000001",
        "",
    ],
)
def test_what_is_no_certificate(written: str) -> None:
    assert one(written) is None


def test_companies() -> None:
    assert one("91350100m000100y43", any_kind=False) == "91350100M000100Y43"
    assert one("91350100M000100Y44", any_kind=False) is None


@pytest.mark.parametrize(
    ("written", "normal"), [("E12345678", "E12345678"), ("a123456(7)", "A1234567"), ("H 12345678", "H12345678")]
)
def test_other_kinds_only_in_columns_of_certificates(written: str, normal: str) -> None:
    assert one(written) == normal
    assert one(written, any_kind=False) is None


@given(BODY)
def test_the_old_and_the_new_form_join(body: str) -> None:
    new = body + certificate_check(body)
    old = body[:6] + body[8:]
    assert certificates(pl.Series([new, new.lower(), old])).to_list() == [new] * 3


@given(BODY, st.sampled_from("0123456789X"))
def test_a_wrong_check_digit_is_refused(body: str, digit: str) -> None:
    right = digit == certificate_check(body)
    assert (one(body + digit) is not None) is right
    assert plausible_certificate(pl.Series([body + digit])).to_list() == [True]


@given(st.from_regex(r"91(?:11|44)[0-9]{4}[0-9A-HJ-NPQRTUWXY]{9}", fullmatch=True))
def test_credit_codes_of_companies(body: str) -> None:
    assert one(body + credit_code_check(body), any_kind=False) == body + credit_code_check(body)


@given(st.lists(st.one_of(st.none(), st.text(max_size=25))))
def test_any_text_is_read_or_left(texts: list[str | None]) -> None:
    read = certificates(pl.Series(texts, dtype=pl.String))
    assert read.len() == len(texts)
    assert certificates(read).equals(read)
