"""What `telcli merge` is told, and what it says it merged."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from telcli.cli._aligned import aligned
from telcli.cli._words import tr
from telcli.errors import UsageError

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.pipeline.merge import Merged

__all__ = ["names", "tell"]


def names(given: Sequence[str]) -> dict[str, str]:
    """Names of branches by directory, of words such as ``north=North``.

    >>> names(["a/work=North"])
    {'a/work': 'North'}
    """
    parts = [word.partition("=") for word in given]
    wrong = [word for word, (before, _, after) in zip(given, parts, strict=True) if not before or not after.strip()]
    if wrong:
        raise UsageError(
            "merge-as",
            "--as takes DIRECTORY=NAME, not {word}.",
            hint="Write it as: --as north=North",
            word=repr(wrong[0]),
        )
    return {before: after.strip() for before, _, after in parts}


def tell(call: Call, done: Merged) -> None:
    """Print the branches, what their tables came to, and what to run next."""

    def human() -> Iterator[str]:
        said = tr("merged before, nothing has changed") if done.skipped else str(done.workdir)
        yield f"{tr('merge')}  {said}"
        heads = [tr("branch"), tr("customers"), tr("rows"), tr("month")]
        rows = [[one["branch"], f"{one['customers']:,}", f"{one['rows']:,}", one["month"]] for one in done.branches]
        whole = [tr("all together"), f"{done.rows.get('customers', 0):,}", f"{sum(done.rows.values()):,}", ""]
        yield from aligned([heads, *rows, whole], right=(1, 2), indent=2)
        yield tr("Next: {command}", command=f"telcli run -w {shlex.quote(str(done.workdir))}")

    outputs = [{"table": table, "path": str(done.workdir / table), "rows": rows} for table, rows in done.rows.items()]
    metrics = {
        "branches": list(done.branches),
        "customers_in_several": done.customers,
        "lines_in_several": done.lines,
        "skipped": done.skipped,
    }
    call.out.result(human, as_of=None, outputs=outputs, metrics=metrics, notices=done.notices)
