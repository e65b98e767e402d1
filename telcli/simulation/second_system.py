"""A second system that knows the same people: its own numbers, spellings and gaps, and who each record truly is.

Some records share a certificate or a telephone number with the customer system, some only look alike, and some are of
strangers who have a name or a telephone in common with a customer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from telcli.simulation.archetypes import REGIONS
from telcli.simulation.dirt import OWNER
from telcli.simulation.extracts import customer_ids, words
from telcli.simulation.people import GIVEN, certificates, names, same, with_check
from telcli.simulation.population import Population
from telcli.simulation.world import Array, Streams, World

__all__ = ["FILE", "SAME", "second_rows"]

FILE, SAME = "service_customers.csv", "answer_key/same_customer.csv"
KNOWN_SHARE, TWICE_SHARE, STRANGER_SHARE = 0.7, 0.02, 0.03
"""Customers whom the second system knows, those of them it has twice, and strangers for each customer."""

_CARD = ("same", "spelled", "missing", "mistyped", "masked")
_CARD_ODDS = (0.46, 0.06, 0.28, 0.10, 0.10)
_PHONE = ("same", "other", "missing", "masked")
_PHONE_ODDS = (0.50, 0.25, 0.15, 0.10)
_NAME = ("same", "spelled", "missing", "mistyped", "masked")
_NAME_ODDS = (0.80, 0.06, 0.04, 0.06, 0.04)
_SPREAD = 99_999_989
"""A prime: numbers of the second system are those of the first scattered, none twice."""


def second_rows(world: World, block: int, people: Population) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One block of service_customers.csv, and of answer_key/same_customer.csv, sorted by customer."""
    chance = Streams(world.seed, block)("second system")
    owner, copy, stranger = _known(chance, len(people.number))
    person = _persons(world, block, people, owner, stranger, chance)
    m = len(owner)
    did = {
        "certificate": chance.choice(len(_CARD), m, p=_CARD_ODDS),
        "phone": np.where(stranger == 1, 0, chance.choice(len(_PHONE), m, p=_PHONE_ODDS)),
        "name": chance.choice(len(_NAME), m, p=_NAME_ODDS),
    }
    key = _keys(people.number[owner] * 4 + np.where(stranger >= 0, 3, copy))
    public = people.customer_class[owner] == 0
    moved = (chance.random(m) < 0.06) | (stranger == 2)
    region = np.where(moved, chance.integers(0, len(REGIONS), m), people.region[owner])
    born = [card[6:14] if is_public else "" for card, is_public in zip(person["card"], public, strict=True)]
    woman = (np.array([int(card[16]) % 2 if card[16].isdigit() else 0 for card in person["card"]]) == 0) ^ (
        chance.random(m) < 0.02
    )
    rows = pl.DataFrame(
        {
            "客户编码": key,
            "姓名": _spelled_names(person["name"].tolist(), did["name"], public, chance),
            "身份证号": _written_cards(person["card"].tolist(), did["certificate"], chance),
            "联系电话": _written_phones(person["phone"].tolist(), did["phone"], chance),
            "性别": words(("M", "F"), np.where(public & (chance.random(m) > 0.12), woman.astype(int), -1)),
            "出生日期": _written_births(born, chance),
            "城市": _written_cities(region, chance),
            "建档日期": _first_seen(world, people, owner, chance),
            "服务等级": words(("A", "B", "C"), chance.integers(-1, 3, m)),
            OWNER: owner,
        }
    )
    return rows, _truth(people, owner, stranger, key, did)


def _known(chance: np.random.Generator, n: int) -> tuple[Array, Array, Array]:
    """Owner of each record, which of the owner's records it is, and what kind of stranger: -1 for none.

    Strangers have the owner's name (0), telephone and surname (1), or nothing of the owner's (2).
    """
    there = chance.random(n) < KNOWN_SHARE
    twice = there & (chance.random(n) < TWICE_SHARE)
    strange = chance.random(n) < STRANGER_SHARE
    kind = chance.choice(3, n, p=[0.4, 0.2, 0.4])
    everyone = np.arange(n)
    owner = np.concatenate([everyone[there], everyone[twice], everyone[strange]])
    copy = np.concatenate([np.zeros(there.sum(), int), np.ones(twice.sum(), int), np.zeros(strange.sum(), int)])
    stranger = np.concatenate([np.full(there.sum() + twice.sum(), -1), kind[strange]])
    order = np.argsort(owner, kind="stable")
    return owner[order], copy[order], stranger[order]


def _persons(
    world: World, block: int, people: Population, owner: Array, stranger: Array, chance: np.random.Generator
) -> dict[str, Array]:
    """Name, certificate and telephone number of each record's person, strangers with their own."""
    m, strange = len(owner), stranger >= 0
    name = names(world, block, people)
    card = certificates(world, block, people, world.last // 12)[owner]
    family = np.array([first[:1] for first in name[owner]])
    own = np.char.add(family, GIVEN[chance.integers(0, len(GIVEN), m)])
    others = name[(owner + chance.integers(1, len(name), m)) % len(name)]
    born = chance.integers(1950, 2004, m) * 10_000 + chance.integers(1, 13, m) * 100 + chance.integers(1, 29, m)
    digits = (990_000 + chance.integers(0, 10_000, m)) * 10**11 + born * 1_000 + chance.integers(0, 1_000, m)
    firm = 91_990_000 * 10**9 + 500_000_000 + people.number[owner]
    business = people.customer_class[owner] > 0
    new_card = with_check(np.where(business, firm, digits), business)
    new_phone = (15_400_000_000 + chance.integers(0, 100_000_000, m)).astype("U11")
    phone = (15_400_000_000 + people.number[owner] * 48_271 % 100_000_000).astype("U11")
    shares = np.where(business, others, own)
    return {
        "name": np.where(stranger == 1, shares, np.where(stranger == 2, others, name[owner])),
        "card": np.where(strange, new_card, card),
        "phone": np.where((stranger == 0) | (stranger == 2), new_phone, phone),
    }


def _keys(numbers: Array) -> pl.Series:
    scattered = numbers.astype(np.int64) * 48_271 % _SPREAD
    return pl.select(pl.format("S{}", pl.Series(scattered).cast(pl.String).str.zfill(8))).to_series()


def _spelled_names(whole: Sequence[str], did: Array, public: Array, chance: np.random.Generator) -> list[str | None]:
    other = GIVEN[chance.integers(0, len(GIVEN), len(whole))]
    title = np.where(chance.random(len(whole)) < 0.5, "先生", "女士")
    written: list[str | None] = []
    for place, name in enumerate(whole):
        firm, end = not public[place], str(other[place])
        spelled = name.removesuffix("有限公司") if firm else f"{name[0]} {name[1:]}{title[place]}"
        masked = name if firm else f"{name[0]}*{name[2:]}"
        written.append(
            (name, spelled, None, name[:-5] + end + name[-4:] if firm else name[:-1] + end, masked)[did[place]]
        )
    return written


def _written_cards(whole: Sequence[str], did: Array, chance: np.random.Generator) -> list[str | None]:
    at, by = chance.integers(6, 17, len(whole)), chance.integers(1, 10, len(whole))
    written: list[str | None] = []
    for place, card in enumerate(whole):
        wrong = card[at[place]]
        digit = str((int(wrong) + int(by[place])) % 10) if wrong.isdigit() else "0"
        mistyped = card[: at[place]] + digit + card[at[place] + 1 :]
        spelled = f"{card[:6]} {card[6:14]} {card[14:].lower()}"
        written.append((card, spelled, None, mistyped, card[:6] + "********" + card[14:])[did[place]])
    return written


def _written_phones(whole: Sequence[str], did: Array, chance: np.random.Generator) -> list[str | None]:
    other = (15_400_000_000 + chance.integers(0, 100_000_000, len(whole))).astype("U11")
    spelled = chance.random(len(whole)) < 0.2
    written: list[str | None] = []
    for place, number in enumerate(whole):
        same_ = f"+86 {number[:3]} {number[3:7]} {number[7:]}" if spelled[place] else number
        written.append((same_, str(other[place]), None, f"{number[:3]}****{number[7:]}")[did[place]])
    return written


def _written_births(born: Sequence[str], chance: np.random.Generator) -> list[str | None]:
    style = chance.choice(6, len(born), p=[0.50, 0.10, 0.10, 0.22, 0.03, 0.05])
    off = chance.integers(1, 10, len(born))
    written: list[str | None] = []
    for place, day in enumerate(born):
        year, month, of_month = day[:4], day[4:6], day[6:]
        forms = (
            f"{year}-{month}-{of_month}", day, year, None, f"{int(year or 0) + int(off[place])}-{month}-{of_month}",
            f"{year}/{month.lstrip('0')}/{of_month.lstrip('0')}",
        )  # fmt: skip
        written.append(forms[style[place]] if day else None)
    return written


def _written_cities(region: Array, chance: np.random.Generator) -> pl.Series:
    short = tuple(city.removesuffix("市") for city in REGIONS)
    return words((*REGIONS, *short), region + np.where(chance.random(len(region)) < 0.5, len(REGIONS), 0))


def _first_seen(world: World, people: Population, owner: Array, chance: np.random.Generator) -> pl.Series:
    """The day the second system first heard of each: that of joining, or up to three years later."""
    m = len(owner)
    joined = world.day(people.joined[owner], people.joined_day[owner])
    later = np.where(chance.random(m) < 0.4, 0, chance.integers(1, 1_000, m)).astype("timedelta64[D]")
    return pl.Series(np.minimum(joined + later, np.datetime64(world.end) - np.timedelta64(1, "D"))).dt.strftime(
        "%Y-%m-%d"
    )


def _truth(people: Population, owner: Array, stranger: Array, key: pl.Series, did: dict[str, Array]) -> pl.DataFrame:
    """Who every record of either system truly is, the customer system's first of each customer."""
    ids, n = customer_ids(people.number), len(people.number)
    person = ids[same(people)]
    crm = pl.DataFrame({"source": ["crm_customers.csv"] * n, "source_key": ids, "true_customer": person})
    unknown = pl.Series(stranger >= 0)
    real = pl.select(pl.when(unknown).then(pl.format("N{}", key)).otherwise(person[owner])).to_series()
    told = {name: words(_WORDS[name], values) for name, values in did.items()}
    second = pl.DataFrame({"source": [FILE] * len(owner), "source_key": key, "true_customer": real, **told})
    whole = pl.concat(
        [crm.with_columns(pl.Series(OWNER, np.arange(n))), second.with_columns(pl.Series(OWNER, owner))], how="diagonal"
    )
    return whole.sort(OWNER, maintain_order=True).select("source", "source_key", "true_customer", *_WORDS, OWNER)


_WORDS = {"certificate": _CARD, "phone": _PHONE, "name": _NAME}
