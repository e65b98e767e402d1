"""What contacts are about: one topic each, of a taxonomy that is telcli's with the operator's own before it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from telcli.features.churn_causes import Cause, with_own
from telcli.features.denials import affirmed
from telcli.features.text_codes import coded, words_pattern

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
    """Contacts with `code`, a topic or ``uncoded``, `coded_by`: what told it, ``text``, ``topic`` or null, `mentioned`.

    What was said goes before the topic that the source gives, which is often no more than where a ticket was sent. What
    a text says that it is not about is left out, and traditional characters are as simplified ones (`affirmed`).
    `mentioned` are all topics that have a word in what told the first.

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
    plain = contacts.with_columns(_text=affirmed(pl.col("text")), _topic=affirmed(pl.col("topic")))
    found = plain.with_columns(_code=coded(pl.col("_text"), words), _given=coded(pl.col("_topic"), words))
    by_text = pl.when(pl.col("_code").is_not_null()).then(pl.lit("text"))
    by = by_text.when(pl.col("_given").is_not_null()).then(pl.lit("topic"))
    said = pl.when(pl.col("_code").is_not_null()).then("_text").otherwise("_topic")
    told = found.with_columns(code=pl.coalesce("_code", "_given").fill_null(UNCODED), coded_by=by, _said=said)
    hits = [
        pl.when(pl.col("_said").str.contains(words_pattern(one))).then(pl.lit(name))
        for name, one in words.items()
        if one
    ]
    told = told.with_columns(mentioned=pl.concat_list(hits).list.drop_nulls())
    return told.drop("_text", "_topic", "_code", "_given", "_said")


@cache
def _read() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("complaint_topics.toml").read_text("utf-8"))
