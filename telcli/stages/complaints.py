"""What customers complain of and contact about, how it changes, and how it is handled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from telcli.errors import MissingInputError, Notice
from telcli.features.complaint_topics import ALL, UNCODED, topics
from telcli.features.month_index import add_months
from telcli.settings import ComplaintsSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.complaints_agents import agent_rows
from telcli.stages.complaints_customers import customer_rows
from telcli.stages.complaints_ground import SMALL, Ground, ground_of
from telcli.stages.complaints_groups import group_rows
from telcli.stages.complaints_handling import handling_rows, sla_rows, timed
from telcli.stages.complaints_load import load_rows
from telcli.stages.complaints_topics import topic_rows
from telcli.stages.complaints_words import word_rows
from telcli.tables import contract

__all__ = ["complaints"]


def complaints(inputs: Inputs, settings: ComplaintsSettings) -> Outcome:
    """Tell what contacts of the month are about, against the months before.

    Parameters
    ----------
    inputs : Inputs
        contacts, customers, customer_months; ``topics`` among the choices are the operator's own.
    settings : ComplaintsSettings
        Months told, and from what on a topic emerges.

    Returns
    -------
    Outcome
        Tables ``complaint_topics``, ``complaint_handling``, ``complaint_sla``,
        ``complaint_customers``, ``complaint_words``, ``complaint_groups``, ``contact_load`` and ``contact_agents``.

    Raises
    ------
    MissingInputError
        Nobody made contact up to the end of the month.
    """
    as_of = inputs.as_of
    ground = ground_of(inputs.tables, as_of, settings, inputs.choices) if as_of else None
    if ground is None or not ground.last(settings.trend_months).height:
        raise MissingInputError(
            "complaints-none",
            "No contact is known in the months up to the snapshot.",
            hint="Ingest tickets of the call centre (customer, time, complaint or not): telcli ingest SOURCES... (what "
            "it refused: telcli show rejects). Or choose another month: --as-of",
        )
    contacts = timed(ground)
    tables = {
        "complaint_topics": topic_rows(ground),
        "complaint_handling": handling_rows(ground, contacts),
        "complaint_sla": sla_rows(ground, contacts),
        "complaint_customers": customer_rows(ground),
        "complaint_words": word_rows(ground),
        "complaint_groups": group_rows(ground),
        "contact_load": load_rows(ground),
        "contact_agents": agent_rows(ground),
    }
    made = {
        name: frame.with_columns(as_of=pl.lit(as_of)).select(column.name for column in contract(name).columns()).lazy()
        for name, frame in tables.items()
    }
    metrics = _metrics(ground, tables["complaint_topics"]) | _handled(tables)
    return Outcome(made, metrics, tuple(_notices(ground)))


def _handled(tables: dict[str, pl.DataFrame]) -> dict[str, Any]:
    """Figures of how contacts are handled, and of tickets of key accounts."""
    names = (
        *("repeat_share", "repeat_low", "repeat_high", "median_hours", "p90_hours"),
        *("in_time_share", "in_time_low", "in_time_high"),
    )
    whole = (tables["complaint_handling"].filter(dimension="all").to_dicts() or [{}])[0]
    load = (tables["contact_load"].filter(dimension="all").to_dicts() or [{}])[0]
    of_calls = (
        "calls",
        "unanswered",
        "answered_share",
        "answered_low",
        "answered_high",
        "wait_s",
        "talk_s",
        "settled_share",
    )
    groups = tables["complaint_groups"].filter(~pl.col("small"), kind="complaint")
    states = {state: tables["complaint_sla"].filter(state=state).height for state in ("overdue", "open", "late")}
    return {
        **{name: whole.get(name) for name in names},
        **{name: load.get(name) for name in (*of_calls, "rated", "rating", "rating_low", "rating_high")},
        **{f"sla_{state}": count for state, count in states.items()},
        "emerging_words": tables["complaint_words"].filter(pl.col("emerging")).height,
        "repeat_complainers": tables["complaint_customers"].height,
        "groups": groups.height,
        "groups_withheld": tables["complaint_groups"].filter("small", kind=ALL).height,
        "groups_differ": groups.filter("differs").height,
        "agents": tables["contact_agents"].height,
        "sla_breaches": states["overdue"] + states["late"],
    }


def _emerging(rows: pl.DataFrame) -> pl.DataFrame:
    """The topics that emerge: within a kind of contact, or over all kinds where they do in none alone."""
    found = rows.filter(pl.col("emerging"), pl.col("topic") != ALL, coding="taxonomy")
    within = found.filter(pl.col("kind") != ALL)
    over = found.filter(pl.col("kind") == ALL).join(within, on=["month", "topic"], how="anti")
    return pl.concat([within, over])


def _metrics(ground: Ground, rows: pl.DataFrame) -> dict[str, Any]:
    now = ground.contacts.filter(pl.col("month") == ground.as_of)
    settings, kinded = ground.settings, bool((ground.contacts["kind"] != "unknown").any())
    here = rows.filter(pl.col("month") == ground.as_of, pl.col("coding") == "taxonomy")
    told = here.filter(pl.col("topic") == ALL)
    whole = told.filter(pl.col("kind") == "complaint").to_dicts() or [{}]
    recent = ground.last(ground.settings.trend_months)
    by = dict(recent.group_by("coded_by").len().iter_rows())
    emerging = _emerging(rows)
    return {
        "contacts": now.height,
        "customers": now["customer_id"].n_unique(),
        "complaints": now.filter(pl.col("kind") == "complaint").height if now.height and kinded else None,
        "base": ground.base.get(ground.as_of) if ground.own_base else None,
        **{f"complaint_{name}": whole[0].get(name) for name in ("rate", "rate_low", "rate_high", "change")},
        "kinds": dict(now.group_by("kind").len().sort("kind").iter_rows()),
        "coded_share": 1.0 - by.get(None, 0) / recent.height,
        "coded_by_text": by.get("text", 0) / recent.height,
        "coded_by_topic": by.get("topic", 0) / recent.height,
        "uncoded": by.get(None, 0),
        "uncoded_in_month": now.filter(code=UNCODED).height,
        "emerging": emerging.height if ground.heard else None,
        **_looked(ground, rows),
        "several_share": _several(ground, recent),
        "silent": recent.filter(code=UNCODED, voiced=False).height,
        "asked": {
            "least_count": max(settings.least_count, SMALL),
            "least_rise": settings.least_rise,
            "false_share": settings.false_share,
            "least_complaints": settings.least_complaints,
            "repeat_days": settings.repeat_days,
            "waiting_days": settings.waiting_days,
        },
        "latest": f"{ground.latest:%Y-%m}",
        "business_hours": bool(settings.working_hours.strip()),
        "handling_since": f"{add_months(ground.as_of, 1 - settings.handling_months):%Y-%m}",
        "trend_since": f"{ground.first(settings.trend_months):%Y-%m}",
    }


def _several(ground: Ground, recent: pl.DataFrame) -> float | None:
    """Of contacts with a topic, the share of those that have words of topics of two themes or more."""
    coded = recent.filter(pl.col("code") != UNCODED)
    themes = {name: topic.theme for name, topic in topics(ground.own).items()}
    of = pl.col("mentioned").list.eval(pl.element().replace_strict(themes, return_dtype=pl.String)).list.n_unique()
    return coded.filter(of > 1).height / coded.height if coded.height else None


def _looked(ground: Ground, rows: pl.DataFrame) -> dict[str, Any]:
    """How many topics had customers enough to emerge, how many could be tested, and which of others came closest."""
    leaf = rows.filter(
        pl.col("month") == ground.as_of,
        pl.col("kind") != ALL,
        ~pl.col("topic").is_in([ALL, UNCODED]),
        coding="taxonomy",
    )
    enough = leaf.filter(pl.col("customers") >= max(ground.settings.least_count, SMALL))
    risen = enough.filter(pl.col("chance_among").is_not_null(), pl.col("change") > 0, ~pl.col("emerging"))
    names = ("kind", "topic", "topic_name", "topic_name_zh", "change", "chance_among", "year_change")
    return {
        "topics": leaf.filter(pl.col("contacts") > 0).height,
        "topics_enough": enough.height,
        "topics_tested": enough["chance_among"].is_not_null().sum(),
        "closest": next(iter(risen.sort("chance_among", "topic", "kind").select(names).head(1).to_dicts()), None),
    }


def _notices(ground: Ground) -> Iterator[Notice]:
    if not ground.heard:
        yield Notice(
            "complaints-month-silent",
            "contacts: no rows in {month}, the last are of {last}: nothing is told of that month, and what is told of "
            "several months ends before it. Ingest its tickets, or choose another --as-of.",
            {"month": f"{ground.as_of:%Y-%m}", "last": f"{ground.latest:%Y-%m}"},
        )
    recent = ground.last(ground.settings.trend_months)
    left = recent.filter(code=UNCODED)
    if 2 * left.height > recent.height:
        yield Notice(
            "complaints-uncoded",
            "{count} of {of} contacts have neither a text nor a topic that tells what they are about; words of your "
            "own stand in [complaints.topics].",
            {"count": left.height, "of": recent.height},
        )
    if not ground.contacts["closed_at"].is_not_null().any():
        yield Notice(
            "complaints-no-closing",
            "No contact tells when it was closed: hours until closed and shares in time are not told.",
            {},
        )
    if not ground.own_base:
        yield Notice(
            "complaints-no-base",
            "Every customer known made a contact, as where customers are made of the contacts' own identifiers: rates "
            "per 1,000 customers are not told.",
            {},
        )
    elif ground.as_of not in ground.base:
        yield Notice("complaints-month-empty", "Nobody was a customer in the month: rates are not told.", {})
