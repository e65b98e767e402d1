"""``telcli run``."""

from __future__ import annotations

from dataclasses import replace

from telcli.cli import _intake, _page
from telcli.cli._options import Call, Sources, command
from telcli.cli._several import tell_all


@command(writes=True)
def run(
    call: Call,
    sources: Sources = None,
    map: _intake.Map = None,
    mapping: _intake.MappingFile = None,
    write_mapping: _intake.WriteMapping = None,
    churned_when: _intake.ChurnedWhen = None,
    max_rejects: _intake.MaxRejects = None,
) -> None:
    """Run every stage in order, from raw extracts to the report.

    What is up to date is skipped; --force runs it again. Without SOURCES the tables ingested before are used.
    """
    from telcli.pipeline.walk import INTAKE, WALK, walk

    if not sources:
        _intake.refuse(
            map=map, mapping=mapping, write_mapping=write_mapping, churned_when=churned_when, max_rejects=max_rejects
        )
    choices = _intake.words(map, mapping)
    intake = call.request(_intake.flags(churned_when, max_rejects), sources or (), choices)
    later = replace(intake, sources=(), choices=_page.choices(), render=_page.renderer(call))
    first, rest = (INTAKE, WALK[len(INTAKE) :]) if sources else ((), WALK[1:])
    runs = tell_all(
        call,
        lambda told: [*walk(intake, told, first), *walk(later, told, rest)],
        lambda done: _page.summary(call, done[-1]),
    )
    _intake.write_mapping(write_mapping, runs[0].metrics)
