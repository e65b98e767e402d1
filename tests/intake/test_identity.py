"""Identifiers value by value, columns of persons, and pseudonyms that join across forms and sources."""

from __future__ import annotations

import hashlib
import hmac

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.errors import DataError
from telcli.intake.identity import identifiers, managers, personal, seen, things
from telcli.intake.pseudonyms import Pseudonyms, no_key
from telcli.pipeline.secret import key_id

KEY = bytes(range(32))
PEOPLE = Pseudonyms(KEY)
PHONE = hmac.digest(KEY, b"msisdn|13812345678", "sha256").hex()[:32]
CARD = hmac.digest(KEY, b"cert|11010519491231002X", "sha256").hex()[:32]


def test_a_pseudonym_is_the_start_of_an_hmac() -> None:
    found = PEOPLE.of(pl.Series(["13812345678", None, "x"]), "msisdn").to_list()
    assert found == [PHONE, None, hmac.digest(KEY, b"msisdn|x", "sha256").hex()[:32]]
    assert key_id(KEY) == hashlib.sha256(KEY).hexdigest()[:8]
    assert PEOPLE.of(pl.Series(["13812345678"]), "cert")[0] != PHONE
    assert Pseudonyms(bytes(32)).of(pl.Series(["13812345678"]), "msisdn")[0] != PHONE


@given(st.lists(st.one_of(st.none(), st.text(max_size=20))))
def test_pseudonyms_of_any_text(texts: list[str | None]) -> None:
    made = PEOPLE.of(pl.Series(texts, dtype=pl.String), "name").to_list()
    for text, found in zip(texts, made, strict=True):
        assert found == (None if text is None else hmac.digest(KEY, f"name|{text}".encode(), "sha256").hex()[:32])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("13812345678", PHONE),
        ("+86 138-1234-5678", PHONE),
        ("1795113812345678", PHONE),
        ("138 1234 5678", PHONE),
        ("１３８１２３４５６７８", PHONE),
        ("13812345678.0", PHONE),
        ("11010519491231002x", CARD),
        ("110105491231002", CARD),
        ("C00000123", "C00000123"),
        ("000123", "000123"),
        ("1000000000123", "1000000000123"),
        ("202406010000000001", "202406010000000001"),
        ("7590-VHVEG", "7590-VHVEG"),
        ("kd057112345", "kd057112345"),
        (PHONE.upper(), PHONE),
        ("null", None),
        ("", None),
    ],
)
def test_identifiers(written: str, read: str | None) -> None:
    values, bad = identifiers(pl.Series([written]), PEOPLE)
    assert (values[0], bad[0]) == (read, False)


@pytest.mark.parametrize(
    "written", ["110105194912310021", "a.b@mail.cn", "460001234567890", "010-12345678", "+49 89 1234567"]
)
def test_nothing_of_a_person_stays(written: str) -> None:
    values, bad = identifiers(pl.Series([written]), PEOPLE)
    assert not bad[0]
    assert len(values[0]) == 32


@pytest.mark.parametrize("written", ["138****1234", "1.38E+10", "1E+17"])
def test_masked_and_destroyed_identifiers_are_faults(written: str) -> None:
    values, bad = identifiers(pl.Series(["a", written]), PEOPLE)
    assert (values.to_list(), bad.to_list()) == (["a", None], [False, True])


def test_no_key_is_asked_where_there_is_no_person() -> None:
    nobody = Pseudonyms(no_key)
    assert identifiers(pl.Series(["C1", "0012", "1000000000001", None]), nobody)[0].to_list() == [
        "C1",
        "0012",
        "1000000000001",
        None,
    ]
    assert personal(pl.Series(["138****1234", "a" * 32, None]), "phone", nobody)[0].to_list() == [None, "a" * 32, None]
    with pytest.raises(DataError) as caught:
        identifiers(pl.Series(["C1", "13812345678"]), nobody)
    assert caught.value.code == "key-absent"


def test_staff_have_codes_or_names() -> None:
    read = managers(pl.Series(["M01", "王小明", "欧阳娜娜", "1班", "营业厅中心组"]), PEOPLE)[0].to_list()
    assert read[0] == "M01"
    assert [len(value) for value in read[1:3]] == [32, 32]
    assert read[3:] == ["1班", "营业厅中心组"]


def test_a_column_of_numbers_is_counted() -> None:
    texts = ["13812345678", "138****5678", "138****5678", "A" * 32, "no", "", None, "00000000000", "13800000000"]
    counts = seen(pl.Series(texts), "phone")
    assert (counts.values, counts.masked, counts.hashed, counts.unreadable) == (6, 2, 1, 2)
    read, bad = personal(pl.Series(texts), "phone", PEOPLE)
    assert read.to_list() == [PHONE, None, None, "a" * 32, None, None, None, None, None]
    assert not bad.any()


@pytest.mark.parametrize("form", ["device", "sim"])
def test_devices_join_whatever_follows_their_serial_number(form: str) -> None:
    texts = ["490154203237518", "49-015420-323751-8", "490154203237518.0"]
    texts += ["4901542032375180"] if form == "device" else []
    assert personal(pl.Series(texts), form, PEOPLE)[0].n_unique() == 1


def test_the_hash_of_nothing_is_nobody() -> None:
    nothing = [hashlib.new(kind, b"").hexdigest().upper() for kind in ("md5", "sha1", "sha256")]
    assert personal(pl.Series(nothing), "phone", PEOPLE)[0].to_list() == [None] * 3


@given(st.lists(st.one_of(st.none(), st.text(max_size=40), st.from_regex(r"[0-9xX*+ -]{5,20}", fullmatch=True))))
def test_any_text_is_read_or_refused(texts: list[str | None]) -> None:
    values, bad = identifiers(pl.Series(texts, dtype=pl.String), PEOPLE)
    assert values.len() == bad.len() == len(texts)
    assert not (values.is_not_null() & bad).any()
    from telcli.intake.phones import phones

    assert phones(values).null_count() == len(texts), "no number is left"


def test_products_called_like_persons_keep_their_names_and_numbers_of_persons_do_not() -> None:
    given = pl.Series(["视频会员", "彩铃", "Family Plan", None, "王小明13812345678", "13812345678", "a@b.cn", "P001"])
    read, bad = things(given, Pseudonyms(bytes(32)))
    kept = identifiers(given, Pseudonyms(bytes(32)))[0]
    assert read.to_list()[:3] == ["视频会员", "彩铃", "Family Plan"]
    assert read.to_list()[3:] == kept.to_list()[3:]
    assert not set(kept.to_list()[:3]) & set(given.to_list())
    assert not bad.any()
