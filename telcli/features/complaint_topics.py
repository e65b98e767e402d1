"""What contacts are about: one topic each, of a taxonomy that is telcli's with the operator's own before it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from telcli.features.churn_causes import Cause, with_own
from telcli.features.text_codes import coded

__all__ = ["ALL", "UNCODED", "coded_contacts", "topics"]

ALL, UNCODED = "all", "uncoded"
"""The topic that stands for every one, and that of contacts of which nothing tells what they are about."""


def topics(own: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Cause]:
    """Every topic in the order in which they are looked for, the operator's own first; see `churn_causes.causes`.

    >>> list(topics({"drone-port": {"theme": "network", "words": ["drone"]}}))[:2]
    ['drone-port', 'fraud']
    """
    return with_own(_read()["topic"], own or {})


def coded_contacts(contacts: pl.LazyFrame, own: Mapping[str, Mapping[str, Any]] | None = None) -> pl.LazyFrame:
    """Contacts with `code`, a topic or ``uncoded``, and `coded_by`: what told it, ``text``, ``topic`` or null.

    What was said goes before the topic that the source gives, which is often no more than where a ticket was sent.

    Parameters
    ----------
    contacts : frame
        With topic and text, of type String.
    own : mapping
        Topics of the operator's own, as `topics` takes them.

    >>> frame = pl.LazyFrame({"topic": ["资费争议", "Other", None], "text": ["信号差", None, "hello"]})
    >>> coded_contacts(frame).select("code", "coded_by").collect().rows()
    [('coverage', 'text'), ('uncoded', None), ('uncoded', None)]
    """
    words = {name: topic.words for name, topic in topics(own).items()}
    texts = coded(pl.col("text"), words), coded(pl.col("topic"), words)
    by = pl.when(texts[0].is_not_null()).then(pl.lit("text")).when(texts[1].is_not_null()).then(pl.lit("topic"))
    return contacts.with_columns(code=pl.coalesce(*texts).fill_null(UNCODED), coded_by=by)


@cache
def _read() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("complaint_topics.toml").read_text("utf-8"))
