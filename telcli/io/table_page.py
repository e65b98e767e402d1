"""A table as a page that needs nothing else: opens from a mail, prints, runs no script and fetches nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape

from telcli.io.inline_hash import inline_hash

__all__ = ["page_of"]

_STYLE = (
    ":root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;margin:2em}"
    "table{border-collapse:collapse}caption{text-align:left;font-weight:bold;padding:.5em 0}"
    "th,td{padding:.25em .75em;border-bottom:1px solid #8886;text-align:left;vertical-align:top}"
    "th{border-bottom-width:2px}.n{text-align:right;font-variant-numeric:tabular-nums}"
    "@media print{body{margin:0;font-size:10px}thead{display:table-header-group}}"
)

_POLICY = f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{inline_hash(_STYLE)}'"
"""What the browser lets the page do: be set in its own style, and nothing else."""


def page_of(
    lang: str,
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    right: Collection[int],
    about: Sequence[Sequence[str]],
) -> bytes:
    """The bytes of the page.

    Parameters
    ----------
    lang : str
        The language of its texts, such as ``en``.
    title : str
        Of the page and the table.
    heads, rows : sequences of str
        Texts as they are to be read.
    right : collection of int
        Columns of numbers.
    about : sequence of sequences of str
        Rows of a second table that tells what columns mean, its own head first.

    >>> page_of("en", "t", ["<a>"], [["1"]], [0], [["x"]]).count(b"&lt;a&gt;")
    1
    """
    body = [_table(title, heads, rows, right), _table("", about[0], about[1:], ())]
    said = escape(title)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    head = f'<meta charset="utf-8">{policy}<title>{said}</title><style>{_STYLE}</style>'
    return (
        f'<!doctype html><html lang="{escape(lang)}"><head>{head}</head><body>{"".join(body)}</body></html>\n'.encode()
    )


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int]) -> str:
    caption = f"<caption>{escape(title)}</caption>" if title else ""
    head = "".join(f'<th scope="col"{_kind(at, right)}>{escape(text)}</th>' for at, text in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f"<td{_kind(at, right)}>{escape(text)}</td>" for at, text in enumerate(row)) + "</tr>\n"
        for row in rows
    )
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>\n"


def _kind(at: int, right: Collection[int]) -> str:
    return ' class="n"' if at in right else ""
