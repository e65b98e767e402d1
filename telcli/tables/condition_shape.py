"""A condition without its values: the columns and operators that it names, as a log may keep them."""

from __future__ import annotations

import re
from collections.abc import Collection

__all__ = ["shape"]

_PIECES = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|\w+(?:\.\w+)*|<=|>=|<>|!=|\|\||[-+*/%=<>(),]""")
_WORDS = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "like",
        "ilike",
        "is",
        "null",
        "between",
        "true",
        "false",
        "case",
        "when",
        "then",
        "else",
        "end",
        "lower",
        "upper",
        "length",
        "abs",
        "round",
        "coalesce",
        "substr",
        "starts_with",
        "ends_with",
        "contains",
    ]
)


def shape(where: str | None, columns: Collection[str]) -> str:
    """The condition with ``?`` for every value, and for every word that is neither SQL's nor one of the columns.

    >>> shape("customer_id = '13812345678' and amount > 12.5", ["customer_id", "amount"])
    'customer_id = ? AND amount > ?'
    >>> shape('"x_a b" IN (1, 2) OR 张三 = 5', ["x_a b"])
    'x_a b IN ( ? , ? ) OR ? = ?'
    """
    known = {name.casefold(): name for name in columns}
    return " ".join(_shown(piece, known) for piece in _PIECES.findall(where or ""))


def _shown(piece: str, known: dict[str, str]) -> str:
    bare = piece.strip('"').casefold()
    if bare in known:
        return known[bare]
    if bare in _WORDS:
        return bare.upper()
    own = re.fullmatch(r"x_[a-z_]+", bare)  # a column of the operator's own, which may have been left out by now
    return bare if own else piece if re.fullmatch(r"[^\w'\"]+", piece) else "?"
