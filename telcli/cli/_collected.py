"""How `telcli gc` tells what went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from telcli.cli._words import tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.pipeline.gc import Collected

__all__ = ["after_run", "metrics_of", "tell"]

_KINDS = {
    "facts": "months of facts",
    "results": "months of results",
    "reports": "pages of reports",
    "models": "files of models",
    "tasks": "task sheets",
    "leftovers": "leftovers of interrupted runs",
}


def tell(call: Call, done: Collected) -> None:
    """Print files and bytes by kind, and what stays."""
    call.out.result(lambda: _lines(done), metrics=metrics_of(done), notices=done.notices)


def after_run(call: Call) -> Iterator[str]:
    """Let go what the settings do not keep, where they ask for it after `run`; and tell it."""
    from telcli.pipeline.gc import after_run as collect

    done = collect(call.workdir, call.wait)
    if done:
        call.out.warn(done.notices)
        yield from _lines(done)


def metrics_of(done: Collected) -> dict[str, Any]:
    """What went, as --format json has it."""
    return {
        "dry_run": done.dry_run,
        "removed_files": done.removed_files,
        "removed_bytes": done.removed_bytes,
        "kept_bytes": done.kept_bytes,
        "removed": {kind: {"files": files, "bytes": size} for kind, (files, size) in done.removed.items()},
        "records": done.records,
        "loads": done.loads,
        "texts": done.texts,
    }


def _lines(done: Collected) -> Iterator[str]:
    """What went, by kind."""
    told = {"files": done.removed_files, "size": f"{done.removed_bytes:,}", "kept": f"{done.kept_bytes:,}"}
    if done.dry_run:
        yield tr("Would go: {files} files, {size} bytes; {kept} bytes stay", **told)
    else:
        yield tr("Went: {files} files, {size} bytes; {kept} bytes stay", **told)
    for kind, (files, size) in done.removed.items():
        yield f"  {files:>8,}  {size:>16,}  {tr(_KINDS[kind])}"
    if done.records:
        yield "  " + tr("records of runs: {n}", n=done.records)
    if done.texts:
        yield "  " + tr("months of contacts that lost their texts: {n}", n=done.texts)
    if done.loads:
        yield "  " + tr("loads told in one line: {n}", n=done.loads)
