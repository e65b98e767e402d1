"""What every part of complaints stands on: contacts with their topics, and how many customers there were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import polars as pl

from telcli.features.complaint_topics import coded_contacts
from telcli.features.month_index import add_months
from telcli.settings import ComplaintsSettings
from telcli.tables import contract

__all__ = ["SMALL", "Ground", "ground_of"]

SMALL = 10
"""Groups of fewer customers than this are not shown."""
_KEPT = (
    *("contact_id", "customer_id", "opened_at", "closed_at", "channel", "kind", "topic", "severity", "repeat"),
    *("rating", "code", "coded_by"),
)


@dataclass(frozen=True)
class Ground:
    """What every part stands on.

    Parameters
    ----------
    tables : what the stage was given.
    contacts : opened up to the end of the month, ordered by contact: their columns less the text, ``code``,
        ``coded_by``, ``month``; kind unknown where the source says none; nothing is closed after the month.
    base : customers by month.
    as_of : first day of the month.
    settings : of the stage.
    own : topics of the operator's own.
    own_base : whether the base is told by anything but the contacts themselves.
    """

    tables: Mapping[str, pl.LazyFrame]
    contacts: pl.DataFrame
    base: Mapping[date, int]
    as_of: date
    settings: ComplaintsSettings
    own: Mapping[str, Mapping[str, Any]]
    own_base: bool

    @property
    def end(self) -> datetime:
        """The moment at which the month is over."""
        return datetime.combine(add_months(self.as_of, 1), time())

    def last(self, months: int) -> pl.DataFrame:
        """Contacts opened in the last months, the snapshot's the last of them."""
        return self.contacts.filter(pl.col("month") > add_months(self.as_of, -months))


def ground_of(
    tables: Mapping[str, pl.LazyFrame],
    as_of: date,
    settings: ComplaintsSettings,
    own: Mapping[str, Mapping[str, Any]],
) -> Ground:
    """Code the contacts, and count who was there."""
    end = datetime.combine(add_months(as_of, 1), time())
    opened, closed = pl.col("opened_at"), pl.col("closed_at")
    told = contract("contacts").conform(tables["contacts"]).filter(opened < end)
    told = coded_contacts(told, own).with_columns(
        kind=pl.col("kind").fill_null("unknown"),
        closed_at=pl.when(closed < end).then(closed),
    )
    kept = told.select(*_KEPT, month=opened.dt.date().dt.month_start())
    contacts = kept.sort("contact_id").collect(engine="streaming")
    months = tables["customer_months"].filter(pl.col("active")).group_by("month").len().sort("month")
    base = dict(months.collect(engine="streaming").iter_rows())
    callers = contacts["customer_id"].n_unique()
    everybody = int(tables["customers"].select(pl.len()).collect().item())
    return Ground(tables, contacts, base, as_of, settings, own, own_base=callers < everybody)
