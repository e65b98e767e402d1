"""Pages and workbooks under the next key: the same files, with other pseudonyms in them, and named otherwise."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

from telcli.io.inline_hash import inline_hash

__all__ = ["book_texts", "book_turned", "page_turned"]

_INLINE = re.compile(r"<(script|style)\b[^>]*>(.*?)</\1>", re.DOTALL)
_CELL = re.compile(r"(<t(?: [^>]*)?>)([23-9A-HJKMNP-Z]{6})(</t>)")
"""A cell that holds six letters alone, as the check code of a task does."""
Text = Callable[[str], str]


def page_turned(body: bytes, turned: Text) -> bytes:
    """A page, Markdown or JSON. Scripts and styles that change are let in by their new hash.

    >>> page_turned(b"<p>a</p>", lambda text: text.replace("a", "b"))
    b'<p>b</p>'
    """
    before = body.decode("utf-8", errors="surrogateescape")
    after = turned(before)
    if after == before:
        return body
    for old, new in zip(_INLINE.finditer(before), _INLINE.finditer(after), strict=True):
        if old[2] != new[2]:
            after = after.replace(inline_hash(old[2]), inline_hash(new[2]))
    return after.encode("utf-8", errors="surrogateescape")


def book_texts(body: bytes) -> str:
    """All that a workbook says."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "\n".join(book.read(part).decode("utf-8", errors="replace") for part in book.namelist())


def book_turned(body: bytes, turned: Text, codes: Mapping[str, str]) -> bytes:
    """A workbook, filled in or not, and nothing else of it changed; `codes` are check codes that go with other rows."""

    def code(found: re.Match[str]) -> str:
        return found[1] + codes.get(found[2], found[2]) + found[3]

    made, changed = io.BytesIO(), False
    with zipfile.ZipFile(io.BytesIO(body)) as book, zipfile.ZipFile(made, "w") as fresh:
        for part in book.infolist():
            content = book.read(part)
            if part.filename.endswith((".xml", ".rels")):
                text = content.decode("utf-8", errors="surrogateescape")
                after = _CELL.sub(code, turned(text)).encode("utf-8", errors="surrogateescape")
                changed, content = changed or after != content, after
            fresh.writestr(part, content, compress_type=part.compress_type)
    return made.getvalue() if changed else body
