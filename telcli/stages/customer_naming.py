"""Beside `telcli.stages.customer`: how a customer may be named, and what is said of a name that nobody has."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

__all__ = ["WEAK", "forms_of", "holders", "near", "pseudonym", "purged", "veiled"]

WEAK = "perhaps a "
"""Before a form that codes of other things have as well: numbers without an area code, passports."""
_FORMS = {"number": "phone", "certificate": "certificate"}
"""What a name may be by its form -> form of the columns that hold such."""
_PSEUDONYM = r"[0-9a-f]{32}"
_NEAR, _SHORT, _LONG = 3, 4, 40
"""Names that are worth naming, at most; letters of a name that may have one wrong, at least and at most."""


def forms_of(asked: str) -> list[str]:
    """What a name may be of a person: ``number``, ``certificate``, ``pseudonym`` of one, or `WEAK` before these.

    >>> [forms_of(name) for name in ("+86 138-1234-5678", "11010519491231002X", "ab" * 16, "C01")]
    [['number'], ['certificate'], ['pseudonym'], []]
    >>> forms_of("87654321")
    ['perhaps a number']
    """
    import polars as pl

    from telcli.intake.certificates import certificates
    from telcli.intake.phones import phones

    if re.fullmatch(_PSEUDONYM, asked):
        return ["pseudonym"]
    text = pl.Series([asked])
    sure = {"number": phones(text), "certificate": certificates(text, any_kind=False)}
    weak = {f"{WEAK}number": phones(text, loose=True), f"{WEAK}certificate": certificates(text)}
    found = [[form for form, read in forms.items() if read[0] is not None] for forms in (sure, weak)]
    return found[0][:1] or found[1]


def pseudonym(asked: str, form: str, key: Callable[[], bytes]) -> str:
    """What stands in the tables for a number or a certificate; a pseudonym is what it is.

    >>> pseudonym("138 1234 5678", "number", lambda: bytes(32))
    'ec894bc8505735beca95d27b8db5ee0d'
    """
    kind = _FORMS.get(form.removeprefix(WEAK))
    if kind is None:
        return asked
    import polars as pl

    from telcli.intake.identity import personal
    from telcli.intake.pseudonyms import Pseudonyms

    return str(personal(pl.Series([asked]), kind, Pseudonyms(key))[0][0])


def holders(rows: Iterable[Mapping[str, Any]], end: date) -> list[str]:
    """The customers of these rows: those whose row holds on a day and has not ended by then, else all of them.

    >>> rows = [{"customer_id": "a", "ended_on": date(2024, 5, 2)}, {"customer_id": "b", "ended_on": None}]
    >>> holders(rows, date(2024, 6, 30)), holders(rows, date(2024, 4, 30)), holders(rows[:1], date(2024, 6, 30))
    (['b'], ['a', 'b'], ['a'])
    """
    told = list(rows)
    now = [row for row in told if _holds(row, end)]
    return sorted({row["customer_id"] for row in now or told} - {None})


def _holds(row: Mapping[str, Any], end: date) -> bool:
    since, until, ended = (row.get(name) for name in ("valid_from", "valid_to", "ended_on"))
    return (since or date.min) <= end < (until or date.max) and (ended or date.max) > end


def near(names: pl.LazyFrame, asked: str) -> list[str]:
    """Customers who may be meant: written otherwise (case, blanks, zeros in front), else with one letter wrong.

    None where they are more than a few. `names` has the column ``customer_id``, of any number of rows.

    >>> import polars as pl
    >>> names = pl.LazyFrame({"customer_id": ["C0000018", "C0000180", "000123"]})
    >>> [near(names, asked) for asked in ("c18", "123", "C000018", "C0000810", "D0000018", "C1")]
    [['C0000018'], ['000123'], ['C0000018'], ['C0000180'], ['C0000018'], []]
    """
    import polars as pl

    plain = pl.Series("customer_id", [asked]).to_frame().select(_plain()).item()
    tests = [_plain() == plain] if plain else []
    if _SHORT <= len(asked) <= _LONG:
        tests.append(pl.col("customer_id").is_in(list(dict.fromkeys(_one_off(asked)))))
    for test in tests:
        found = names.filter(test).select("customer_id").head(_NEAR + 1).collect(engine="streaming")
        if found.height:
            return sorted(found["customer_id"]) if found.height <= _NEAR else []
    return []


def _plain() -> pl.Expr:
    """Names without case, blanks, hyphens, and zeros in front of their first digits."""
    import polars as pl

    bare = pl.col("customer_id").str.to_lowercase().str.replace_all(r"[\s_-]", "")
    return bare.str.replace(r"^([^0-9]*)0+([0-9])", "${1}${2}")


def _one_off(name: str) -> Iterator[str]:
    """A name with one letter left out, put in or changed, or two that changed places."""
    letters = dict.fromkeys(string.digits + string.ascii_letters + name)
    for at in range(len(name) + 1):
        before, after = name[:at], name[at:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        yield from (before + letter + after for letter in letters)
        yield from (before + letter + after[1:] for letter in letters)


def purged(asked: Sequence[str], suppressed: Iterable[str], key: Callable[[], bytes]) -> bool:
    """Whether somebody of one of these identifiers was purged; the list of those holds hashes under the key alone.

    >>> purged(["C1"], [], lambda: bytes(32))
    False
    """
    known = frozenset(suppressed)
    if not known:
        return False
    import polars as pl

    from telcli.intake.pseudonyms import Pseudonyms
    from telcli.intake.suppression import tokens

    return not known.isdisjoint(tokens(pl.Series(asked), Pseudonyms(key)).to_list())


def veiled(asked: str) -> str:
    """What was asked for as it may be repeated: numbers however written, addresses and names hidden.

    >>> veiled("139-8765-4321"), veiled("C00000018")
    ('139******21', 'C00000018')
    """
    import polars as pl

    from telcli.intake.words import masked

    return str(masked(pl.Series([asked]))[0])
