"""``telcli init``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from telcli.cli import _template
from telcli.cli._options import Call, command
from telcli.cli._words import tr

_Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Where to write it; else telcli.toml in the directory of -w, or here.",
    ),
]
_Force = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]


@command()
def init(call: Call, output: _Output = None, force: _Force = False) -> None:
    """Write a commented telcli.toml, and make the key of pseudonyms.

    Every setting stands in it as a comment, at its default, with its meaning and range. What is given by --seed or
    --lang is set; --lang also chooses the language of the comments. A file that exists is kept, but for --force.
    The key (a file in ~/.config/telcli, or TELCLI_KEY) is never replaced: numbers, certificates and devices of persons
    become pseudonyms under it, and only extracts read with the same key can be joined.
    """
    file = _template.place(output, call, force=force)
    key = _template.write(file, call, force=force)
    lines = [tr("Written: {file}", file=file.absolute()), tr("Key of pseudonyms: {place} (id {key_id}, {made})", **key)]
    call.out.result(lambda: lines, as_of=call.as_of, file=str(file), key=key["place"], key_id=key["key_id"])
