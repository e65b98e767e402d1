"""What of a record can be compared with that of another system when no key joins them, none of it readable.

Names, addresses and what is left of masked or mistyped numbers and certificates become keyed signs of their own
domains: they can be compared here and joined to nothing else. They live as long as one run and stand in no table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import polars as pl

from telcli.intake.batches import in_batches
from telcli.intake.cleaning import Reading
from telcli.intake.dates import days
from telcli.intake.dictionary import alike_headers
from telcli.intake.phones import flat, phones
from telcli.intake.pseudonyms import Pseudonyms
from telcli.intake.understood import Understood, headers_of_extract
from telcli.intake.words import folded, meant

__all__ = ["SIGNS", "signs"]

SIGNS: Mapping[str, pl.DataType] = {
    "name": pl.Int64(),
    "name_parts": pl.List(pl.Int64()),
    "name_masked": pl.Boolean(),
    "born": pl.Int64(),
    "born_year": pl.Int64(),
    "gender": pl.String(),
    "customer_class": pl.String(),
    "region": pl.String(),
    "branch": pl.String(),
    "address": pl.Int64(),
    "address_numbers": pl.Int64(),
    "phone": pl.Int64(),
    "phone_ends": pl.Int64(),
    "certificate": pl.Int64(),
    "certificate_area": pl.Int64(),
    "certificate_end": pl.Int64(),
    "mail": pl.Int64(),
    "plan": pl.String(),
    "joined_on": pl.Date(),
}
"""Columns that records are compared by; null where a record does not tell."""

_RAW = ("name", "address", "mail")
_MAPPED = {"certificate": "certificate_h", "phone": "phone_h", "born": "birth_year"}
_LENT = {"plan_id": "plan", "activated_on": "joined_on"}
_PLAIN = ("gender", "customer_class", "region", "branch", "joined_on")
_TITLES = r"(?i)(?:先生|女士|小姐|太太)$|^(?:mr|mrs|ms|dr|herr|frau)\.? "
_FIRMS = r"(?i)(?:有限责任公司|股份有限公司|有限公司|公司)$|[ ,]+(?:gmbh|ltd|inc|llc|ag|co)\.?$|[(（][^)）]*[)）]"
_HIDDEN = r"[*×•●○#]|^.某"
_PART = r"\p{Han}|[\p{L}\p{N}&&[^\p{Han}]]+"
_ADMIN = r"^(?:\p{Han}{2,8}?(?:省|自治区))?(?:\p{Han}{2,8}?(?:市|地区|自治州))?(?:\p{Han}{1,8}?(?:区|县|市))?"
_LONG = 8
"""Letters of an address that may do without a number, as those of villages do."""
_PLACE_END = r"(?:市|地区|自治州|区|县|分公司|网格)$"
_CARD = r"^[1-9]\d{5}(\d{8})\d{3}[\dX]$"
_OLD_CARD = r"^[1-9]\d{5}(\d{6})\d{3}$"
_TEXT = pl.col("t")


def signs(one: Understood) -> pl.LazyFrame:
    """A row per record of one extract: ``source_key`` and the signs it gives, some of `SIGNS`."""
    chosen = _headers(one)
    mapped = {name: use.header for name, column in _MAPPED.items() if (use := one.map.use(column, "customers"))}
    plain = [reading for reading in one.readings(attributes=False) if reading.name in _PLAIN]
    known = {reading.name for reading in plain}
    lent = {reading.name: reading for reading in one.readings("subscriptions", attributes=False)}
    plain += [replace(lent[at], name=name) for at, name in _LENT.items() if at in lent and name not in known]
    if "phone" not in mapped and (number := one.map.use("number_h", "subscriptions")):
        mapped["phone"] = number.header
    key = one.customer_key()
    made = [name for kind, given in _MADE.items() if kind in (*chosen, *mapped) for name in given]
    schema = {name: kind for name, kind in SIGNS.items() if name in [*made, *[reading.name for reading in plain]]}
    headers = [key.header, *[header for found in chosen.values() for header in found], *mapped.values()]
    frame = one.frame.select(list(dict.fromkeys([*headers, *[reading.header for reading in plain]])))
    read = partial(_read, key=key, chosen=chosen, mapped=mapped, plain=plain, people=one.people)
    return in_batches(
        frame, lambda batch: read(batch).select("source_key", *schema), {"source_key": pl.String(), **schema}
    )


def _headers(one: Understood) -> dict[str, list[str]]:
    """Columns of the extract that hold the name, the address and the mail of its customer, by their headers."""
    found: dict[str, list[str]] = {}
    for header, written in headers_of_extract(one.extract).items():
        kind = alike_headers(written)
        if kind in _RAW:
            found.setdefault(kind, []).append(header)
    return found


def _read(
    batch: pl.DataFrame,
    key: Reading,
    chosen: Mapping[str, list[str]],
    mapped: Mapping[str, str],
    plain: list[Reading],
    people: Pseudonyms,
) -> pl.DataFrame:
    columns: dict[str, pl.Series] = {"source_key": key.read(batch[key.header])[0]}
    for kind, headers in chosen.items():
        parts = batch.select(meant(batch[header]).alias(header) for header in headers)
        text = parts.select(pl.concat_str(headers, separator=" ", ignore_nulls=True).alias("t"))["t"]
        columns |= _MAKERS[kind](text.replace("", None), people)
    for kind, header in mapped.items():
        for name, values in _MAKERS[kind](meant(batch[header]), people).items():
            columns[name] = _first(values, columns.get(name))
    for reading in plain:
        values = reading.read(batch[reading.header])[0].cast(SIGNS[reading.name])
        columns[reading.name] = _place(values) if reading.name in ("region", "branch") else values
    return pl.DataFrame([values.alias(name) for name, values in columns.items()])


def _first(values: pl.Series, others: pl.Series | None) -> pl.Series:
    if others is None:
        return values
    return pl.DataFrame([others.alias("a"), values.alias("b")]).select(pl.coalesce("a", "b"))["a"]


def _sign(text: pl.Series, domain: str, people: Pseudonyms) -> pl.Series:
    """Keyed signs of one domain, as numbers of 60 bits, which take little room and no pseudonym is like."""
    if text.null_count() == text.len():
        return pl.Series("s", [None], dtype=pl.Int64).new_from_index(0, text.len())
    return people.of(text, f"likeness-{domain}").str.head(15).str.to_integer(base=16, dtype=pl.Int64)


def _names(text: pl.Series, people: Pseudonyms) -> dict[str, pl.Series]:
    """The whole name, its characters or words, and whether some of it is hidden.

    >>> made = _names(pl.Series(["王小明", "王 小明先生", "王*明"]), Pseudonyms(bytes(32)))
    >>> (made["name"][0] == made["name"][1], made["name"][2], made["name_parts"].list.len().to_list())
    (True, None, [3, 3, 2])
    """
    bare = folded(text).str.to_lowercase().str.replace_all(_FIRMS, "").str.strip_chars().str.replace_all(_TITLES, "")
    frame = bare.to_frame("t").select(
        _TEXT.str.contains(_HIDDEN).alias("masked"), _TEXT.str.extract_all(_PART).alias("p")
    )
    han = pl.col("p").list.join("").str.contains(r"^\p{Han}")
    ordered = frame.with_columns(p=pl.when(han).then("p").otherwise(pl.col("p").list.sort()))
    whole = ordered.select(pl.when(~pl.col("masked") & (pl.col("p").list.len() > 0)).then(pl.col("p").list.join("")))
    rows = ordered.with_row_index("row").select("row", "p").explode("p", empty_as_null=True)
    signed = rows.with_columns(p=_sign(rows["p"], "part", people)).drop_nulls("p")
    grouped = signed.group_by("row", maintain_order=True).agg("p")
    parts = ordered.with_row_index("row").select("row").join(grouped, on="row", how="left", maintain_order="left")
    return {
        "name": _sign(whole.to_series(), "name", people),
        "name_parts": parts["p"].cast(pl.List(pl.Int64)),
        "name_masked": frame["masked"],
    }


def _addresses(text: pl.Series, people: Pseudonyms) -> dict[str, pl.Series]:
    """The street and the run of numbers after it, without the city and words between, and that run alone.

    A street without a number is no address.

    >>> text = pl.Series(["江苏省南京市鼓楼区中山路12号3栋502室", "鼓楼区中山路 12-3-502", "12 Main St", "中山路"])
    >>> made = _addresses(text, Pseudonyms(bytes(32)))
    >>> made["address"].n_unique(), made["address"].null_count(), made["address_numbers"].null_count()
    (3, 1, 2)
    """
    bare = folded(text).str.to_lowercase().str.replace_all(r"\s", "").str.replace(_ADMIN, "")
    letters = _TEXT.str.replace_all(r"[^\p{L}]", "")
    before = _TEXT.str.extract(r"^(\D*)").str.replace_all(r"[^\p{L}]", "")
    street = pl.when(before != "").then(before).otherwise(letters)
    run = _TEXT.str.extract_all(r"\d+")
    found = bare.to_frame("t").select(
        pl.when((run.list.len() >= 1) | (letters.str.len_chars() >= _LONG))
        .then(street + run.list.join("-"))
        .alias("a"),
        pl.when(run.list.len() >= 2).then(run.list.join("-")).alias("n"),
    )
    return {"address": _sign(found["a"], "address", people), "address_numbers": _sign(found["n"], "numbers", people)}


def _mails(text: pl.Series, people: Pseudonyms) -> dict[str, pl.Series]:
    mail = folded(text).str.to_lowercase().str.extract(r"([^\s@]+@[^\s@]+\.[a-z]{2,})")
    return {"mail": _sign(mail, "mail", people)}


def _phone_signs(text: pl.Series, people: Pseudonyms) -> dict[str, pl.Series]:
    """The number, and its first three and last four digits, which a masked one shows too.

    >>> made = _phone_signs(pl.Series(["13812345678", "138****5678"]), Pseudonyms(bytes(32)))
    >>> made["phone"].null_count(), made["phone_ends"].n_unique()
    (1, 1)
    """
    number = phones(text, loose=True)
    shown = flat(text).str.replace_all(r"[\s-]", "").str.extract_groups(r"^(\d{3})[*xX#•●×]{2,}(\d{4})$").struct
    ends = pl.DataFrame({"n": number, "a": shown.field("1"), "b": shown.field("2")}).select(
        pl.coalesce(pl.col("n").str.head(3) + pl.col("n").str.tail(4), pl.col("a") + pl.col("b"))
    )
    return {"phone": _sign(number, "phone", people), "phone_ends": _sign(ends.to_series(), "ends", people)}


def _certificate_signs(text: pl.Series, people: Pseudonyms) -> dict[str, pl.Series]:
    """The text, the place it begins with, the digits it ends with and the day of birth in it, right or mistyped.

    >>> made = _certificate_signs(pl.Series(["110105199003070038", "110105********0038"]), Pseudonyms(bytes(32)))
    >>> made["born"].to_list(), made["certificate_end"].n_unique(), made["certificate_area"].n_unique()
    ([19900307, None], 1, 1)
    """
    bare = flat(text).str.to_uppercase().str.replace_all(r"[\s-]", "")
    day = bare.to_frame("t").select(
        pl.coalesce(_TEXT.str.extract(_CARD, 1), pl.lit("19") + _TEXT.str.extract(_OLD_CARD, 1)).alias("d")
    )["d"]
    real = day.str.to_date("%Y%m%d", strict=False)
    born = pl.DataFrame({"d": real}).select(_number(pl.col("d")), pl.col("d").dt.year().cast(pl.Int64).alias("year"))
    return {
        "certificate": _sign(bare, "certificate", people),
        "certificate_area": _sign(bare.str.extract(r"^(\d{6})"), "area", people),
        "certificate_end": _sign(bare.str.extract(r"(\d{3}[\dX])$"), "end", people),
        "born": born["born"],
        "born_year": born["year"],
    }


def _births(text: pl.Series, people: Pseudonyms) -> dict[str, pl.Series]:
    """The day and the year of birth; the day where the text has one."""
    dated = text.to_frame("t").select(pl.when(_TEXT.str.contains(r"\d{6}|\d\D+\d")).then("t"))["t"]
    day = days(dated)[0]
    frame = pl.DataFrame({"d": day, "t": text})
    year = pl.coalesce(pl.col("d").dt.year().cast(pl.Int64), pl.col("t").str.extract(r"((?:19|20)\d\d)").cast(pl.Int64))
    found = frame.select(_number(pl.col("d")), year.alias("year"))
    return {"born": found["born"], "born_year": found["year"]}


def _number(day: pl.Expr) -> pl.Expr:
    parts = day.dt.year().cast(pl.Int64) * 10_000 + day.dt.month().cast(pl.Int64) * 100 + day.dt.day().cast(pl.Int64)
    return parts.alias("born")


def _place(text: pl.Series) -> pl.Series:
    return folded(text).str.to_lowercase().str.replace_all(r"\s", "").str.replace(_PLACE_END, "")


_MAKERS: Mapping[str, Callable[[pl.Series, Pseudonyms], dict[str, pl.Series]]] = {
    "name": _names,
    "address": _addresses,
    "mail": _mails,
    "phone": _phone_signs,
    "certificate": _certificate_signs,
    "born": _births,
}
_MADE = {
    "name": ("name", "name_parts", "name_masked"),
    "address": ("address", "address_numbers"),
    "mail": ("mail",),
    "phone": ("phone", "phone_ends"),
    "certificate": ("certificate", "certificate_area", "certificate_end", "born", "born_year"),
    "born": ("born", "born_year"),
}
