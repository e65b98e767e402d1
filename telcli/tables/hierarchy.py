"""The hierarchy behind a customer's score: what belongs to what, the indicators, and judgements in pairs.

It is one plain mapping, whether it comes from telcli.toml, a workbook or `hierarchy.toml`, the default:

    source      what it was read from, for sentences
    names       item -> [English, Chinese]
    items       node -> the items that belong to it, in order; the top is the one that belongs to none
    indicators  item without items -> column, better (more | less), scaling (rank | range), name, name_zh
    judgements  expert, "" where there is one alone -> node -> [[item, other item, how many times as important], ...]

and of a workbook, for sentences:

    cells       item -> [sheet, cell] of the column it is made of
    places      expert -> node -> sheet, labels (item -> as written there), cells ("item : other item" -> cell)
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from importlib.resources import files
from typing import Any

from telcli.errors import UsageError

__all__ = ["BETTER", "LARGEST", "SCALINGS", "default", "from_config", "judgement", "merged", "top_of"]

Hierarchy = dict[str, Any]
BETTER, SCALINGS = ("more", "less"), ("rank", "range")
LARGEST = 9
_NAME = re.compile(r"[\w-]{1,40}")
_EXPERT = re.compile(r"[\w·.-](?:[\w·. -]{0,38}[\w·.-])?")
_PAIR = re.compile(r"\s*([\w-]+)\s*[:：]\s*([\w-]+)\s*")
_FRACTION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:[/／]\s*(\d+(?:\.\d+)?))?\s*")
_FIELDS = {"column": (), "better": BETTER, "scaling": SCALINGS, "name": (), "name_zh": ()}
_A_JUDGEMENT = 'a number from 1/9 to 9, such as 3 or "1/3"'


_LONG = 100
"""Signs of a judgement, beyond which it is none."""


def judgement(value: Any) -> float | None:
    """A judgement as a number, 1/9..9; None where it is none.

    >>> judgement(3), judgement("1/4"), judgement("0.25"), judgement("12"), judgement("many"), judgement("9" * 5000)
    (3.0, 0.25, 0.25, None, None, None)
    >>> judgement("1/" + "9" * 90), judgement("9" * 90 + "0" * 300)
    (None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, int) and not 0 < value <= LARGEST:
        return None
    text = value if isinstance(value, str) else repr(value)
    found = _FRACTION.fullmatch(text) if len(text) <= _LONG else None
    if found is None or (found[2] and not float(found[2])):
        return None
    number = float(Fraction(found[1]) / Fraction(found[2] or 1))
    return number if 1 / LARGEST - 1e-9 <= number <= LARGEST + 1e-9 else None


def default() -> Hierarchy:
    """The hierarchy where the operator names none.

    >>> default()["items"]["goal"], default()["judgements"][""]["goal"][1]
    (['current', 'incremental', 'retention'], ['current', 'incremental', 3.0])
    """
    text = files("telcli.tables").joinpath("hierarchy.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    names = read.pop("names")
    return {**from_config(read, "hierarchy.toml"), "names": names}


def from_config(section: Mapping[str, Any], file: str) -> Hierarchy:
    """The hierarchy in a section of telcli.toml; what it does not name is empty.

    Raises
    ------
    UsageError
        Something there is no name, indicator or judgement.

    >>> own = from_config({"judgements": {"goal": {"current : incremental" : "1/2"}}}, "telcli.toml")
    >>> own["judgements"]
    {'': {'goal': [['current', 'incremental', 0.5]]}}
    """
    items = _table(section.get("items", {}), file, "items")
    for node, below in items.items():
        _named(node, file, "items")
        if not isinstance(below, list) or not below or not all(map(_is_name, below)) or len(set(below)) < len(below):
            raise _refused(file, "items", node, 'a list of different names, such as ["margin", "arpu"]')
    about = _table(section.get("indicators", {}), file, "indicators")
    indicators = {name: _indicator(name, fields, file) for name, fields in about.items()}
    alone, several = section.get("judgements", {}), section.get("experts", {})
    if alone and several:
        raise _refused(file, "judgements", "experts", "alone: judgements are one expert's, or of experts by name")
    experts = {"": alone} if alone else _table(several, file, "experts")
    return {
        "source": file,
        "names": {},
        "items": {node: list(below) for node, below in items.items()},
        "indicators": indicators,
        "judgements": {name: _of_expert(name, told, file, items) for name, told in experts.items()},
    }


def merged(own: Hierarchy) -> Hierarchy:
    """The default with what the operator names in the place of what is called so there.

    Judgements of a node are the operator's where anybody judged it, else the default's among the items it still has.

    Raises
    ------
    UsageError
        What there is together is no tree, or lacks indicators.

    >>> merged({**from_config({"items": {"current": ["arpu"]}}, "f"), "source": "f"})["items"]["current"]
    ['arpu']
    """
    start = default()
    items = {**start["items"], **own["items"]}
    indicators = {**start["indicators"], **own["indicators"]}
    top = top_of(items, own["source"])
    reached = _walked(items, top, own)
    for item in reached:
        if item not in items and item not in indicators:
            raise _lacks_column(own, item)
    judged = {node for told in own["judgements"].values() for node in told}
    for node in sorted(judged - {item for item in reached if item in items}):
        sheets = [nodes[node]["sheet"] for nodes in own.get("places", {}).values() if node in nodes]
        raise _refused_at(own, "judgements", node, "an item that others belong to", sheets)
    for told in own["judgements"].values():
        for node, pairs in told.items():
            for item in (one for pair in pairs for one in pair[:2] if one not in items[node]):
                raise _refused(own["source"], f"judgements.{node}", item, f"one of {', '.join(items[node])}")
    usual = {
        node: [pair for pair in pairs if {*pair[:2]} <= set(items[node])]
        for node, pairs in start["judgements"][""].items()
        if node in reached and node not in judged
    }
    judgements = {name: dict(told) for name, told in own["judgements"].items()}
    if usual:
        judgements[""] = {**usual, **judgements.get("", {})}
    return {
        "source": own["source"],
        "names": {**start["names"], **own["names"]},
        "items": {node: items[node] for node in reached if node in items},
        "indicators": {item: indicators[item] for item in reached if item not in items},
        "judgements": judgements,
        **{name: own[name] for name in ("cells", "places") if name in own},
    }


def _refused_at(own: Hierarchy, where: str, item: str, wanted: str, sheets: Sequence[str]) -> UsageError:
    """What is wrong with an item, by the sheets that hold it, or by the section of telcli.toml."""
    if not sheets:
        return _refused(own["source"], where, item, wanted)
    return UsageError(
        "hierarchy-sheet-item",
        "{file}, sheet {sheet}: {item} must be {wanted}.",
        hint="A workbook that is right, to compare with: telcli score-value --write-hierarchy FILE.xlsx",
        file=own["source"],
        sheet=", ".join(sheets),
        item=item,
        wanted=wanted,
    )


def _lacks_column(own: Hierarchy, item: str) -> UsageError:
    if item not in own.get("cells", {}):
        return _refused(own["source"], "indicators", item, "there: it has no items and so needs a column")
    sheet, cell = own["cells"][item]
    return UsageError(
        "hierarchy-no-column",
        "{file}, sheet {sheet}, cell {cell}: {item} has no items that belong to it and so needs a column.",
        hint="Write one of customer_months there, such as revenue_mean_6; or add rows of items that belong to {item}.",
        file=own["source"],
        sheet=sheet,
        cell=cell,
        item=item,
    )


def top_of(items: Mapping[str, Sequence[str]], source: str) -> str:
    """The item that belongs to none; of several, `goal` or the first with the most below it.

    >>> top_of({"goal": ["a", "b"], "b": ["c"]}, "f")
    'goal'
    """
    below = {item for found in items.values() for item in found}
    tops = [node for node in items if node not in below]
    if not tops:
        raise _refused(source, "items", next(iter(items), "goal"), "a tree: everything belongs to something else")
    return "goal" if "goal" in tops else tops[0]


def _walked(items: Mapping[str, Sequence[str]], top: str, own: Hierarchy) -> list[str]:
    """Every item below the top, and the top, in walk order."""
    found: list[str] = []

    def walk(item: str) -> None:
        if item in found:
            sheets = own.get("cells", {}).get(item, ())[:1]
            raise _refused_at(own, "items", item, "in one place: it belongs to several items, or to itself", sheets)
        found.append(item)
        for one in items.get(item, ()):
            walk(one)

    walk(top)
    return found


def _indicator(name: str, fields: Any, file: str) -> dict[str, str]:
    where = f"indicators.{name}"
    _named(name, file, "indicators")
    for field, value in _table(fields, file, where).items():
        if field not in _FIELDS:
            raise _refused(file, where, field, f"one of {', '.join(_FIELDS)}")
        choices = _FIELDS[field]
        if not isinstance(value, str) or not value.strip() or (choices and value not in choices):
            raise _refused(file, where, field, f"one of {', '.join(choices)}" if choices else "text")
    if "column" not in fields:
        raise _refused(file, where, "column", 'there: a column of customer_months, such as "revenue_mean_6"')
    called = {"name": name.replace("_", " "), "name_zh": fields.get("name", name.replace("_", " "))}
    return {"better": "more", "scaling": "rank", **called, **fields}


def _of_expert(expert: str, told: Any, file: str, items: Mapping[str, Sequence[str]]) -> dict[str, list[list[Any]]]:
    where = f"experts.{expert}" if expert else "judgements"
    if expert and not _EXPERT.fullmatch(expert):
        wanted = "called by letters, digits, spaces, - and _ alone, 40 at most"
        raise _refused(file, "experts", expert[:40] or '""', wanted)
    own: Mapping[str, Sequence[str]] = items
    if any(isinstance(pairs, list) for pairs in _table(told, file, where).values()) and file != "hierarchy.toml":
        own = {**default()["items"], **items}
    return {node: _pairs(f"{where}.{node}", pairs, file, own.get(node, ())) for node, pairs in told.items()}


def _pairs(where: str, told: Any, file: str, items: Sequence[str]) -> list[list[Any]]:
    """Judgements on one node, from pairs or from a whole matrix in the order of its items."""
    if isinstance(told, list):
        return _from_matrix(where, told, file, items)
    found: dict[tuple[str, str], list[Any]] = {}
    for pair, value in _table(told, file, where).items():
        both, number = _PAIR.fullmatch(pair), judgement(value)
        if both is None or both[1] == both[2]:
            raise _refused(file, where, pair, 'two items with a colon between them, such as "current : retention"')
        if number is None:
            raise _refused(file, where, f"{pair} = {str(value)[:20]}", _A_JUDGEMENT)
        again = found.get((both[2], both[1]))
        if again and abs(again[2] * number - 1) > 0.03:
            raise _refused(file, where, pair, f"1 divided by {again[0]} : {again[1]}, which says otherwise")
        if not again:
            found[both[1], both[2]] = [both[1], both[2], number]
    return list(found.values())


def _from_matrix(where: str, rows: list[Any], file: str, items: Sequence[str]) -> list[list[Any]]:
    size = len(items)
    if len(rows) != size or any(not isinstance(row, list) or len(row) != size for row in rows):
        raise _refused(file, where, "matrix", f"{size} rows of {size} judgements, in the order of the node's items")
    pairs = {}
    for row, one in enumerate(items):
        for column, other in enumerate(items):
            value, place = rows[row][column], f"{one} : {other}"
            if row == column:
                if judgement(value) != 1:
                    raise _refused(file, where, place, "1, an item against itself")
            elif value != "":
                pairs[place] = value
    return _pairs(where, pairs, file, items)


def _table(value: Any, file: str, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        section, _, name = f"score-value.{where}".rpartition(".")
        raise _refused(file, section.removeprefix("score-value").lstrip("."), name, "a table")
    return value


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def _named(name: str, file: str, where: str) -> None:
    if not _NAME.fullmatch(name):
        raise _refused(file, where, name[:40] or '""', "called by letters, digits, - and _ alone, 40 at most")


def _refused(file: str, where: str, name: str, wanted: str) -> UsageError:
    legible = "".join(letter if letter.isprintable() else "�" for letter in name)
    return UsageError(
        "hierarchy-invalid",
        "{file}: [{section}] {name} must be {wanted}.",
        hint="The default, filled in: telcli score-value --write-hierarchy FILE.xlsx",
        file=file,
        section=f"score-value.{where}" if where else "score-value",
        name=legible,
        wanted=wanted,
    )
