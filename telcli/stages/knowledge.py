"""``knowledge``: what every trial and past experience let expect of each offer, for whom, and how surely."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from telcli.errors import DataError, MissingInputError, Notice
from telcli.settings import KnowledgeSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.knowledge_cells import cells, pooled
from telcli.stages.knowledge_evidence import counted, experienced
from telcli.stages.knowledge_experience import Fault, brought_in
from telcli.stages.knowledge_totals import without_totals
from telcli.tables.effect_results import CONTRACTS as EFFECTS
from telcli.tables.knowledge_results import ANY, CONTRACTS

__all__ = ["knowledge"]

_SHOWN = 50
_TOLD = (
    *("offer_id", "source", "periods", "treated", "held_out", "uplift", "uplift_low", "uplift_high"),
    *("uplift_next_low", "uplift_next_high", "accept_rate", "cost_per_contact", "expected_value", "verdict", "needed"),
)
_CELL = ("segment_name", "theme", "offer_id", "channel", "treated", "held_out", "uplift", "uplift_low", "uplift_high")


def knowledge(inputs: Inputs, settings: KnowledgeSettings) -> Outcome:
    """Fold the evaluations of all campaigns up to the month, and experience that was brought in, into one table.

    Parameters
    ----------
    inputs : Inputs
        retention_evidence of every evaluation up to the month, of which each campaign counts as it was evaluated last;
        retention_experience held; retention_plan of earlier months for what customers are worth; sheets opened.
    settings : KnowledgeSettings
        How far effects differ unless trials show otherwise, and what a customer of experience counts.

    Raises
    ------
    MissingInputError
        There is neither a trial nor experience.
    DataError
        Of the sheets opened no row can be used.
    """
    as_of = inputs.as_of or date.min
    plans = inputs.tables.get("retention_plan")
    held = _held(inputs)
    new, faults = _opened(inputs, as_of, _segments(plans))
    own = held.filter(pl.col("as_of") == as_of)
    fresh = new.unique("row_id", keep="first", maintain_order=True).join(held, on="row_id", how="anti")
    experience = pl.concat([held, fresh])
    evidence = inputs.tables.get("retention_evidence", _none("retention_evidence", EFFECTS))
    once = without_totals(experience.filter(pl.col("as_of") <= as_of))
    rows = pl.concat([counted(evidence), experienced(once.lazy(), settings.imported_weight)])
    found = pooled(rows, settings)
    if rows.is_empty() and experience.is_empty():
        raise MissingInputError(
            "knowledge-none",
            "There is no evaluated campaign up to {month}, and no experience was brought in.",
            hint="Evaluate one first: telcli evaluate-retention. Or bring in a sheet: telcli knowledge import FILE",
            month=f"{as_of:%Y-%m}",
        )
    tables: dict[str, pl.LazyFrame] = {}
    table = _conform(cells(rows, found, _worth(plans), as_of), "retention_knowledge") if found else None
    if table is not None:
        tables["retention_knowledge"] = table.lazy()
    if own.height + fresh.height:
        tables["retention_experience"] = pl.concat([own, fresh]).sort("row_id").lazy()
    metrics = {
        **_counts(rows, experience),
        "totals": experience.filter(pl.col("as_of") <= as_of).height - once.height,
        "brought_in": {"rows": new.height + len({(f.file, f.line) for f in faults}), "new": fresh.height,
                       "repeated": new.height - fresh.height, "refused": [fault._asdict() for fault in faults[:_SHOWN]],
                       "refused_rows": len(faults)},
        **(_headline(table) if table is not None else {"offers": [], "harmful": []}),
        "spreads": found.pool.spreads.tolist() if found else [],
    }  # fmt: skip
    return Outcome(tables, metrics, tuple(_notices(metrics, bool(inputs.opened), found is None)))


def _held(inputs: Inputs) -> pl.DataFrame:
    contract = CONTRACTS["retention_experience"]
    held = inputs.tables.get("retention_experience", contract.schema.create_empty().lazy())
    return contract.conform(held).collect(engine="streaming").sort("as_of", "row_id").unique("row_id", keep="first")


def _none(name: str, contracts: Any) -> pl.LazyFrame:
    found: pl.LazyFrame = contracts[name].schema.create_empty().lazy()
    return found


def _conform(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    contract = CONTRACTS[name]
    types = {column: about.dtype for column, about in contract.schema.columns().items()}
    return frame.select(pl.col(column).cast(kind) for column, kind in types.items()).sort(contract.key)


def _opened(inputs: Inputs, as_of: date, segments: dict[str, str]) -> tuple[pl.DataFrame, list[Fault]]:
    """Rows of the sheets opened, and faults; of sheets without one good row the first fault is an error."""
    if not inputs.opened:
        return CONTRACTS["retention_experience"].schema.create_empty(), []
    sheet = pl.concat(one.frame for one in inputs.opened)
    if sheet.is_empty():
        raise DataError("experience-empty", "The sheets named hold no row of experience.")
    new, faults = brought_in(sheet, as_of, segments)
    if new.is_empty():
        raise DataError(
            "experience-refused",
            "No row of {rows} can be used; {file}, row {line}: {column} ({value}) {why}.",
            hint="Correct the sheet and bring it in again: telcli knowledge import FILE",
            rows=sheet.height,
            **faults[0]._asdict(),
        )
    columns = CONTRACTS["retention_experience"].schema.column_names()
    return new.select(columns), faults


def _segments(plans: pl.LazyFrame | None) -> dict[str, str]:
    """The name of each segment by its name in either language."""
    if plans is None:
        return {}
    names = plans.select("segment_name", "segment_name_zh").drop_nulls().unique().collect(engine="streaming")
    pairs = sorted(names.rows())
    return {zh: en for en, zh in pairs} | {en: en for en, _ in pairs}


def _worth(plans: pl.LazyFrame | None) -> pl.DataFrame:
    """The mean loss if a customer leaves whom the latest plan chose, by segment and theme, and of any of them."""
    schema = pl.Schema({"segment_name": pl.String(), "theme": pl.String(), "worth": pl.Float64()})
    if plans is None:
        return pl.DataFrame(schema=schema)
    latest = plans.filter(pl.col("as_of") == pl.col("as_of").max(), pl.col("action") != "none")
    rows = (
        latest.select("customer_id", "segment_name", "theme", "worth").collect(engine="streaming").sort("customer_id")
    )
    whole = pl.lit(ANY)
    found = [rows.with_columns(whole.alias(name) for name in parts) for parts in _MARGINS]
    means = (
        pl.concat(found).drop_nulls().group_by("segment_name", "theme", maintain_order=True).agg(pl.col("worth").mean())
    )
    return means.cast(schema)


_MARGINS: tuple[tuple[str, ...], ...] = ((), ("segment_name",), ("theme",), ("segment_name", "theme"))


def _counts(rows: pl.DataFrame, experience: pl.DataFrame) -> dict[str, Any]:
    trials = rows.filter(source="trial")
    return {
        "campaigns": trials["campaign_id"].n_unique(),
        "treated": int(trials["treated"].sum()),
        "held_out": int(trials["held_out"].sum()),
        "experience": experience.height,
    }


def _headline(table: pl.DataFrame) -> dict[str, Any]:
    """Every offer as a whole, the best first, and the narrowest groups that contacts with an offer harm."""
    offers = table.filter(level="offer").sort("uplift", "offer_id", descending=[True, False])
    harmful = table.filter(verdict="harms").filter(pl.col("level") != "offer").sort("uplift", *_CELL[:4])
    return {"offers": offers.select(_TOLD).to_dicts(), "harmful": harmful.select(_CELL).head(20).to_dicts()}


def _notices(metrics: dict[str, Any], opened: bool, empty: bool) -> list[Notice]:
    found = []
    brought = metrics["brought_in"]
    if brought["refused"]:
        told = {"rows": brought["refused_rows"], **brought["refused"][0]}
        found.append(
            Notice(
                "experience-rows-refused",
                "{rows} rows of experience were refused; the first is {file}, row {line}: {column} ({value}) {why}.",
                told,
            )
        )
    if opened and brought["repeated"]:
        found.append(
            Notice("experience-repeated", "{rows} rows of experience are held already, or stand twice, and count once.",
                   {"rows": brought["repeated"]})
        )  # fmt: skip
    if metrics["totals"]:
        found.append(
            Notice(
                "experience-totals",
                "{rows} rows of experience are told in parts by others of the same offer and time, and do not count.",
                {"rows": metrics["totals"]},
            )
        )
    if empty:
        found.append(
            Notice(
                "knowledge-nothing-compared",
                "Nothing can be compared yet: no campaign has customers both contacted and held out.",
            )
        )
    harmed = [row["offer_id"] for row in metrics["offers"] if row["verdict"] == "harms"]
    if harmed:
        found.append(
            Notice("knowledge-harmful", "Contacting customers with these offers does harm: {offers}.",
                   {"offers": ", ".join(harmed[:5])})
        )  # fmt: skip
    return found
