"""``telcli ingest``."""

from __future__ import annotations

from typing import Annotated

from telcli.cli import _intake
from telcli.cli._options import SOURCES, Call, command
from telcli.cli._several import tell_all


@command(writes=True)
def ingest(
    call: Call,
    sources: Annotated[list[str], SOURCES],
    map: _intake.Map = None,
    mapping: _intake.MappingFile = None,
    write_mapping: _intake.WriteMapping = None,
    churned_when: _intake.ChurnedWhen = None,
    max_rejects: _intake.MaxRejects = None,
    linkage: _intake.Linkage = None,
    restate: _intake.Restate = False,
    late: _intake.Late = False,
) -> None:
    """Clean raw extracts into subject tables and a row per customer and month.

    SOURCES are files, directories or databases: one table with a row per customer, or several systems' tables. What
    each column was taken for is always shown; columns without a known name are kept as attributes. A database is given
    as postgresql://USER@HOST/DATABASE#TABLE (mysql, oracle, sqlite likewise), all its tables without #TABLE.
    """
    from telcli.pipeline.walk import INTAKE, walk

    _intake.try_writing(write_mapping)
    flags = _intake.flags(churned_when, max_rejects, linkage)
    request = call.request(flags, sources, _intake.words(map, mapping, restate=restate, late=late))
    tell_all(call, lambda told, _: _intake.write_mapping(write_mapping, lambda: walk(request, told, INTAKE)))
