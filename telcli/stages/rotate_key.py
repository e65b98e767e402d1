"""``rotate-key``: every pseudonym in tables and texts under the next key, and what was made of pseudonyms made anew."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

import polars as pl

from telcli.intake.agents import AGENT, CODE_DIGITS
from telcli.intake.pseudonyms import Pseudonyms
from telcli.intake.repeats import SAID
from telcli.stages.rotate_key_derived import AFTER, cases, named_anew, outside_codes, renamed_facts, wanted_of
from telcli.tables import SUBJECTS
from telcli.tables.task_sheet import check_code

__all__ = ["Turn", "concerned", "derived", "turned"]

_WORD = re.compile(r"\b(?:caller-)?[0-9a-f]{10,64}(?:-\d+)?\b", re.ASCII)
_MASKED = re.compile(
    r"(?<![0-9A-Za-z*])(?=[0-9a-f*]*[a-f])(?=(?:\**[0-9a-f]){14})[0-9a-f]*(?:\d{3}\*{6}\d{2}[0-9a-f]*)+(?![0-9A-Za-z*])"
)
"""A pseudonym in which a run of digits was masked as a number; shorter ones are identifiers of another kind."""
_LIKE = r"(?-u:\b)[0-9a-f]{32}(?-u:\b)|caller-[0-9a-f]{10}|\d\*{6}\d"
_WHOLE = r"^(?:.*:)?[0-9a-f]{32}$"
_HEX, _CALLER = 32, "caller-"
_IDS = ("customers", "subscriptions", "accounts", "crosswalk")
_SAYING = ("customer_id", "subscription_id", "account_id", "source_key")
_HOME = "household_id"


class Turn:
    """From the last key that made pseudonyms to the ones after it.

    Parameters
    ----------
    keys : the last key, and those after it, of 32 bytes each.
    known : what stands for other words that were made of pseudonyms (`derived`).

    >>> turn = Turn(bytes(64))
    >>> turn.text("customer ec894bc8505735beca95d27b8db5ee0d, K12, ec894bc8505735******db5ee0d") != ""
    True
    >>> turn.text("K12 20240601 138******78")
    'K12 20240601 138******78'
    """

    def __init__(self, keys: bytes, known: Mapping[str, str] | None = None) -> None:
        self.people = Pseudonyms(keys)
        self.known = dict(known or {})
        self._one = lru_cache(1 << 16)(self.people.one)

    def text(self, text: str) -> str:
        """A text in which every pseudonym, and what was made of one, is that of the next key."""
        return _MASKED.sub(lambda found: self.known.get(found[0], "***"), _WORD.sub(self._word, text))

    def value(self, value: Any) -> Any:
        """The same of whatever JSON holds, names of fields included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(name): self.value(item) for name, item in value.items()}
        return type(value)(map(self.value, value)) if isinstance(value, list | tuple) else value

    def tokens(self, tokens: Collection[str]) -> list[str]:
        """The list of purged persons."""
        return self.people.turned_tokens(pl.Series(sorted(tokens), dtype=pl.String)).to_list()

    def inside(self, text: pl.Series) -> pl.Series:
        """Texts of results."""
        return self._of(text, text.str.contains(_LIKE) | text.is_in(list(self.known)), self.text)

    def whole(self, text: pl.Series) -> pl.Series:
        """Identifiers; free texts, in which pseudonyms never stand, are left as they are."""

        def made(one: str) -> str:
            return one[:-_HEX] + self._one(one[-_HEX:])

        return self._of(text, text.str.contains(_WHOLE), made)

    def _of(self, text: pl.Series, like: pl.Series, made: Any) -> pl.Series:
        like = like.fill_null(value=False)
        if not like.any():
            return text
        places = like.arg_true()
        distinct = text.gather(places).unique()
        after = pl.Series([made(one) for one in distinct.to_list()], dtype=pl.String)
        return text.clone().scatter(places, text.gather(places).replace_strict(distinct, after))

    def _word(self, found: re.Match[str]) -> str:
        word = found[0]
        if word in self.known:
            return self.known[word]
        if word.startswith(_CALLER):  # of a call that is not held any more
            return _CALLER + self.people.sealed(word, "caller")[: len(word) - len(_CALLER)]
        stem, dash, rest = word.partition("-")
        return self._one(stem) + dash + rest if len(stem) == _HEX else word


def derived(tables: Mapping[str, pl.LazyFrame], keys: bytes, texts: Collection[str] = ()) -> dict[str, str]:
    """What was made of pseudonyms without a key -> what would be made of their next ones.

    Codes of outside callers, names of cases, names of tickets without a number, and masked pseudonyms, of those alone
    that stand in results or `texts`.
    """
    turn = Turn(keys)
    found = outside_codes(tables, turn.whole)
    found |= cases(tables, found, turn.whole, turn.people.sealed)
    found |= renamed_facts(tables, turn.whole, turn.people.sealed)
    masks = wanted_of(tables, _MASKED.pattern) | {one for text in texts for one in _MASKED.findall(text)}
    return found | (_masks(tables, masks, turn) if masks else {})


def _masks(tables: Mapping[str, pl.LazyFrame], wanted: Collection[str], turn: Turn) -> dict[str, str]:
    """Masked pseudonyms of identifiers that are held."""
    found: dict[str, str] = {}
    mask = pl.col("p").str.replace_all(r"(\d{3})\d{4,}(\d{2})", "${1}******${2}")
    for table in _IDS:
        for name in _SAYING if table in tables else ():
            if name not in tables[table].collect_schema():
                continue
            held = tables[table].select(p=pl.col(name)).filter(pl.col("p").str.contains(_WHOLE)).unique()
            shown = held.with_columns(m=mask).filter(pl.col("m").is_in(list(wanted))).collect(engine="streaming")
            after = pl.DataFrame({"p": turn.whole(shown["p"])}).select(mask).to_series()
            found |= dict(zip(shown["m"], after, strict=True))
    return found


def concerned(frame: pl.LazyFrame, table: str, turn: Turn) -> bool:
    """Whether anything of a table may have to be turned."""
    names = _texts(frame)
    if not names:
        return False
    like = _WHOLE if table in SUBJECTS else _LIKE
    tests = [pl.col(name).str.contains(like).any() for name in names]
    tests += [pl.col(name).is_in(list(turn.known)).any() for name in names if name.endswith("_id") and turn.known]
    if AGENT in names:
        tests.append(pl.col(AGENT).str.contains(f"^[0-9a-f]{{{CODE_DIGITS}}}$").any())
    return any(frame.select(test.alias(str(at)) for at, test in enumerate(tests)).collect(engine="streaming").row(0))


def turned(frame: pl.LazyFrame, table: str, turn: Turn) -> pl.LazyFrame:
    """A table under the next key."""
    made = {}
    for name in _texts(frame):
        if name in (AGENT, "agent"):
            made[name] = _by(name, lambda text: turn.people.turned_codes(text, CODE_DIGITS))
        elif not name.startswith("x_"):  # attributes are as the extracts have them, and pseudonyms never among them
            made[name] = _by(name, turn.whole if table in SUBJECTS else turn.inside)
    if table in SAID:
        have = frame.collect_schema().names()
        beside = frame.with_columns(made.get(name, pl.col(name)).alias(f"{AFTER}{name}") for name in have)
        after = named_anew(beside, table, turn.people.sealed).select(
            pl.col(f"{AFTER}{name}").alias(name) for name in have
        )
    else:
        after = frame.with_columns(**made)
    if table == "customers" and _HOME in frame.collect_schema():
        after = _homes(frame, after)
    if table == "retention_tasks":
        after = _codes(after)
    return after


def _by(name: str, made: Any) -> pl.Expr:
    return pl.col(name).map_batches(made, return_dtype=pl.String, is_elementwise=True)


def _texts(frame: pl.LazyFrame) -> list[str]:
    return [name for name, kind in frame.collect_schema().items() if kind == pl.String]


def _homes(before: pl.LazyFrame, after: pl.LazyFrame) -> pl.LazyFrame:
    """Households called after their smallest customer, as the next ingest would call them."""
    first = pl.col(_HOME) == pl.col("customer_id").min().over(_HOME)
    called = before.select(pl.col(_HOME), _first=first.any().over(_HOME)).collect(engine="streaming")
    whole = after.collect(engine="streaming").with_columns(called["_first"])
    smallest = pl.col("customer_id").min().over(_HOME)
    home = pl.when(pl.col("_first") & pl.col(_HOME).is_not_null()).then(smallest).otherwise(_HOME)
    return whole.with_columns(home.alias(_HOME)).drop("_first").lazy()


def _codes(tasks: pl.LazyFrame) -> pl.LazyFrame:
    """Tasks with the letters that go with the customer as shown now."""
    rows = tasks.collect(engine="streaming")
    parts = rows.select("campaign_id", "task_id", "customer_id", "offer_id").iter_rows()
    return rows.with_columns(pl.Series("code", [check_code(*part) for part in parts], dtype=pl.String)).lazy()
