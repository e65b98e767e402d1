"""The operator's calendar of dunning, written as text."""

from __future__ import annotations

import re

from telcli.errors import UsageError

__all__ = ["NORMAL", "WRITE_OFF", "dunning_steps"]

NORMAL, WRITE_OFF = "normal", "write-off"
"""The step of who owes nothing past due, and that after which a debt is no receivable any more."""
_PAIR = re.compile(r"(?P<name>[^:：,;]+?)\s*[:：]\s*(?P<days>\d{1,4})")


def dunning_steps(text: str) -> tuple[tuple[str, int], ...]:
    """Steps and the days past due from which each holds, the first one first, after `NORMAL` from 0 on.

    Raises
    ------
    UsageError
        A step is not NAME:DAYS, is named twice, or does not come after the one before it.

    >>> dunning_steps("remind:1, 单停：31")
    (('normal', 0), ('remind', 1), ('单停', 31))
    """
    found = [(NORMAL, 0)]
    for part in (part.strip() for part in re.split("[,;，；]", text) if part.strip()):
        pair = _PAIR.fullmatch(part)
        name, days = (pair["name"].strip(), int(pair["days"])) if pair else ("", 0)
        if not pair or days <= found[-1][1] or name in dict(found):
            raise UsageError(
                "dunning-steps-invalid",
                "[assess-credit] steps: {part} is not a step: it takes NAME:DAYS, each later than the one before it.",
                hint='Write them as in steps = "remind:1, bar-outgoing:31".',
                part=repr(part),
            )
        found.append((name, days))
    return tuple(found)
