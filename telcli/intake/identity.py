"""Identifiers read value by value: what is of a person becomes its pseudonym, any other stays as it is.

In a column of customers or lines a value may be a code of the operator's or a telephone number, and the same person may
stand under either in another system: so each value is judged by its form. Columns that hold numbers, certificates or
devices of persons by their header are read as that alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from telcli.intake.certificates import certificates, plausible_certificate
from telcli.intake.hotlines import short_form
from telcli.intake.phones import flat, hashed, masked_number, phones
from telcli.intake.privacy import bank_cards, hidden
from telcli.intake.pseudonyms import Pseudonyms
from telcli.intake.words import Read, by_distinct, few_distinct, ids, meant

__all__ = ["PERSONAL_FORMS", "Seen", "identifiers", "managers", "parties", "personal", "seen", "things", "understood"]

PERSONAL_FORMS: Mapping[str, str] = {"phone": "msisdn", "certificate": "cert", "device": "imei", "sim": "imsi"}
"""Form of a column -> domain of its pseudonyms."""

_LIKELY = (
    r"^(?:\+|\(|0086|0[1-9]|86|179\d\d|125|11808|10193)[\d ()+-]{6,}|^1[3-9]\d[\d -]{8,}|^[1-9]\d{14}$|^\d{3}[- ]\d"
    r"|^[0-9A-Za-z]{18}$|^[3-6]\d{15,18}$|^[1-9][\d -]{16,}[\dXx]$|^[0-9a-fA-F]{32,64}$|[^0-9A-Za-z_.-]|[xX]{3}"
)
"""A cheap look that passes all that could be of a person, and few others."""
_ODD = rf"{_LIKELY}|\."
"""What else may have to be brought to the form of an identifier: what a float left behind."""
_FEW = r"^\d{1,12}$"
"""Digits that are of a person as a telephone number or not at all."""
_DIALLED = r"^\d{7,15}$"
_MAIL = r"^[^\s@]+@[^\s@]+\.[A-Za-z]{2,}$"
_SIM = r"^460\d{12}$"
_DEVICE = r"^(\d{14})\d{0,2}$"
_NAME = r"^\p{Han}{2,4}(?:·\p{Han}{1,6})?$|^[A-Z][a-z]+(?: [A-Z][a-z'-]+){1,2}$"
_EMPTY_HASHES = ["d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709"]
_EMPTY_HASHES += ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]


@dataclass(frozen=True)
class Seen:
    """How many values of a column of persons there are, and how many cannot be joined or are hashes already.

    Those `destroyed` are in scientific notation, as a spreadsheet leaves them, and count as unreadable too.
    """

    values: int = 0
    masked: int = 0
    hashed: int = 0
    unreadable: int = 0
    destroyed: int = 0


def identifiers(text: pl.Series, people: Pseudonyms, *, dialled: bool = False) -> Read:
    """Identifiers; those that are of a person by their form, or name one, as pseudonyms. Masked ones are faults.

    Where they are `dialled`, plain digits of 7 to 15 are telephone numbers.

    >>> people = Pseudonyms(bytes(32))
    >>> read, bad = identifiers(pl.Series(["K0012", "13812345678", "+86 138 1234 5678", "138****5678"]), people)
    >>> read.to_list(), bad.to_list()
    (['K0012', 'ec894bc8505735beca95d27b8db5ee0d', 'ec894bc8505735beca95d27b8db5ee0d', None],
     [False, False, False, True])
    """
    if dialled:
        return _numbers(text, people)
    bare = meant(text)
    odd = bare.str.contains(_ODD).fill_null(value=False)
    plain = pl.Series([False]).new_from_index(0, text.len())
    if not odd.any():
        return bare, plain
    places = odd.arg_true()
    found, masked = _persons(bare.gather(places), people)
    return bare.clone().scatter(places, found), plain.scatter(places, masked)


def _numbers(text: pl.Series, people: Pseudonyms) -> Read:
    """Identifiers of which plain digits are telephone numbers, with the pseudonyms that columns of numbers give."""
    found, bad = identifiers(text, people)
    digits = found.str.contains(_DIALLED).fill_null(value=False)
    if not digits.any():
        return found, bad
    places = digits.arg_true()
    chosen = found.gather(places)
    number = pl.DataFrame({"n": phones(chosen, loose=True), "t": chosen}).select(pl.coalesce("n", "t"))["n"]
    return found.clone().scatter(places, people.of(number, "msisdn")), bad


def things(text: pl.Series, people: Pseudonyms) -> Read:
    """Codes of products, offers, campaigns and cells: as identifiers are, but what looks like a name is the thing's.

    >>> read, bad = things(pl.Series(["视频会员", "Family Plan", "13812345678"]), Pseudonyms(bytes(32)))
    >>> read.to_list()
    ['视频会员', 'Family Plan', 'ec894bc8505735beca95d27b8db5ee0d']
    """
    bare = meant(text)
    called = bare.str.contains(_NAME).fill_null(value=False)
    if not called.any():
        return identifiers(text, people)
    nothing = pl.Series(text.name, [None], dtype=pl.String)
    found, bad = identifiers(nothing.new_from_index(0, text.len()).zip_with(called, text), people)
    return bare.zip_with(called, found), bad


def _persons(text: pl.Series, people: Pseudonyms) -> Read:
    """The same for those that may be of a person."""
    values, lost = ids(text)
    likely = values.str.contains(_LIKELY).fill_null(value=False)
    if not likely.any():
        return values, lost
    places = likely.arg_true()
    chosen = values.gather(places)
    found, masked = (
        by_distinct(chosen, lambda one: _settled(one, people)) if few_distinct(chosen) else _settled(chosen, people)
    )
    return values.scatter(places, found), lost.scatter(places, masked)


def _settled(text: pl.Series, people: Pseudonyms) -> Read:
    """Each text as its pseudonym, a hash in lower case, null where masked, or as it was; most are numbers, if any."""
    number = phones(text)
    few = number.is_null() & text.str.contains(_FEW)
    made = pl.DataFrame({"m": _made(number, "msisdn", people), "t": text, "few": few}).select(
        pl.when("few").then("t").otherwise("m")
    )["t"]
    rest = number.is_null() & ~few
    nowhere = pl.Series([False]).new_from_index(0, text.len())
    if not rest.any():
        return made, nowhere
    places = rest.arg_true()
    found, masked = _settled_otherwise(text.gather(places), people)
    return made.scatter(places, found), nowhere.scatter(places, masked)


def _settled_otherwise(text: pl.Series, people: Pseudonyms) -> Read:
    """The same for what is no telephone number."""
    certificate = certificates(text, any_kind=False)
    broken = flat(text).str.to_uppercase().str.replace_all(r"[\s-]", "")
    frame = pl.DataFrame(
        {
            "t": text,
            "cert": certificate,
            "broken": pl.DataFrame({"c": broken, "p": plausible_certificate(text)}).select(pl.when("p").then("c"))["c"],
            "masked": masked_number(text),
            "hashed": hashed(text),
            "card": bank_cards(text),
        }
    )
    value = pl.col("t")
    frame = frame.with_columns(
        cert=pl.coalesce("cert", "broken"),
        imsi=pl.when(value.str.contains(_SIM)).then(value),
        mail=pl.when(value.str.contains(_MAIL)).then(value.str.to_lowercase()),
        name=pl.when(
            ~pl.col("masked")
            & (
                pl.col("card")
                | value.str.contains(_NAME)
                | (value.str.contains(r"[^0-9A-Za-z]") & (value != hidden(text)))
            )
        ).then(value),
    )
    made = [_made(frame[domain], domain, people) for domain in ("cert", "imsi", "mail", "name")]
    same = pl.when("hashed").then("lower").when(~pl.col("masked")).then(value)
    lower = people.turned(text.str.to_lowercase()).alias("lower") if frame["hashed"].any() else text.alias("lower")
    whole = pl.DataFrame([lower, frame["t"], frame["masked"], frame["hashed"], *made])
    names = [one.name for one in made]
    read = whole.select(v=pl.coalesce(*names, same), b=pl.col("masked") & pl.all_horizontal(pl.col(names).is_null()))
    return read["v"], read["b"]


def _made(text: pl.Series, domain: str, people: Pseudonyms) -> pl.Series:
    """Pseudonyms of one domain, or nulls without asking for a key where there is nothing to hide."""
    if text.null_count() == text.len():
        return pl.Series(domain, [None], dtype=pl.String).new_from_index(0, text.len())
    return people.of(text, domain).alias(domain)


def managers(text: pl.Series, people: Pseudonyms) -> Read:
    """Staff: as identifiers are, but a masked one is only unknown.

    >>> managers(pl.Series(["M017", "王小明", "王**"]), Pseudonyms(bytes(32)))[0].to_list()
    ['M017', 'f3421a17558e7b4cef69d7dfc0a5f75b', None]
    """
    values, bad = identifiers(text, people)
    return values, bad & False


def parties(text: pl.Series, people: Pseudonyms, numbers: Sequence[str] = (), *, dialled: bool = False) -> Read:
    """Whoever was at the other end of a call: as identifiers are, but one that is masked is only unknown, no fault.

    Of the `numbers` listed, which would stand as they are where they are short, the pseudonyms are given.

    >>> parties(pl.Series(["10086", "138****5678"]), Pseudonyms(bytes(32)))[0].to_list()
    ['10086', None]
    >>> parties(pl.Series(["10086", "+86 10010"]), Pseudonyms(bytes(32)), ["10010"])[0].to_list()
    ['10086', 'da6fa65c0e77042f983d53ced1a04f08']
    """
    values, bad = identifiers(text, people, dialled=dialled)
    if numbers:
        listed = by_distinct(text, lambda one: (people.of(short_form(one, numbers), "msisdn"), one.is_null()))[0]
        values = pl.DataFrame({"v": values, "n": listed}).select(v=pl.coalesce("n", "v"))["v"]
    return values, bad & False


def personal(text: pl.Series, form: str, people: Pseudonyms) -> Read:
    """A column of numbers, certificates or devices, as pseudonyms; nothing in it is a fault of the row.

    Hashes stay as they are, in lower case. What is masked or unreadable cannot join and is null; `seen` counts it.

    >>> personal(pl.Series(["13812345678", "138****5678", "n/a"]), "phone", Pseudonyms(bytes(32)))[0].to_list()
    ['ec894bc8505735beca95d27b8db5ee0d', None, None]
    """

    def read(distinct: pl.Series) -> Read:
        frame = _looked(distinct, form)
        made = _made(frame["normal"], PERSONAL_FORMS[form], people)
        kept = frame.select(pl.when("hashed").then(pl.col("t").str.to_lowercase()))["t"]
        kept = people.turned(kept) if kept.null_count() < kept.len() else kept
        values = pl.DataFrame({"v": made, "k": kept}).select(pl.coalesce("v", "k")).to_series()
        return values, pl.Series([False]).new_from_index(0, len(distinct))

    return by_distinct(text, read)


def understood(text: pl.Series, form: str) -> float:
    """Share of the texts that mean something which are what the form says, or were once; needs no key."""
    found = seen(text, form)
    return 1.0 - (found.unreadable - found.destroyed) / found.values if found.values else 1.0


def seen(text: pl.Series, form: str) -> Seen:
    """Count what stands in a column of persons, or in part of one.

    >>> seen(pl.Series(["13812345678", "138****5678", "ab12", "", "D41D8CD98F00B204E9800998ECF8427F"]), "phone")
    Seen(values=4, masked=1, hashed=1, unreadable=1, destroyed=0)
    """
    repeats = text.drop_nulls().alias("t").value_counts(name="n")
    frame = _looked(repeats["t"], form).with_columns(n=repeats["n"].cast(pl.Int64))
    known = pl.col("normal").is_not_null() | pl.col("masked") | pl.col("hashed")
    marks = {
        "values": pl.col("t").is_not_null(),
        "masked": pl.col("masked"),
        "hashed": pl.col("hashed"),
        "unreadable": pl.col("t").is_not_null() & ~known,
        "destroyed": ~known & pl.col("t").str.contains(r"^\d(?:\.\d+)?[eE]\+?\d+$"),
    }
    counts = frame.select(
        pl.col("n").filter(mark.fill_null(value=False)).sum().alias(name) for name, mark in marks.items()
    )
    return Seen(**counts.row(0, named=True))


def _looked(text: pl.Series, form: str) -> pl.DataFrame:
    """Each text that means something: its normal form, else whether it is masked or a hash."""
    bare = meant(text)
    bare = bare.to_frame("t").select(pl.when(~pl.col("t").str.contains(r"^0+$")).then("t"))["t"]
    normal = _normal(bare, form)
    hash_ = hashed(bare) & normal.is_null()
    masked = masked_number(bare) & normal.is_null()
    frame = pl.DataFrame({"t": bare, "normal": normal, "hashed": hash_, "masked": masked})
    empty = pl.col("t").str.to_lowercase().is_in(_EMPTY_HASHES)
    return frame.with_columns(pl.when(~empty).then("t").alias("t"), hashed=pl.col("hashed") & ~empty)


def _normal(text: pl.Series, form: str) -> pl.Series:
    if form == "phone":
        return phones(text, loose=True)
    if form == "certificate":
        return certificates(text)
    digits = flat(text).str.replace_all(r"[\s-]", "")
    return digits.str.extract(_DEVICE if form == "device" else r"^(\d{14,15})$", 1)
