"""What the last run had that this one has not: settings of its command line, and pages in another language."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from telcli import settings as knobs
from telcli.errors import Notice
from telcli.pipeline.provenance import Basis, Manifest, Record

__all__ = ["GONE", "Dropped", "dropped", "given", "pages_gone", "told"]

_SIDES = ("false_positive", "false_negative", "true_positive", "true_negative")
PAGES = "reports/"
GONE = ("page-removed", "pages-removed")
"""Codes of warnings that files of an earlier run were taken away."""
_ASIDE = ("exclude", *(f"{side}_cost" for side in _SIDES))
"""Settings that name columns which no model reads."""


@dataclass(frozen=True)
class Dropped:
    """A setting of a section as the command line had it, and as it is now, both as telcli.toml writes them."""

    section: str
    name: str
    was: str
    now: str


def given(stage: str, flags: Mapping[str, Any], basis: Basis) -> tuple[str, ...]:
    """Names of the settings that the command line gives and the result depends on, sorted; not where it was made."""
    held = {*basis.settings, "seed"}
    asked = (name for name, value in flags.items() if value is not None and name in held)
    return tuple(sorted(name for name in asked if _section(stage, name)))


def dropped(stage: str, record: Record, now: Basis) -> tuple[Dropped, ...]:
    """What the command line of a stage's last run had and what is otherwise now."""
    return tuple(_compared(stage, record, now))


def told(stage: str, found: tuple[Dropped, ...]) -> tuple[Notice, ...]:
    """A warning, of one setting or of several: what was asked for once is not what this run has done."""
    words = (
        "{name} = {was} was given on the command line of the last {stage}; this run has {now}. "
        "To keep it, write it under [{section}] in telcli.toml: {name} = {was}"
    )
    if len(found) < 2:
        single = (Notice("setting-dropped", words, {"stage": stage, **dataclasses.asdict(one)}) for one in found)
        return (*single, *_released(found))
    many = (
        "Settings of the command line of the last {stage} are others in this run: {settings}. "
        "To keep them, write them in telcli.toml."
    )
    listed = ", ".join(f"[{one.section}] {one.name} = {one.was} ({one.now})" for one in found)
    return (Notice("settings-dropped", many, {"stage": stage, "settings": listed}), *_released(found))


def _released(found: tuple[Dropped, ...]) -> Iterator[Notice]:
    """A warning of columns that were set aside by what is empty now."""
    gone = [json.loads(one.was) for one in found if one.name in _ASIDE and one.now == '""']
    names = {name.strip() for told in gone for name in told.split(",") if re.search("[^0-9., ]", name)}
    if names:
        words = "Columns that those settings set aside are read like any other in this run: {columns}."
        yield Notice("columns-released", words, {"columns": ", ".join(sorted(names))})


def pages_gone(known: Record, new: Manifest) -> tuple[Notice, ...]:
    """Pages of the last run that went with their figures, and that this run has not drawn, being in one language."""
    gone = [path for path in sorted(known.files) if path.startswith(PAGES) and path not in new.files]
    words = "{page} was removed: it showed figures that are not those of now. Run telcli report in its language again."
    if len(gone) < 2:
        return tuple(Notice("page-removed", words, {"page": path}) for path in gone)
    many = (
        "{count} files were removed, whose figures are not those of now: {pages}. To have them again, run telcli "
        "report in their language with the same --period and --files."
    )
    return (Notice("pages-removed", many, {"count": len(gone), "pages": ", ".join(gone)}),)


def _compared(stage: str, record: Record, now: Basis) -> Iterator[Dropped]:
    then = {**record.basis.settings, "seed": record.basis.seed}
    held = {**now.settings, "seed": now.seed}
    for name in record.given:
        if name in then and name in held and _plain(then[name]) != _plain(held[name]):
            yield Dropped(_section(stage, name), name, _written(then[name]), _written(held[name]))


def _section(stage: str, name: str) -> str:
    """The section that a setting is of: the stage's own or that of all; empty where it is of neither."""
    for section in (stage, "general"):
        if name in (one.name for one in dataclasses.fields(knobs.SECTIONS[section])):
            return section
    return ""


def _plain(value: Any) -> Any:
    """A setting without what does not tell it apart: how a column of customers is written."""
    return value.strip().removeprefix("x_") if isinstance(value, str) else value


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
