"""Imaginary personal columns: names, certificates and numbers that ingest must keep out of every table.

Nobody can be meant: certificates carry an unassigned area, 99xxxx and numbers the unallocated range 154.
"""

from __future__ import annotations

import numpy as np

from telcli.simulation.population import Population
from telcli.simulation.world import Array, Streams, World

__all__ = ["GIVEN", "certificate_check", "certificates", "credit_code_check", "names", "phones", "same", "with_check"]

_SURNAMES = np.array(list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"))
GIVEN = np.array(list("伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉兰建国文婷宇轩梓涵浩然欣怡"))
_TRADES = np.array(["科技", "商贸", "物流", "餐饮", "建材", "电子", "服饰", "广告"])
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def certificate_check(digits: str) -> str:
    """Check digit of an 18-digit identity certificate (GB 11643) from its first 17 digits.

    >>> certificate_check("11010519491231002")
    'X'
    """
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def credit_code_check(code: str) -> str:
    """Check character of an 18-character credit code (GB 32100) from its first 17 characters.

    >>> credit_code_check("91350100M000100Y4")
    '3'
    """
    total = sum(_CREDIT_ALPHABET.index(sign) * weight for sign, weight in zip(code, _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def same(people: Population) -> Array:
    """The customer each one really is: the earlier number of those registered twice."""
    return np.where(people.twin >= 0, people.twin, np.arange(len(people.twin)))


def names(world: World, block: int, people: Population) -> Array:
    """Names of persons and firms; a person registered twice has one name."""
    chance = Streams(world.seed, block)("names")
    n = len(people.number)
    given = [GIVEN[chance.integers(0, len(GIVEN), n)] for _ in range(2)]
    second = np.where(chance.random(n) < 0.75, given[1], "")
    person = np.char.add(np.char.add(_SURNAMES[chance.integers(0, len(_SURNAMES), n)], given[0]), second)
    trade = _TRADES[chance.integers(0, len(_TRADES), n)]
    firm = np.char.add(np.char.add(np.char.add(given[0], given[1]), trade), "有限公司")
    found: Array = np.where(people.customer_class > 0, firm, person)[same(people)]
    return found


def certificates(world: World, block: int, people: Population, year: int) -> Array:
    """18-character certificates with a right check digit, the same for one person under two numbers.

    `year` is the year the ages in `people` are counted in.
    """
    chance = Streams(world.seed, block)("certificates")
    n = len(people.number)
    born = (year - people.age) * 10_000 + chance.integers(1, 13, n) * 100 + chance.integers(1, 29, n)
    order = people.number % 500 * 2 + np.where(people.female, 0, 1)
    person = (990_000 + people.number // 500 % 10_000) * 10**11 + born * 1_000 + order
    firm = 91_990_000 * 10**9 + people.number
    digits = np.where(people.customer_class > 0, firm, person)[same(people)]
    return with_check(digits, people.customer_class[same(people)] > 0)


def with_check(digits: Array, business: Array) -> Array:
    """Certificates from their first 17 digits: each with the check character of a person's or of a business's.

    >>> with_check(np.array([11010519491231002]), np.array([False])).tolist()
    ['11010519491231002X']
    """
    powers = 10 ** np.arange(16, -1, -1, dtype=np.int64)
    places = digits[:, None] // powers[None, :] % 10
    own = np.array(list(_CHECKS))[places @ np.array(_WEIGHTS) % 11]
    firm_check = np.array(list(_CREDIT_ALPHABET))[(31 - places @ np.array(_CREDIT_WEIGHTS) % 31) % 31]
    found: Array = np.char.add(digits.astype("U17"), np.where(business, firm_check, own))
    return found


def phones(world: World, block: int, people: Population) -> Array:
    """11-digit numbers, some with a country code or blanks, as several desks typed them."""
    chance = Streams(world.seed, block)("phones")
    scattered = people.number * 48_271 % 100_000_000
    plain = (15_400_000_000 + scattered).astype("U11")
    prefix = np.array(["", "", "", "", "", "", "", "+86", "86-", "0086"])[chance.integers(0, 10, len(plain))]
    found: Array = np.char.add(prefix, plain)
    return found
