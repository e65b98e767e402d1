"""What records depended on, written down once: files that many months read are one line of the manifest.

A stage reads the months before its own, so that names and hashes by record would grow with the square of the months.
Kept is one sorted list of them, and of each record its places in it, as ranges: those of a table stand together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

__all__ = ["Ranged", "joined", "listed", "packed", "ranges"]

Pair = tuple[str, str]


class Ranged(Mapping[str, str]):
    """Names and hashes at some places of a list; looked up only when they are asked for.

    >>> Ranged([("a", "1"), ("b", "2"), ("c", "3")], "0 2") == {"a": "1", "c": "3"}
    True
    """

    def __init__(self, pairs: Sequence[Pair], places: str) -> None:
        self._pairs, self._places = pairs, [_ends(part, len(pairs)) for part in places.split()]

    @cached_property
    def _found(self) -> dict[str, str]:
        return dict(pair for first, last in self._places for pair in self._pairs[first : last + 1])

    def __getitem__(self, name: str) -> str:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return repr(self._found)


def _ends(part: str, most: int) -> tuple[int, int]:
    first, _, last = part.partition("-")
    ends = int(first), int(last or first)
    if not 0 <= ends[0] <= ends[1] < most:
        raise ValueError(f"{part} is not among {most} inputs")
    return ends


def joined(inputs: Iterable[Mapping[str, str]]) -> list[Pair]:
    """Every name with every hash that some record had of it, sorted.

    >>> joined([{"a": "1"}, {"a": "2", "b": "1"}])
    [('a', '1'), ('a', '2'), ('b', '1')]
    """
    return sorted({pair for one in inputs for pair in one.items()})


def ranges(inputs: Mapping[str, str], places: Mapping[Pair, int]) -> str:
    """Where in the list of `joined` the names and hashes of one record are.

    >>> ranges({"a": "1", "b": "1", "d": "1"}, {("a", "1"): 0, ("b", "1"): 1, ("c", "1"): 2, ("d", "1"): 3})
    '0-1 3'
    """
    found: list[list[int]] = []
    for at in sorted(places[pair] for pair in inputs.items()):
        if found and found[-1][1] == at - 1:
            found[-1][1] = at
        else:
            found.append([at, at])
    return " ".join(f"{first}-{last}" if last > first else f"{first}" for first, last in found)


def packed(stages: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The part of the manifest that holds records: with places in one list for what each depended on, and the list.

    Records of ingest keep theirs: each read files of its own.
    """
    others = {name: records for name, records in stages.items() if name != "ingest"}
    pairs = joined(record.basis.inputs for records in others.values() for record in records.values())
    places = {pair: at for at, pair in enumerate(pairs)}
    written = {
        name: {
            key: {**vars(one), "basis": {**vars(one.basis), "inputs": ranges(one.basis.inputs, places)}}
            for key, one in records.items()
        }
        for name, records in others.items()
    }
    return {"stages": {**stages, **written}, "inputs": [f"{sha}\t{name}" for name, sha in pairs]}


def listed(lines: Iterable[str]) -> list[Pair]:
    r"""The list as it is written: a hash, a tab, which is in no hash, and a name.

    >>> listed(["1\ta b", "\tc"])
    [('a b', '1'), ('c', '')]
    """
    parted = (line.partition("\t") for line in lines)
    return [(name, sha) for sha, _, name in parted]
