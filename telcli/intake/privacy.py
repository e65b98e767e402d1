"""What names a person, in headers and in values: telephone numbers, certificates, mail addresses, names, free notes.

Values are judged by their form, so amounts, dates and short codes are never taken for numbers of persons; a header
alone condemns a column only where its values could be what the header says.
"""

from __future__ import annotations

import re
import unicodedata

import polars as pl

from telcli.intake.dictionary import bare, personal_words
from telcli.intake.numbers import numbers
from telcli.intake.own_names import are_names
from telcli.intake.words import Read, by_distinct, few_distinct, folded, masked, meant, plain_digits

__all__ = [
    "bank_cards",
    "categories",
    "discreet",
    "discreet_numbers",
    "header_tells",
    "hidden",
    "holds_person",
    "is_person",
    "is_prose",
    "of_things",
]

_IP = r"(?:179\d\d|1259\d|12583\d?|12520|11808|10193)[- ]?"
_MOBILE = rf"(?:{_IP})?(?:\+?(?:00)?86[- ]?)?1[3-9]\d(?:\d{{8}}|[- ]\d{{4}}[- ]\d{{4}}|\d[- ]\d{{3}}[- ]\d{{4}})"
_LANDLINE = r"\(?0\d{2,3}(?:[- ]|\) ?)\d{7,8}|0[1-9]\d{7,10}"  # with an area code, parted or not
_ABROAD = r"\+\d[\d -]{7,15}|00[1-9]\d{8,12}|\(?\d{3}\)?[- ]\d{3}[-. ]\d{4}"
_CERTIFICATE = r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
_MAIL = r"[^\s@,;:<>()]+@[^\s@]+\.[A-Za-z]{2,}"
_WHOLE = plain_digits(rf"^(?:(?:{_MOBILE}|{_LANDLINE}|{_ABROAD}|\d{{17}}[\dXx])(?:\.0+)?|{_MAIL})$")
_INSIDE = plain_digits(rf"(^|[^\d.])(?:{_MOBILE}|{_LANDLINE}|{_ABROAD}|{_CERTIFICATE})([^\dXx.]|\.\D|\.?$)")
_BROKEN = r"(?:\+?86[- .]?)?1[- .]?[3-9](?:[- .]?\d){9}"
_CARD = r"[1-9]\d{5}[- ]?(?:(?:19|20)\d{2})[- ]?(?:0[1-9]|1[0-2])[- ]?(?:0[1-9]|[12]\d|3[01])[- ]?\d{3}[\dXx]"
_LONG = r"[1-9]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?|\d{15,}[Xx]?"
"""Bank cards, in groups or not, and any run of digits as long as a certificate, a card or a device."""
_WIDE = plain_digits(rf"(^|[^\d.])(?:{_BROKEN}|{_CARD}|{_LONG})([^\dXx.]|\.\D|\.?$)")
_OLD_CARD = plain_digits(
    r"^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])\d{6}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}$"
)
"""Certificates of 15 digits; one number of that length in seventy looks like one, so no column is judged by them."""
_SPELLED = r"[零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{7,}"
_NAMED = r"((?:姓名|联系人|机主|户主|经办人|我叫)(?:是|为)?[:： ]{0,2})\p{Han}{2,4}"
_TITLED = r"[\p{Han}--[位名个某该的数些各们修工装维快]](先生|女士|小姐|太太|师傅)"
_CHAT = r"(?i)((?:qq|微信号?|wechat)(?:号|是)?[:： ]{0,2})[A-Za-z0-9_-]{5,20}"
_BANK = plain_digits(r"^(?:62|4\d|5[1-5]|35|60|65|3[47])\d{13,17}$")
_RUN = plain_digits(r"\d(?:[ -]*\d){12,}")
_ANY = rf"{_WHOLE}|{_INSIDE}|{_MAIL}|{_OLD_CARD}|{_RUN}|{_WIDE}|{_SPELLED}|{_NAMED}|{_TITLED}|{_CHAT}"
"""All that is looked for, in one pass: most texts have nothing of it."""
_PROSE = r"\S\s+\S+\s+\S|\p{Han}{7,}|\p{Han}.*[，。；！？,;!?]"
_CATEGORY, _MOST_CATEGORIES = r"^[\p{Han}/、]{2,6}$", 20
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")


def is_person(text: pl.Series) -> pl.Series:
    """Which texts are a telephone number, a certificate or a mail address, and nothing else.

    >>> is_person(pl.Series(["13812345678", "0261706749", "010-12345678", "a@b.cn", "20240601", "1250.5"])).to_list()
    [True, True, True, True, False, False]
    """
    plain = folded(text)
    return plain.str.contains(_WHOLE) | bank_cards(plain)


def bank_cards(text: pl.Series) -> pl.Series:
    """Which texts are the number of a bank card, by its first digits and its check digit (Luhn).

    >>> bank_cards(pl.Series(["6222 0212 3456 7890 128", "6222021234567890129"])).to_list()
    [True, False]
    """
    bare = text.str.replace_all(r"[ -]", "")
    likely = bare.str.contains(_BANK).fill_null(value=False)
    if not likely.any():
        return likely
    digits = bare.filter(likely).str.reverse().to_frame("t")
    doubled = [
        (value + value.floordiv(5) * -9 + value if at % 2 else value)
        for at in range(19)
        for value in [pl.col("t").str.slice(at, 1).cast(pl.Int64, strict=False).fill_null(0)]
    ]
    return likely.scatter(likely.arg_true(), digits.select(pl.sum_horizontal(doubled) % 10 == 0).to_series())


def holds_person(text: pl.Series) -> pl.Series:
    """Which texts are, or have inside them, a number, a certificate or an address of a person.

    >>> holds_person(pl.Series(["call 13812345678 please", "ends 2024-06-01", "13812345678.25"])).to_list()
    [True, False, False]
    """
    plain = folded(text)
    return plain.str.contains(_WHOLE) | plain.str.contains(_INSIDE) | plain.str.contains(_MAIL) | bank_cards(plain)


def is_prose(text: pl.Series) -> pl.Series:
    """Which texts are written by hand, of three words or more: names may stand anywhere in them."""
    return text.str.contains(_PROSE)


def discreet(text: pl.Series) -> Read:
    """Any text, with what names a person hidden.

    In running text more is hidden than is taken for a number elsewhere: digits broken by blanks or spelled out, long
    runs of them, names after a word that announces one, names for a chat.

    >>> discreet(pl.Series(["call 13812345678, or a.b@mail.cn", "0261706749", "Gold 2024-06-01"]))[0].to_list()
    ['call ***, or ***', '***', 'Gold 2024-06-01']
    >>> discreet(pl.Series(["1 3 8 1234 5678回电", "卡6222 0212 3456 7890 123 机主王小明", "李女士来电"]))[0].to_list()
    ['***回电', '卡*** 机主***', '***女士来电']
    """

    def read(distinct: pl.Series) -> Read:
        return hidden(meant(distinct)), pl.Series([False]).new_from_index(0, len(distinct))

    return by_distinct(text, read) if few_distinct(text) else read(text)


def hidden(text: pl.Series) -> pl.Series:
    """The texts, with what names a person hidden; those that name nobody are as they were.

    >>> hidden(pl.Series(["回电 13812345678", "K 1"])).to_list()
    ['回电 ***', 'K 1']
    """
    plain = folded(text)
    suspect = plain.str.contains(_ANY).fill_null(value=False)
    if not suspect.any():
        return text
    if suspect.all():
        return _hidden(text, plain)
    places = suspect.arg_true()
    return text.clone().scatter(places, _hidden(text.gather(places), plain.gather(places)))


def _hidden(text: pl.Series, plain: pl.Series) -> pl.Series:
    running = plain.str.contains(r"[^0-9A-Za-z]")
    wide = plain.str.contains(_WIDE) | plain.str.contains(rf"{_SPELLED}|{_NAMED}|{_TITLED}|{_CHAT}")
    found = (holds_person(plain) | plain.str.contains(_OLD_CARD) | (running & wide)).fill_null(value=False)
    if not found.any():
        return text
    chosen = plain.filter(found)
    whole = bank_cards(chosen).to_frame("b").select(pl.when("b").then(pl.lit("***")))["literal"]
    said = chosen.str.replace_all(_WHOLE, "***").str.replace_all(_MAIL, "***").str.replace(_OLD_CARD, "***")
    said = said.str.replace_all(_NAMED, "${1}***").str.replace_all(_CHAT, "${1}***").str.replace_all(_SPELLED, "***")
    said = said.str.replace_all(_TITLED, "***${1}")
    for _ in range(2):  # neighbours share the mark between them, which one pass gives to the first alone
        said = said.str.replace_all(_INSIDE, "${1}***${2}").str.replace_all(_WIDE, "${1}***${2}")
    said = pl.DataFrame({"w": whole, "h": said}).select(pl.coalesce("w", "h"))["w"]
    return text.clone().scatter(found.arg_true(), said)


def categories(text: pl.Series) -> pl.Series:
    """Words that a list does not know, as they may be shown: short ones that could be no name as they are, else masked.

    Where they are many different ones they are no categories, and all are masked.

    >>> categories(pl.Series(["其他", "王小明", "13812345678", "联系人司马相如"])).to_list()
    ['其他', '王**', '138******78', '联**马**']
    """
    plain, safe = folded(text.str.strip_chars()), masked(text)
    if plain.n_unique() > _MOST_CATEGORIES:
        return safe
    short = plain.str.contains(_CATEGORY) & ~plain.str.contains(rf"{_NAMED}|{_TITLED}|{_SPELLED}")
    frame = pl.DataFrame({"p": plain, "s": safe, "short": short})
    shown = pl.when(pl.col("short") & ~are_names(pl.col("p"))).then("p").otherwise("s")
    return frame.select(shown.alias("v"))["v"]


def discreet_numbers(text: pl.Series) -> Read:
    """Numbers, those that are telephone numbers left out.

    >>> discreet_numbers(pl.Series(["12.5", "13812345678"]))[0].to_list()
    [12.5, None]
    """
    bare = text.str.strip_chars()
    found = (is_person(bare) | bare.str.contains(_OLD_CARD)).fill_null(value=False)
    return numbers(text.to_frame("t").select(pl.when(~found).then("t"))["t"])


def header_tells(header: str) -> str:
    """What a header says is in its column: ``person``, ``birth``, ``note`` (free text), or nothing of the kind.

    >>> [header_tells(name) for name in ("Contact Person", "AgentPhone", "联系人电话", "配偶生日", "备注")]
    ['person', 'person', 'person', 'birth', 'note']
    >>> {header_tells(name) for name in ("护照号", "军官证号码", "税号", "车牌号", "法人代表", "户主")}
    {'person'}
    >>> [header_tells(name) for name in ("PhoneService", "plan_name", "手机品牌", "MultipleLines", "Contract")]
    ['', '', '', '', '']
    """
    flat = unicodedata.normalize("NFKC", header)
    plain, tokens = bare(flat), {token.lower() for token in _TOKEN.findall(flat)}
    tokens |= {ending for ending in personal_words("endings") for token in tokens if _ends(token, ending)}
    births = tokens & personal_words("births") or _any_in(plain, "births_zh")
    if tokens & personal_words("people") or _any_in(plain, "people_zh"):
        return "birth" if births else "person"
    things = tokens & personal_words("things") or _any_in(plain, "things_zh")
    if not things and (tokens & personal_words("tokens") or _any_in(plain, "tokens_zh")):
        return "person"
    if births:
        return "birth"
    return "note" if tokens & personal_words("notes") or _any_in(plain, "notes_zh") else ""


def of_things(header: str) -> bool:
    """Whether a header speaks of a thing or a place, whose names are no names of persons.

    >>> of_things("手机品牌"), of_things("地市"), of_things("emergency"), of_things("column_2")
    (True, True, False, False)
    """
    flat = unicodedata.normalize("NFKC", header)
    tokens = {token.lower() for token in _TOKEN.findall(flat)}
    return bool(tokens & personal_words("things")) or any(
        _any_in(bare(flat), name) for name in ("things_zh", "places_zh")
    )


def _ends(token: str, ending: str) -> bool:
    return token.endswith(ending) and token not in personal_words("things")


def _any_in(plain: str, words: str) -> bool:
    return any(word in plain for word in personal_words(words))
