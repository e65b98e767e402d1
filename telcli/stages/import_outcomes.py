"""``import-outcomes``: what account managers filled in becomes outcomes, each row checked, and who did how well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import DataError, Notice
from telcli.intake.today import today
from telcli.settings import ImportOutcomesSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.import_outcomes_kept import Kept, keep
from telcli.stages.import_outcomes_managers import manager_results
from telcli.stages.import_outcomes_months import by_month, months_of, progress
from telcli.stages.import_outcomes_rows import Plans, checked, filled
from telcli.tables.masking import numberless
from telcli.tables.opened import Opened
from telcli.tables.task_results import CONTRACTS
from telcli.tables.task_sheet import RESULTS

__all__ = ["import_outcomes"]

_SHOWN = 50
_FILES = 4
_TOLD = (
    *("manager_id", "tasks", "load", "reported_share", "on_time_share", "days_median", "acceptance"),
    *("ratio", "ratio_low", "ratio_high", "ratio_shrunk", "verdict", "contaminated", "rejected"),
)


def import_outcomes(inputs: Inputs, settings: ImportOutcomesSettings) -> Outcome:
    """Read filled sheets into retention_outcomes, what was refused into outcome_rejects, and judge by manager.

    Reads retention_tasks and retention_plan of every month, the outcomes and rejects held, and the sheets opened.
    """
    plans = Plans(_held(inputs, "retention_tasks"), inputs.tables["retention_plan"].collect(engine="streaming"))
    read = [one for one in inputs.opened if one.frame.width]
    _refuse_all(inputs.opened, read)
    sheets = pl.concat(one.frame for one in read)
    rows = filled(sheets)
    day = today()
    found = keep(
        _held(inputs, "retention_outcomes"), checked(rows, plans, day), last=settings.stands == "last-imported"
    )
    refused = _rejects(found.rows, plans)
    rejects = _with_held(refused, _held(inputs, "outcome_rejects"), found, {one.name for one in read})
    capacity = int(inputs.choices.get("manager_capacity") or 0)
    managers = manager_results(plans, found.outcomes, rejects, settings, capacity, day)
    months = months_of(plans, sheets, found.rows)
    lines = refused.select("file", "line").unique().height
    metrics = {
        **_files(inputs.opened),
        "rows": sheets.height,
        "open": sheets.height - rows.height,
        **found.counts,
        "rejected": lines,
        "rejected_by": dict(refused.group_by("rule").len().sort("len", "rule", descending=[True, False]).iter_rows()),
        "rejected_months": [f"{month:%Y-%m}" for month in refused["as_of"].unique().sort()],
        "contaminated": found.rows.filter("contaminated", pl.col("faults").list.len() == 0).height,
        "noted": int(rows["noted"].sum()),
        "contaminated_total": found.outcomes.filter("contaminated").height,
        "plans": ", ".join(f"{month:%Y-%m}" for month in months),
        **progress(plans, found.outcomes, months, day),
        "months": by_month(plans, found.outcomes, day),
        "verdicts": _verdicts(_last(managers, months)),
        "managers": _managers(_last(managers, months)),
    }
    tables = {
        "retention_outcomes": found.outcomes.lazy(),
        "outcome_rejects": rejects.lazy(),
        "manager_results": managers.lazy(),
    }
    return Outcome(
        tables, metrics, (*(note for one in inputs.opened for note in one.notices), *_notices(metrics, found))
    )


def _held(inputs: Inputs, name: str) -> pl.DataFrame:
    """The rows of a table that stand; none where there never were any, as of a plan without money for a task."""
    contract = CONTRACTS[name]
    if name in inputs.tables:
        return contract.conform(inputs.tables[name]).collect(engine="streaming")
    return contract.conform(contract.schema.create_empty().lazy()).collect()


def _refuse_all(opened: tuple[Opened, ...], read: list[Opened]) -> None:
    """Where no file can be read, say of the first why."""
    if read:
        return
    for note in (note for one in opened for note in one.notices):
        raise DataError(note.code, note.template, **note.values)
    raise DataError("sheets-none", "There is no task sheet among the files named.")


def _files(opened: tuple[Opened, ...]) -> dict[str, int]:
    """How many files were named, left out as no sheets by their names, and refused."""
    codes = [{note.code for note in one.notices} for one in opened if not one.frame.width]
    skipped = sum("sheet-none-by-name" in each for each in codes)
    return {"files": len(opened), "files_skipped": skipped, "files_refused": len(codes) - skipped}


def _rejects(rows: pl.DataFrame, plans: Plans) -> pl.DataFrame:
    """One row per fault."""
    latest = plans.plan["as_of"].max()
    broken = rows.filter(pl.col("faults").list.len() > 0).explode("faults")
    fault = pl.col("faults").struct
    return broken.select(
        pl.col("meant").fill_null(latest).alias("as_of"),
        *("file", "line", "task_id", "manager_id"),
        rule=fault.field("rule"),
        column=fault.field("column"),
        value=fault.field("value"),
    )


def _with_held(new: pl.DataFrame, held: pl.DataFrame, found: Kept, files: set[str]) -> pl.DataFrame:
    """Rejects of these sheets, and earlier ones that are not settled: their sheet was not read again, nor their task
    reported since.
    """
    contract = CONTRACTS["outcome_rejects"]
    again = pl.col("file").str.split("#").list.first().is_in(sorted(files))
    rest = held.filter(~again).join(found.outcomes.select("task_id").drop_nulls(), on="task_id", how="anti")
    parts = [contract.conform(part.lazy()).collect() for part in (new, rest)]
    return pl.concat(parts).unique(contract.key).sort(contract.key)


def _last(managers: pl.DataFrame, months: list[date]) -> pl.DataFrame:
    """Managers of the latest of these plans with the months before it, the furthest from what was expected first."""
    last = managers.filter(pl.col("as_of") == max(months, default=None), pl.col("span") == "to-date")
    return last.sort("chance", pl.col("tasks"), "manager_id", descending=[False, True, False], nulls_last=True)


def _verdicts(managers: pl.DataFrame) -> dict[str, int]:
    return dict(managers.group_by("verdict").len().sort("verdict").iter_rows())


def _managers(managers: pl.DataFrame) -> list[dict[str, Any]]:
    """What the screen shows of them; all of them are in the table."""
    shown = managers.head(_SHOWN).select(_TOLD)
    return [{**row, "manager_id": numberless(row["manager_id"])} for row in shown.to_dicts()]


def _twice(rows: pl.DataFrame) -> dict[str, Any]:
    """How many good rows other files say too, and which files; empty where there are none."""
    good = rows.filter(pl.col("faults").list.len() == 0)
    copied = good.filter(pl.col("file").n_unique().over("campaign_id", "customer_id") > 1)
    files = copied["file"].unique().sort().to_list()
    told = {"rows": copied.select("campaign_id", "customer_id").unique().height, "files": _some(files)}
    return told if files else {}


def _some(files: Sequence[str]) -> str:
    """The first of the files by name."""
    return ", ".join([*files[:_FILES], *["..."][: len(files) > _FILES]])


def _notices(metrics: Mapping[str, Any], kept: Kept) -> list[Notice]:
    found = _of_refused(metrics)
    if metrics["contaminated"]:
        found.append(
            Notice(
                "outcomes-contaminated",
                "{rows} rows are of customers who were held out and were contacted all the same. They stay in the "
                "hold-out as drawn, so that an effect is told nearer to nothing than it is.",
                {"rows": metrics["contaminated"]},
            )
        )
    if metrics["files_refused"]:
        told = {"refused": metrics["files_refused"], "files": metrics["files"]}
        found.append(Notice("sheets-refused", "{refused} of {files} files were refused whole.", told))
    if twice := _twice(kept.rows):
        found.append(
            Notice(
                "outcomes-copied", "Rows that stand in more than one file, counted once: {rows}. Files: {files}", twice
            )
        )
    if metrics["corrected"]:
        told = {"rows": metrics["corrected"]}
        found.append(Notice("outcomes-corrected", "{rows} rows correct what was reported before.", told))
    found += _of_past(kept)
    if not (metrics["new"] or metrics["corrected"]):
        told = {"rows": metrics["unchanged"]}
        found.append(
            Notice("outcomes-unchanged", "Nothing new was reported: {rows} rows say what stands already.", told)
        )
    return found


def _of_past(kept: Kept) -> list[Notice]:
    """Rows that do not stand for what is held: the analyst alone knows whether one of them was changed back."""
    found: list[Notice] = []
    if kept.counts["outdated"]:
        found.append(
            Notice(
                "outcomes-outdated",
                "{rows} rows say what was corrected since; the correction stands. Files: {files}. If they were changed "
                "back, import them alone with --stands last-imported.",
                {"rows": kept.counts["outdated"], "files": _some(kept.files["outdated"])},
            )
        )
    if kept.counts["older"]:
        found.append(
            Notice(
                "outcomes-older",
                "{rows} rows tell of a contact before the one that stands; the later contact stands. Files: {files}. "
                "If a day was wrong, import its correction alone with --stands last-imported.",
                {"rows": kept.counts["older"], "files": _some(kept.files["older"])},
            )
        )
    return found


def _of_refused(metrics: Mapping[str, Any]) -> list[Notice]:
    found: list[Notice] = []
    if metrics["rejected"]:
        see = [f"telcli show outcome_rejects --as-of {month}" for month in metrics["rejected_months"]]
        told = {"rows": metrics["rejected"], "cells": sum(metrics["rejected_by"].values()), "see": "; ".join(see)}
        found.append(
            Notice(
                "outcomes-rejected",
                "Rows refused, which count nowhere: {rows}; cells at fault in them: {cells}. See each: {see}",
                told,
            )
        )
    if "unknown-result" in metrics["rejected_by"]:
        words = ", ".join(" ".join(names[:2]) for names in RESULTS.values())
        found.append(
            Notice(
                "outcomes-words",
                "Cells of the column Result that hold no word that is read: {cells}. Write one of: {words}.",
                {"cells": metrics["rejected_by"]["unknown-result"], "words": words},
            )
        )
    return found
