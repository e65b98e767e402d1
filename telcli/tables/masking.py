"""An identifier or a word as it may be shown to whoever looks at one row: what could be a number or a name is hidden.

The same as `telcli.tables.evidence` hides in columns, for single texts and without polars.
"""

from __future__ import annotations

import re

__all__ = ["hidden", "numberless", "plain"]

_DIGITS = re.compile(r"(\d{3})\d{4,}(\d{2})")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+")
_HAN = "\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9\U00020000-\U0003ffff"
_NAME = re.compile(f"([{_HAN}])[{_HAN}]{{1,3}}")
_LONGEST = 40


def hidden(text: str) -> str:
    """An identifier without its middle digits, names and addresses.

    >>> hidden("13812345678"), hidden("C0001"), hidden("张三丰")
    ('138******78', 'C0001', '张**')
    """
    return _NAME.sub(r"\1**", _MAIL.sub("***@***", _DIGITS.sub(r"\1******\2", text)))[:_LONGEST]


def numberless(text: str) -> str:
    """A text without the middle digits of what could be a number; names stand, as those of staff have to.

    >>> numberless("王芳 13812345678")
    '王芳 138******78'
    """
    return _DIGITS.sub(r"\1******\2", text)


def plain(text: str) -> str:
    r"""A text without the codes that would steer a terminal.

    >>> plain("a\x1b[1mb\nc")
    'a�[1mb c'
    """
    return "".join(letter if letter.isprintable() else "�" for letter in " ".join(text.split()))
