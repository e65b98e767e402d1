"""What every part of complaints stands on: contacts with their topics, and how many customers there were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import polars as pl

from telcli.features.complaint_topics import UNCODED, coded_contacts, topics
from telcli.features.month_index import add_months
from telcli.features.working_days import Calendar, calendar_of
from telcli.settings import ComplaintsSettings
from telcli.tables import contract

__all__ = ["SMALL", "Ground", "ground_of", "no_rows", "topic_names"]

SMALL = 10
"""Groups of fewer customers than this are not shown."""
_KEPT = (
    *("contact_id", "customer_id", "opened_at", "closed_at", "channel", "kind", "topic", "severity", "repeat"),
    *("rating", "code", "coded_by", "voiced", "mentioned"),
)


@dataclass(frozen=True)
class Ground:
    """What every part stands on.

    Parameters
    ----------
    tables : what the stage was given.
    contacts : opened up to the end of the month, ordered by contact: their columns less the text, ``code``,
        ``coded_by``, ``voiced`` (whether there is a text or a topic), ``mentioned``, ``month``; kind unknown where the
        source says none; nothing is closed after the month.
    base : customers by month.
    as_of : first day of the month.
    settings : of the stage.
    own : topics of the operator's own.
    own_base : whether the base is told by anything but the contacts themselves.
    calendar : working days, where hours of business count.
    """

    tables: Mapping[str, pl.LazyFrame]
    contacts: pl.DataFrame
    base: Mapping[date, int]
    as_of: date
    settings: ComplaintsSettings
    own: Mapping[str, Mapping[str, Any]]
    own_base: bool
    calendar: Calendar

    @property
    def heard(self) -> bool:
        """Whether any contact of the month is known: else nobody made contact, or the extract lacks."""
        return bool((self.contacts["month"] == self.as_of).any())

    @property
    def end(self) -> datetime:
        """The moment at which the month is over."""
        return datetime.combine(add_months(self.as_of, 1), time())

    @property
    def latest(self) -> date:
        """The last month of which a contact is known."""
        found: date = max(self.contacts["month"].to_list())
        return found

    def first(self, months: int) -> date:
        """The first of the last months of which a contact is known."""
        found: date = min(self.last(months)["month"].to_list())
        return found

    def last(self, months: int) -> pl.DataFrame:
        """Contacts opened in the last months, the snapshot's the last of them."""
        return self.contacts.filter(pl.col("month") > add_months(self.as_of, -months))


def no_rows(table: str) -> pl.DataFrame:
    """A table of the stage without any row."""
    return pl.DataFrame(contract(table).schema.create_empty())


def topic_names(own: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    """What topics are called: topic, topic_name, topic_name_zh."""
    words = {name: (topic.en, topic.zh) for name, topic in topics(own).items()} | {UNCODED: ("Not coded", "未归类")}
    rows = [(name, *words[name]) for name in words]
    return pl.DataFrame(rows, schema=["topic", "topic_name", "topic_name_zh"], orient="row")


def ground_of(
    tables: Mapping[str, pl.LazyFrame],
    as_of: date,
    settings: ComplaintsSettings,
    choices: Mapping[str, Any],
) -> Ground:
    """Code the contacts, and count who was there; `choices` may hold topics of the operator's own, and holidays."""
    own = choices.get("topics", {})
    end = datetime.combine(add_months(as_of, 1), time())
    opened, closed = pl.col("opened_at"), pl.col("closed_at")
    told = contract("contacts").conform(tables["contacts"]).filter(opened < end)
    told = coded_contacts(told, own).with_columns(
        kind=pl.col("kind").fill_null("unknown"),
        closed_at=pl.when(closed < end).then(closed),
        voiced=pl.col("text").is_not_null() | pl.col("topic").is_not_null(),
    )
    kept = told.select(*_KEPT, month=opened.dt.date().dt.month_start())
    contacts = kept.sort("contact_id").collect(engine="streaming")
    months = tables["customer_months"].filter(pl.col("active")).group_by("month").len().sort("month")
    base = dict(months.collect(engine="streaming").iter_rows())
    callers = contacts["customer_id"].n_unique()
    everybody = int(tables["customers"].select(pl.len()).collect().item())
    calendar = calendar_of(settings.holidays.strip(), choices.get("holidays"))
    return Ground(tables, contacts, base, as_of, settings, own, callers < everybody, calendar)
