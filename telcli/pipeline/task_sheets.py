"""A workbook of tasks per account manager, and one per branch of those that are nobody's."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from telcli.tables.masking import numberless

if TYPE_CHECKING:
    import polars as pl

__all__ = ["file_names", "render", "renderer"]

_UNASSIGNED = "unassigned"
_UNSAFE = re.compile(r"[^\w-]+")
_LONGEST = 100
"""Bytes of a name: file systems take 255."""


def renderer(lang: str) -> Callable[[pl.DataFrame], Mapping[str, bytes]]:
    """`render` in a language, as a stage's request takes it."""

    def rendered(tasks: pl.DataFrame) -> Mapping[str, bytes]:
        return render(tasks, lang)

    return rendered


def render(tasks: pl.DataFrame, lang: str) -> dict[str, bytes]:
    """Files by name: for each manager of a plan's retention_tasks a workbook, of `task_writer.MOST` tasks at most."""
    import polars as pl

    from telcli.io.task_writer import MOST, task_book

    place = pl.when(pl.col("manager_id") == _UNASSIGNED).then(pl.col("branch").fill_null(""))
    rows = tasks.with_columns(_place=place).sort("manager_id", "_place", "priority", "task_id")
    sheets = {key: part for key, part in rows.partition_by("manager_id", "_place", as_dict=True).items() if part.height}
    names = file_names([(str(manager), branch or "") for manager, branch in sheets])
    offer = "offer_name_zh" if lang == "zh" else "offer_name"
    offers = tasks.select(pl.coalesce(offer, "offer_id").drop_nulls().unique().sort()).to_series().to_list()
    channels = tasks["channel"].drop_nulls().unique().sort().to_list()
    files = {}
    for name, part in zip(names, sheets.values(), strict=True):
        for at, first in enumerate(range(0, part.height, MOST)):
            month, beyond = f"{part['as_of'][0]:%Y-%m}", f"-{at + 1}" if at else ""
            found = task_book(part[first : first + MOST].to_dicts(), lang, offers, channels)
            files[f"tasks-{month}-{name}{beyond}.xlsx"] = found
    return files


def file_names(keys: Sequence[tuple[str, str]]) -> list[str]:
    """A name for each manager and branch that every file system takes, no two alike but for case.

    A name that says less than its key, because a letter of it is not safe, it is too long or another one looks like it,
    ends in a mark made of the key.

    >>> file_names([("M1", ""), ("unassigned", "North")])
    ['M1', 'unassigned-North']
    >>> [name[:4] for name in file_names([("a/b", ""), ("a:b", "")])]
    ['a_b-', 'a_b-']
    """
    whole = ["-".join(part for part in key if part) for key in keys]
    safe = [_safe(one) for one in whole]
    twice = Counter(name.casefold() for name in safe)
    marked = []
    for key, one, name in zip(keys, whole, safe, strict=True):
        mark = hashlib.sha256("\x1f".join(key).encode()).hexdigest()[:8]
        kept = name == one and twice[name.casefold()] == 1
        marked.append(name if kept else f"{name}-{mark}".lstrip("-"))
    return marked


def _safe(text: str) -> str:
    """Letters, digits, - and _ of a text, at most so many bytes; numbers that could be telephones without a middle."""
    found = _UNSAFE.sub("_", numberless(unicodedata.normalize("NFKC", text))).strip("_")
    return found.encode()[:_LONGEST].decode(errors="ignore")
