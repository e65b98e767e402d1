"""The tags of a web page and the text between them, in time that grows with its length alone, whatever stands in it.

Python's own parser looks for the end of each unclosed comment, declaration or tag through the rest of the page, so a
few hundred kilobytes of them keep it busy for hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

__all__ = ["Token", "plain", "tokens"]

Token = tuple[str, str, dict[str, str]]
"""What it is (``open``, ``close`` or ``text``), the tag's name or the text, and the tag's attributes."""

_TOKEN = re.compile(
    r"""<!--(?:[^-]++|-(?!->))*+(?:-->)?
    |<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+(?:\]\]>)?
    |<[!?][^>]*+>?
    |<(?P<raw>script|style)\b[^<>]*+>(?:[^<]++|<(?!/(?P=raw)))*+(?:</(?P=raw)[^<>]*+>?)?
    |<(?P<slash>/?)(?P<tag>[a-z][^\s/<>]*+)(?P<about>(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>
    |<(?P<slash2>/?)(?P<tag2>[a-z][^\s/<>]*+)(?P<about2>[^<>]*+)>""",
    re.IGNORECASE | re.VERBOSE,
)
"""No part of it looks beyond the next sign that could begin another, and none is looked at twice."""
_ABOUT = re.compile(r"""([^\s=/"'<>]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?""")


def tokens(page: str) -> Iterator[Token]:
    """Tags in lower case, and the text between them; comments, declarations, scripts and styles are passed over.

    >>> list(tokens("<TD colspan='2'>a &lt; b<!-- x --></td>"))
    [('open', 'td', {'colspan': '2'}), ('text', 'a < b', {}), ('close', 'td', {})]
    """
    at = 0
    for found in _TOKEN.finditer(page):
        if found.start() > at:
            yield "text", plain(page[at : found.start()]), {}
        at = found.end()
        name = found["tag"] or found["tag2"]
        if name:
            kind = "close" if found["slash"] or found["slash2"] else "open"
            yield kind, name.lower(), _about(found["about"] or found["about2"] or "")
    if at < len(page):
        yield "text", plain(page[at:]), {}


def _about(text: str) -> dict[str, str]:
    """Attributes by name in lower case; of one that is given twice the last."""
    return {name.lower(): plain(one or two or three) for name, one, two, three in _ABOUT.findall(text)}


def plain(text: str) -> str:
    """Text with its character references resolved; one whose number is too long for any character stays.

    >>> plain("1 &lt; 2"), len(plain("&#" + "9" * 5000 + ";"))
    ('1 < 2', 5003)
    """
    if "&" not in text:
        return text
    try:
        return unescape(text)
    except ValueError:
        return text
