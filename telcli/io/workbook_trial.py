"""Old and binary workbooks, tried in a process of its own before they are read in this one.

Their bytes say how much memory to ask for, and a library of Rust that is refused it ends the whole process: no
exception, no sentence. Such a process is one that nobody misses.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["survives"]

_MEMORY = 2 << 30
_SECONDS, _SECONDS_PER_MB = 4, 2
"""Of processor time."""
_TRIAL = """
import resource, sys
memory, seconds = int(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_path(sys.argv[1])
for name in book.sheet_names:
    sheet = book.get_sheet_by_name(name)
    sheet.merged_cell_ranges
    for row in sheet.iter_rows():
        pass
"""


def survives(place: Path) -> bool:
    """Whether reading a workbook ends neither the process that does it nor the patience of who waits for it.

    What else is wrong with the workbook shows when it is read; so it does where no process can be started.

    >>> survives(Path("no such file"))
    True
    """
    seconds = _SECONDS + _SECONDS_PER_MB * (place.stat().st_size >> 20) if place.is_file() else _SECONDS
    words = [sys.executable, "-P", "-c", _TRIAL, str(place), str(_MEMORY), str(seconds)]
    quiet = subprocess.DEVNULL
    try:
        ended = subprocess.run(  # noqa: S603 - this Python, a text of its own and a path
            words, stdin=quiet, stdout=quiet, stderr=quiet, timeout=60 + 10 * seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    except (OSError, ValueError):  # ValueError: this Python does not know where it is
        return True
    return ended.returncode >= 0
