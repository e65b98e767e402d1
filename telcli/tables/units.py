"""How a number with its unit is written in English and in Chinese (万, 亿).

Counts and money of a million and more (in Chinese of ten thousand and more) are shortened to three digits; what is
smaller is written out. Exact values stay in the tables; these are for sentences, pages and screens.
"""

from __future__ import annotations

import math
from collections.abc import Callable

__all__ = [
    "CURRENCIES",
    "MISSING",
    "brief",
    "count",
    "customers",
    "decimal",
    "money",
    "month",
    "months_between",
    "percent",
    "period",
    "points",
    "written",
]

MISSING = "–"

CURRENCIES: dict[str, tuple[str, str]] = {
    "CNY": ("¥", "元"),
    "USD": ("$", "美元"),
    "EUR": ("€", "欧元"),
    "GBP": ("£", "英镑"),
    "HKD": ("HK$", "港元"),
    "JPY": ("JP¥", "日元"),
}
"""Sign before the amount in English, word after it in Chinese; other currencies go by their code in both."""

_STEPS = {"en": ((1e9, "B"), (1e6, "M")), "zh": ((1e8, "亿"), (1e4, "万"))}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _short(value: float, lang: str, digits: int) -> str:
    """Three digits and a unit where the number is large, else `digits` decimals with thousands separated."""
    for size, name in _STEPS[lang]:
        if abs(value) >= size * 0.9995:
            scaled = abs(value) / size
            places = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            return f"{value / size:,.{places}f}{name}"
    return f"{value:,.{digits}f}"


def count(value: float | None, lang: str = "en") -> str:
    """Write how many.

    >>> count(7043), count(1234567), count(1234567, "zh")
    ('7,043', '1.23M', '123万')
    """
    return _short(round(value), lang, 0) if value is not None and _known(value) else MISSING


def customers(value: float | None, lang: str = "en") -> str:
    """Write how many customers.

    >>> customers(1), customers(12345), customers(12345, "zh")
    ('1 customer', '12,345 customers', '1.23万户')
    """
    noun = "户" if lang == "zh" else " customer" if value is not None and round(value) == 1 else " customers"
    return count(value, lang) + noun


def money(value: float | None, lang: str = "en", currency: str = "CNY") -> str:
    """Write an amount: cents below a thousand, none above.

    >>> money(64.761), money(-3141592.0, "zh"), money(12.5, "zh", "USD"), money(1500, "en", "XAF")
    ('¥64.76', '-314万元', '12.50美元', 'XAF 1,500')
    """
    if value is None or not _known(value):
        return MISSING
    before, after = CURRENCIES.get(currency, (f"{currency} ", f" {currency}"))
    body = _short(abs(value), lang, 2 if abs(value) < 999.995 else 0)
    sign = "-" if value < 0 and body.strip("0.") else ""
    return f"{sign}{before}{body}" if lang == "en" else f"{sign}{body}{after}"


def exact(value: float | None, lang: str = "en", currency: str = "") -> str:
    """Write every digit of a count, or of an amount to the cent where there is a currency.

    >>> exact(1234567), exact(-1234567.891, "en", "CNY"), exact(12.5, "zh", "CNY")
    ('1,234,567', '-¥1,234,567.89', '12.50元')
    """
    if value is None or not _known(value):
        return MISSING
    if not currency:
        return f"{value:,.0f}"
    before, after = CURRENCIES.get(currency, (f"{currency} ", f" {currency}"))
    body = f"{abs(value):,.2f}"
    sign = "-" if value < 0 and body.strip("0.,") else ""
    return f"{sign}{before}{body}" if lang == "en" else f"{sign}{body}{after}"


def brief(value: float | None, lang: str = "en") -> str:
    """Write a number without its unit in few letters: up to two decimals below a hundred, none above a thousand.

    >>> brief(0), brief(64.758), brief(812.34), brief(12345.6), brief(1234567, "zh")
    ('0', '64.76', '812.3', '12,346', '123万')
    """
    if value is None or not _known(value):
        return MISSING
    size = abs(value)
    digits = 0 if size >= 1000 or value == int(value) else 1 if size >= 100 else 2
    return _short(value, lang, digits)


def percent(value: float | None, lang: str = "en") -> str:
    """Write a share as a percentage: two decimals below one percent, else one.

    >>> percent(0.2654), percent(0.00456), percent(1)
    ('26.5%', '0.46%', '100.0%')
    """
    if value is None or not _known(value):
        return MISSING
    digits = 2 if 0 < abs(value) < 0.01 else 1
    return f"{value:.{digits}%}"


def points(value: float | None, lang: str = "en") -> str:
    """Write the difference of two shares, in percentage points.

    >>> points(-0.0123), points(0.004, "zh")
    ('-1.23 points', '+0.40个百分点')
    """
    if value is None or not _known(value):
        return MISSING
    return f"{value * 100:+.2f}" + (" points" if lang == "en" else "个百分点")


def decimal(value: float | None, lang: str = "en") -> str:
    """Write a plain ratio or score with two decimals.

    >>> decimal(3.14159)
    '3.14'
    """
    return f"{value:,.2f}" if value is not None and _known(value) else MISSING


def month(text: str, lang: str = "en") -> str:
    """Write a month given as ``YYYY-MM``.

    >>> month("2024-06"), month("2024-06", "zh")
    ('June 2024', '2024年6月')
    """
    year, number = text[:4], int(text[5:7])
    return f"{_MONTHS[number - 1]} {year}" if lang == "en" else f"{year}年{number}月"


def months_between(before: str, last: str) -> list[str]:
    """The months between two, each as ``YYYY-MM``.

    >>> months_between("2023-11", "2024-02")
    ['2023-12', '2024-01']
    """
    places = [12 * int(text[:4]) + int(text[5:7]) - 1 for text in (before, last)]
    return [f"{place // 12}-{place % 12 + 1:02}" for place in range(places[0] + 1, places[1])]


def period(text: str, lang: str = "en") -> str:
    """Write a month, quarter or year given as ``YYYY-MM``, ``YYYY-Qn`` or ``YYYY``.

    >>> period("2024-06"), period("2024-Q2"), period("2024-Q2", "zh"), period("2024", "zh")
    ('June 2024', 'Q2 2024', '2024年第2季度', '2024年')
    """
    year, _, part = text.partition("-")
    if part.startswith("Q"):
        return f"{part} {year}" if lang == "en" else f"{year}年第{part[1:]}季度"
    return month(text, lang) if part else year if lang == "en" else f"{year}年"


def written(value: float | None, kind: str, lang: str = "en", currency: str = "CNY") -> str:
    """Write a number of one kind: count, customers, money, percent, points, decimal, times, count_exact or money_exact.

    >>> written(0.5, "percent"), written(2.5, "times", "zh"), written(9, "money")
    ('50.0%', '2.50倍', '¥9.00')
    """
    if kind == "money":
        return money(value, lang, currency)
    if kind.endswith("_exact"):
        return exact(value, lang, currency if kind == "money_exact" else "")
    if kind == "times":
        return MISSING if not _known(value) else decimal(value) + ("x" if lang == "en" else "倍")
    writers: dict[str, Callable[[float | None, str], str]] = {
        "count": count,
        "customers": customers,
        "percent": percent,
        "points": points,
        "decimal": decimal,
    }
    return writers[kind](value, lang)
