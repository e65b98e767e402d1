"""Where judgements stand, so that what is wrong with them is said in the words of telcli.toml or of the sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from telcli.errors import UsageError

__all__ = ["Place"]

_MOST = 4
"""Cells named of those that a judgement may be written into."""


@dataclass(frozen=True)
class Place:
    """The judgements of one node by one expert, or by all together where `expert` is empty.

    Parameters
    ----------
    hierarchy : as `telcli.tables.hierarchy` describes it.
    node : whose items were judged.
    expert : a key of its judgements; "" is all of them.
    """

    hierarchy: Mapping[str, Any]
    node: str
    expert: str = ""
    _sheets: list[Mapping[str, Any]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        places = self.hierarchy.get("places", {})
        names = [self.expert] if self.expert else sorted(places)
        self._sheets.extend(places[name][self.node] for name in names if self.node in places.get(name, {}))

    @property
    def file(self) -> str:
        """The file, and the sheets where there are any."""
        source: str = self.hierarchy["source"]
        return f"{source}, sheet {', '.join(sheet['sheet'] for sheet in self._sheets)}" if self._sheets else source

    @property
    def called(self) -> str:
        """The node, and the expert, as the file calls them."""
        if self._sheets:
            sheet = str(self._sheets[0]["sheet"])
            return sheet if self.expert else re.split("[(（]", sheet)[0].strip()
        return f"{self.node} ({self.expert})" if self.expert else self.node

    def label(self, item: str) -> str:
        """An item as the sheet calls it; its key in telcli.toml."""
        return next((sheet["labels"][item] for sheet in self._sheets if item in sheet["labels"]), item)

    def pair(self, one: str, other: str) -> str:
        """One item beside another, with its cell where there is one.

        >>> places = {"": {"goal": {"sheet": "g", "labels": {"a": "A"}, "cells": {"a : b": "C2"}}}}
        >>> Place({"source": "f.xlsx", "places": places}, "goal").pair("a", "b")
        'C2 (A : b)'
        >>> Place({"source": "telcli.toml"}, "goal").pair("a", "b")
        'a : b'
        """
        said, cell = f"{self.label(one)} : {self.label(other)}", self._cell(one, other)
        return f"{cell} ({said})" if cell else said

    def written(self, one: str, other: str) -> bool:
        """Whether the judgement is made as of the first item over the second, not the other way round."""
        judgements = self.hierarchy["judgements"]
        names = [self.expert] if self.expert else sorted(judgements)
        pairs = [pair[:2] for name in names for pair in judgements.get(name, {}).get(self.node, ())]
        return [one, other] in pairs or [other, one] not in pairs

    def missing(self, items: Sequence[str]) -> UsageError:
        """That nothing says how important some items are, and where to say it."""
        told = {"node": self.called, "items": ", ".join(map(self.label, items)), "file": self.file}
        template = "{file}: judgements on {node} are missing: nothing says how important {items} are."
        if not self.hierarchy.get("places"):
            hint = (
                'Write them as in [score-value.judgements.{node}], "one : other" = 3; each item in one of them at '
                "least."
            )
            return UsageError("judgements-missing", template, hint=hint, **told)
        if not self._sheets:
            hint = "Add a sheet called {node}, with {items} in its first row and column, and judge each once at least."
            told["items"] = ", ".join(self.hierarchy["items"][self.node])
            return UsageError("judgements-missing-sheet", template, hint=hint, **told)
        new = [item for item in items if not any(item in sheet["labels"] for sheet in self._sheets)]
        if new:
            hint = "Add a row and a column of {items} to that sheet, and judge each in one cell at least."
            told["items"] = ", ".join(new)
            return UsageError("judgements-missing-labels", template, hint=hint, **told)
        others = [item for item in self.hierarchy["items"][self.node] if item not in items]
        cells = [self._cell(one, other) or self._cell(other, one) for one in others for other in items]
        told["cells"] = ", ".join([cell for cell in cells if cell][:_MOST])
        hint = "Fill in one of {cells} at least."
        return UsageError("judgements-missing-cells", template, hint=hint, **told)

    def _cell(self, one: str, other: str) -> str:
        return next(
            (str(sheet["cells"][key]) for sheet in self._sheets if (key := f"{one} : {other}") in sheet["cells"]), ""
        )
