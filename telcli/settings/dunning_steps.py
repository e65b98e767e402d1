"""The operator's calendar of dunning, written as text."""

from __future__ import annotations

import re

from telcli.errors import UsageError

__all__ = ["NORMAL", "WRITE_OFF", "dunning_steps"]

NORMAL, WRITE_OFF = "normal", "write-off"
"""The step of who owes nothing past due, and that after which a debt is no receivable any more."""
_ALIKE = {
    **dict.fromkeys(("核销", "坏账核销", "write off", "write_off", "writeoff"), WRITE_OFF),
    **dict.fromkeys(("正常",), NORMAL),
}
"""Other names of these two, whatever the operator calls the steps between them."""
_PAIR = re.compile(r"(?P<name>[^:：,;]+?)\s*[:：]\s*(?P<days>\d{1,4})")


def dunning_steps(text: str) -> tuple[tuple[str, int], ...]:
    """Steps and the days past due from which each holds, the first one first, after `NORMAL` from 0 on.

    Raises
    ------
    UsageError
        A step is not NAME:DAYS, is named twice, or does not come after the one before it.

    A step from 0 days on may be `NORMAL` alone, which need not be named.

    >>> dunning_steps("remind:1, 单停：31")
    (('normal', 0), ('remind', 1), ('单停', 31))
    >>> dunning_steps("正常:0, 催缴:1, 核销:366")
    (('normal', 0), ('催缴', 1), ('write-off', 366))
    """
    found = [(NORMAL, 0)]
    for part in (part.strip() for part in re.split("[,;，；]", text) if part.strip()):
        pair = _PAIR.fullmatch(part)
        name, days = (pair["name"].strip(), int(pair["days"])) if pair else ("", 0)
        name = _ALIKE.get(name.lower(), name)
        if (name, days) == found[0]:
            continue
        if not pair or days <= found[-1][1] or name in dict(found):
            raise UsageError(
                "dunning-steps-invalid",
                "[assess-credit] steps: {part} is not a step: it takes NAME:DAYS, each later than the one before it.",
                hint='Write them as in steps = "remind:1, bar-outgoing:31".',
                part=repr(part),
            )
        found.append((name, days))
    return tuple(found)
