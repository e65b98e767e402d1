"""What verify found and migrate did, on the screen and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from telcli.cli._aligned import aligned
from telcli.cli._stage_view import failed
from telcli.cli._words import tr
from telcli.errors import Notice

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.errors import TelcliError
    from telcli.pipeline.migrate import Migrated
    from telcli.pipeline.verify import Damage, Verified

__all__ = ["tell", "tell_migrated"]

_FEW = 5
_WHY = {
    "missing": "is missing",
    "size": "is of another size",
    "content": "was changed",
    "unreadable": "cannot be read from the disk",
    "chain": "has lines that are not as they were written",
}
_HOW = {
    "extracts": "telcli keeps no copy of extracts. If these are gone, only a backup brings it back: {sources}",
    "merged": "It was merged from the branches {sources}: merge them again into a new directory.",
    "added": "Rows were added to it over time of files that telcli keeps no copy of; a backup alone brings all back: "
    "{sources}",
    "unknown": "No command makes it again; only a backup brings it back.",
}


def tell(call: Call, found: Verified, failure: TelcliError | None) -> None:
    """Print each damaged file with what makes it again, and what else lies about."""
    metrics = {
        "files": found.files,
        "bytes": found.bytes,
        "format": found.format,
        "damaged": [asdict(one) for one in found.damaged],
        "filled": list(found.filled),
        "leftovers": list(found.leftovers),
        "unknown": list(found.unknown),
    }
    call.out.result(lambda: _view(found), metrics=metrics, notices=tuple(_notices(found)), **failed(failure))


def _view(found: Verified) -> Iterator[str]:
    if found.damaged:
        yield from aligned([[one.file, tr(_WHY[one.why])] for one in found.damaged], right=())
        yield from _again(found.damaged)
    if found.filled:
        yield tr("{n} task sheets were filled in or taken away, as they may be.", n=len(found.filled))
    size = f"{found.bytes / 1e6:,.1f} MB"
    if found.sound:
        yield tr("{files} files, {size}: all are as they were published.", files=found.files, size=size)


def _again(damaged: tuple[Damage, ...]) -> Iterator[str]:
    """What makes them again: each command and each word on it once."""
    yield ""
    told: dict[str, None] = {}
    for one in damaged:
        if one.how in _HOW:
            told[tr(_HOW[one.how], sources=", ".join(one.sources) or "-")] = None
        if one.command:
            told["  " + one.command] = None
    yield from told


def _notices(found: Verified) -> Iterator[Notice]:
    if found.interrupted:
        yield Notice(
            "verify-interrupted",
            "A run was cut short while publishing; the next command that writes finishes it.",
        )
    if found.leftovers:
        yield Notice(
            "verify-leftovers",
            "Interrupted runs left {count} files; the next command that writes removes them.",
            {"count": len(found.leftovers)},
        )
    if found.unknown:
        shown = ", ".join([*found.unknown[:_FEW], *(["..."] if len(found.unknown) > _FEW else [])])
        yield Notice(
            "verify-unknown",
            "{count} files were not written by telcli: {files}",
            {"count": len(found.unknown), "files": shown},
        )


def tell_migrated(call: Call, done: Migrated, *, dry_run: bool) -> None:
    """Print from which format to which."""
    words = "{workdir} is of format {now}: there is nothing to do."
    if done.changed:
        words = "{workdir}: format {was} would become {now}." if dry_run else "{workdir}: format {was} became {now}."
    metrics = {"was": done.was, "now": done.now, "changed": done.changed, "dry_run": dry_run}
    text = tr(words, workdir=str(done.workdir), was=done.was, now=done.now)
    call.out.result(lambda: [text], metrics=metrics)
