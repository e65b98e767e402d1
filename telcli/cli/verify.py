"""``telcli verify``."""

from __future__ import annotations

from telcli.cli import _verified
from telcli.cli._errors import ToldError
from telcli.cli._options import Call, command


@command()
def verify(call: Call) -> None:
    """Compare every published file with its hash, and name what is damaged.

    Every byte of tables, models, pages and the manifest is read, and nothing is written. A file that is damaged is
    named with the command that makes it again; the code is 4 then. Of tables that come of extracts those are named:
    telcli keeps no copy of them. Task sheets that people filled in are not damaged. Files that telcli did not write are
    told.
    """
    from telcli.pipeline.verify import damage_error
    from telcli.pipeline.verify import verify as check

    call.refuse_month()
    found = check(call.workdir, call.out.progress)
    failure = damage_error(found)
    _verified.tell(call, found, failure)
    if failure:
        raise ToldError(failure)
