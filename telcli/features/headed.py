"""Which column of a list that somebody wrote by hand is which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

__all__ = ["places_of"]


def places_of(columns: Iterable[object], words: Mapping[str, Sequence[str]]) -> dict[str, int | None]:
    """By name the place of the first of its words among the headers, in any case; None where there is none of them.

    >>> places_of(["日期", "Kind"], {"date": ("date", "日期"), "kind": ("kind",), "by": ("by",)})
    {'date': 0, 'kind': 1, 'by': None}
    """
    headers = [str(name).strip().lower() for name in columns]
    return {
        name: next((headers.index(word) for word in known if word in headers), None) for name, known in words.items()
    }
