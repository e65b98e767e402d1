"""``telcli run``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from telcli.cli import _collected, _columns, _intake, _page
from telcli.cli._options import Call, Sources, command
from telcli.cli._several import Failed, Told, tell_all
from telcli.cli._words import language

if TYPE_CHECKING:
    from telcli.pipeline.run import StageRun


@command(writes=True)
def run(
    call: Call,
    sources: Sources = None,
    map: _intake.Map = None,
    mapping: _intake.MappingFile = None,
    write_mapping: _intake.WriteMapping = None,
    churned_when: _intake.ChurnedWhen = None,
    max_rejects: _intake.MaxRejects = None,
    restate: _intake.Restate = False,
    allow_leak: _columns.AllowLeak = None,
    exclude: _columns.Exclude = None,
) -> None:
    """Run every stage in order, from raw extracts to the report.

    What is up to date is skipped; --force runs it again. Without SOURCES the tables ingested before are used. Where the
    data do not let segment, score-value or predict-churn work, the others go on, and the exit code says so.
    """
    from telcli.api.beside import beside
    from telcli.pipeline.walk import INTAKE, WALK, walk

    if not sources:
        _intake.refuse(
            map=map, mapping=mapping, write_mapping=write_mapping, churned_when=churned_when, max_rejects=max_rejects
        )
    _intake.try_writing(write_mapping)
    flags = {**_intake.flags(churned_when, max_rejects), **_columns.flags(allow_leak, exclude)}
    intake = call.request(flags, sources or (), _intake.words(map, mapping, restate=restate))
    later = beside("report", replace(intake, sources=(), choices={}), language())
    first, rest = (INTAKE, WALK[len(INTAKE) :]) if sources else ((), WALK[1:])

    def work(told: Told, failed: Failed) -> list[StageRun]:
        begun = _intake.write_mapping(write_mapping, lambda: walk(intake, told, first))
        return [*begun, *walk(later, told, rest, failed)]

    tell_all(call, work, lambda done: [*_page.summary(call, done[-1]), *_collected.after_run(call)])
