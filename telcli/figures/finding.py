"""What findings are made of, what one is, and how it is put in two languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from telcli.tables import units

__all__ = ["PARTS", "Facts", "Finding", "Pair", "sentences"]

PARTS = ("basis", "title", "detail", "action", "sure")
"""The texts of a finding: what its money is, the sentence, its evidence, what to do, how sure it is."""


class Pair(NamedTuple):
    """One text in English and Chinese."""

    en: str
    zh: str


Value = tuple[float | None, str] | Pair | str
"""A number with its kind (as `units.written` takes it), a text in both languages, or one text for both."""


@dataclass(frozen=True)
class Finding:
    """One sentence on the page.

    Parameters
    ----------
    kind : a slug. tone : good, bad or neutral. command : shows the rows behind it.
    amount : the money it is ranked by, never negative; None where there is none.
    texts : those of PARTS that it has.
    """

    kind: str
    tone: str
    amount: float | None
    texts: Mapping[str, Pair]
    command: str


@dataclass(frozen=True)
class Facts:
    """The figures that findings are made of; every part but the first may be empty.

    Parameters
    ----------
    months, bands, grid, segments, costs : rows as the modules of this room give them.
    kpi, value, model, quality : single figures by name.
    blocks : rows of further sections of the report by name: effects, alerts, topics, fraud.
    """

    currency: str
    months: Sequence[Mapping[str, Any]] = ()
    kpi: Mapping[str, float] = field(default_factory=dict)
    value: Mapping[str, float] = field(default_factory=dict)
    bands: Sequence[Mapping[str, Any]] = ()
    grid: Sequence[Mapping[str, Any]] = ()
    segments: Sequence[Mapping[str, Any]] = ()
    costs: Sequence[Mapping[str, Any]] = ()
    model: Mapping[str, Any] = field(default_factory=dict)
    quality: Mapping[str, Any] = field(default_factory=dict)
    blocks: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def finding(self, kind: str, tone: str, amount: float | None, **values: Value) -> Finding:
        """Fill the sentences of one kind.

        >>> Facts("CNY").finding("weak-model", "bad", None, auc="0.551").texts["title"].zh
        '流失排序能力偏弱：AUC 0.551（0.5为随机水平）'
        """
        templates = sentences()[kind]
        spoken = [{name: self._say(value, lang) for name, value in values.items()} for lang in ("en", "zh")]
        texts = {}
        for part in PARTS:
            if part in templates:
                pair = templates[part]
                texts[part] = Pair(pair["en"].format(**spoken[0]), pair["zh"].format(**spoken[1]))
        said = {part: pair for part, pair in texts.items() if pair.en}
        return Finding(kind, tone, amount, said, templates["command"].format(**spoken[0]))

    def signed(self, amount: float) -> Pair:
        """An amount with its sign, in both languages.

        >>> Facts("CNY").signed(12.0).en
        '+¥12.00'
        """
        sign = "+" if amount >= 0 else ""
        return Pair(*(sign + units.money(amount, lang, self.currency) for lang in ("en", "zh")))

    def _say(self, value: Value, lang: str) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, Pair):
            return value.en if lang == "en" else value.zh
        return units.written(value[0], value[1], lang, self.currency)


@cache
def sentences() -> dict[str, dict[str, Any]]:
    """The templates of findings*.toml, by kind."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(Path(__file__).parent.glob("findings*.toml")):
        found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return found
