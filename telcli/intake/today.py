"""What day it is."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

__all__ = ["today"]


def today() -> date:
    """Today, by the clock, or by the environment variable ``SOURCE_DATE_EPOCH`` (seconds since 1970, UTC).

    That is the convention of reproducible builds: where it is set, a run can be repeated to the byte later.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), tz=UTC).date() if epoch.isdecimal() else date.today()
