"""``telcli rotate-key``."""

from __future__ import annotations

from telcli.cli import _rotated
from telcli.cli._options import Call, Wait, command


@command()
def rotate_key(call: Call, wait: Wait = 0.0) -> None:
    """Put every pseudonym of the working directory under a new key.

    The numbers are not there any more, so new pseudonyms are made of the old ones: later extracts go through all keys,
    the oldest first, and join as before. The new key is put into the key file below the others; where one stands there
    already that the directory was not turned to, that one is taken. Tables, pages, workbooks and records change at one
    instant, and results stay up to date. Whoever has the old key alone can try no numbers then.
    """
    from telcli.pipeline.rotate import rotate_key as turn

    call.refuse_month()
    _rotated.tell(call, turn(call.request(), wait))
