"""Columns that tell the outcome because they were written after it: found, refused by name with why, or let in.

A column is refused for its name, for telling who leaves all by itself, for a mark that none but churners bear (filled,
empty, a date to come), for being the date of a load or an update, and for counting a stay up to its end. It is told and
used where its name may mean something else, and where churners alone have a value: that may be honest news.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import DataError
from telcli.features.churn_design import ChurnDesign, Feature
from telcli.features.leakage_names import named_afterwards, named_load, named_perhaps, named_stay
from telcli.methods.leakage import ends_early, marks_churners, scan
from telcli.stages.predict_churn_study import Study

__all__ = ["refuse_leaks", "tell_copies"]

Floats = NDArray[np.float64]
_SCAN_CUSTOMERS = 10
"""With fewer churners or stayers a column may separate them by chance."""
_MONTH_DAYS = 30.4375
_COPIES, _APART = 0.02, 50
"""Share of copies that is told, and different values by which rows are not alike by chance."""


class _Leak(NamedTuple):
    """A column and why it is one; where that is not sure it is told alone."""

    name: str
    why: str
    sure: bool = True


def refuse_leaks(
    study: Study, frame: pl.DataFrame, y: Floats, design: ChurnDesign, allowed: set[str], *, flat: bool
) -> None:
    """Refuse columns of the design that look like leaks, unless `allowed`; those are told, as are unsure ones.

    In a `flat` table every column may have been written after the label; over months those of customer_months are of
    their month by construction, so that what nobody but churners shows in them is news, not a leak.

    Raises
    ------
    DataError
        There are some; each is named with why.
    """
    found = (
        *_by_name(frame, design),
        *_by_itself(study, frame, y, design),
        *_by_mark(frame, y, design, flat=flat),
        *_by_stay(frame, y, design),
    )
    leaks: dict[str, _Leak] = {}
    for leak in sorted(found, key=lambda leak: not leak.sure):
        leaks.setdefault(leak.name, leak)
    refused = [leaks[name] for name in sorted(leaks) if name not in allowed and leaks[name].sure]
    if refused:
        raise DataError(
            "leak-found",
            "Known only after a customer has left: {places}.",
            hint="Leave them out with exclude in [predict-churn], or: telcli predict-churn {flags}. "
            "To use one all the same: --allow-leak COLUMN.",
            columns=", ".join(_plain(leak.name) for leak in refused),
            places="; ".join(f"{_plain(leak.name)} ({leak.why})" for leak in refused),
            flags=" ".join(f'--exclude "{_plain(leak.name)}"' for leak in refused),
        )
    _tell(study, [leaks[name] for name in sorted(leaks) if leaks[name].sure or name not in allowed])


def _tell(study: Study, leaks: list[_Leak]) -> None:
    """Say which columns are used although they are leaks, or may be."""
    sure, unsure = [leak for leak in leaks if leak.sure], [leak for leak in leaks if not leak.sure]
    if sure:
        study.tell(
            "leak-allowed",
            "Used although they look like leaks, so the figures may be too good: {columns}.",
            columns=", ".join(_plain(leak.name) for leak in sure),
        )
    if unsure:
        study.tell(
            "leak-suspected",
            "Used, but perhaps known only after a customer has left: {places}. If so, the figures are too good: leave "
            "them out with --exclude.",
            places="; ".join(f"{_plain(leak.name)} ({leak.why})" for leak in unsure),
        )


def tell_copies(study: Study, frame: pl.DataFrame, design: ChurnDesign) -> None:
    """Say where customers are exact copies of others, which then are in training and test at once."""
    numbers = [feature.name for feature in design.features if feature.kind == "number"]
    if not any(frame.get_column(name).n_unique() > _APART for name in numbers):
        return
    copies = frame.height - frame.select(design.names).n_unique()
    if copies > _COPIES * frame.height:
        study.tell(
            "rows-copied",
            "{copies} of {rows} labelled customers are exact copies of others in every column used: a copy may be in "
            "training and test at once, so that the figures are too good.",
            copies=copies,
            rows=frame.height,
        )


def _by_name(frame: pl.DataFrame, design: ChurnDesign) -> Iterator[_Leak]:
    for feature in design.features:
        if not feature.name.startswith("x_"):
            continue
        column = frame.get_column(feature.name)
        values = column.drop_nulls().unique().to_list() if column.dtype == pl.String else None
        if named_afterwards(feature.name, values):
            yield _Leak(feature.name, "by its name")
        elif feature.kind == "date" and named_load(feature.name):
            yield _Leak(feature.name, "the date of a load or an update, by its name")
        elif named_perhaps(feature.name):
            yield _Leak(feature.name, "by its name", sure=False)


def _by_itself(study: Study, frame: pl.DataFrame, y: Floats, design: ChurnDesign) -> Iterator[_Leak]:
    if min(y.sum(), y.size - y.sum()) < _SCAN_CUSTOMERS:
        return
    areas = scan(design.matrix(frame), y, design.categorical, seed=study.inputs.seed)
    for name, area in zip(design.names, areas, strict=True):
        if area > study.settings.leak_auc:
            yield _Leak(name, f"alone it tells who leaves: AUC {area:.3f}")


def _by_mark(frame: pl.DataFrame, y: Floats, design: ChurnDesign, *, flat: bool) -> Iterator[_Leak]:
    """Columns with a mark that none but churners bear."""
    for feature in design.features:
        column = frame.get_column(feature.name)
        if not (flat or feature.name.startswith("x_")):
            continue
        found = next((why for mark, why in _marks(feature, column, frame) if marks_churners(mark, y)), None)
        if found:
            yield _Leak(feature.name, found, sure=found not in _NEWS)


_NEWS = ("zero for churners alone", "other than zero for churners alone", "yes for churners alone")
"""Marks that may be news of a customer who is about to leave."""


def _marks(feature: Feature, column: pl.Series, frame: pl.DataFrame) -> Iterator[tuple[NDArray[np.bool_], str]]:
    """Marks of a column, and what it is where churners alone bear them."""
    empty = column.is_null().to_numpy()
    yield ~empty, "filled for churners alone"
    yield empty, "empty for churners alone"
    if feature.kind == "date":
        later = column.cast(pl.Date) > frame.get_column("month").dt.month_end()
        yield later.fill_null(value=False).to_numpy(), "after the snapshot for churners alone"
    if feature.kind in ("number", "flag"):
        value = column.cast(pl.Float64)
        zero, other = ((value == 0).fill_null(value=False), (value != 0).fill_null(value=False))
        yield zero.to_numpy(), _NEWS[0]
        yield other.to_numpy(), _NEWS[1 if feature.kind == "number" else 2]


def _by_stay(frame: pl.DataFrame, y: Floats, design: ChurnDesign) -> Iterator[_Leak]:
    """Stays that end before the snapshot for churners: counted from a date to the day they left."""
    began = [feature.name for feature in design.features if feature.kind == "date"]
    stays = [feature.name for feature in design.features if feature.kind == "number" and named_stay(feature.name)]
    for stay in stays:
        for start in began:
            since = (frame.get_column("month").dt.month_end() - frame.get_column(start)).dt.total_days()
            counted = frame.get_column(stay).cast(pl.Float64).to_numpy()
            months = since.cast(pl.Float64).to_numpy() / _MONTH_DAYS
            if ends_early(counted, months, y):
                yield _Leak(stay, "churners' stay ends before the snapshot")
                break


def _plain(name: str) -> str:
    return name.removeprefix("x_")
