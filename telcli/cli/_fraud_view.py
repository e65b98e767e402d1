"""What detect-fraud says on the screen: suspicions by pattern, the gravest cases, each with its evidence."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._help import pack, wrap
from telcli.cli._words import language, tr

__all__ = ["brief", "suspected"]

_HEAD = ("suspected case", "pattern", "subject", "score", "expected loss", "seen", "state")
_PATTERNS = {
    "sim-box": "SIM box",
    "wangiri": "wangiri",
    "irsf": "high-cost traffic",
    "subscription": "subscription fraud",
    "fake-activation": "fake activation",
    "unusual": "unusual",
}
_NOTE = (
    "Each case is a suspicion to be looked into by people, never a verdict; who is known to be in order goes into the "
    "file of --allow."
)


def suspected(metrics: Mapping[str, Any]) -> Iterator[str]:
    """Lines on the cases."""
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    named = [(name, count) for name, count in metrics["by_pattern"].items() if count]
    kinds = [f"{tr(_PATTERNS[name])} {count:,}" for name, count in named]
    yield from ("  " + line for line in pack(kinds, " · ", width - 2))
    top = metrics["top"]
    if not top:
        yield "  " + tr("No suspicion came out of it.")
        return
    cells = list(aligned([[*map(tr, _HEAD)], *map(_case, top)], [3, 4], indent=2))
    yield cells[0]
    for case, line in zip(top, cells[1:], strict=True):
        yield line
        said = case["evidence_zh" if language() == "zh" else "evidence"]
        yield from (f"      {part}" for part in wrap(said, width - 6))
    yield from ("  " + line for line in wrap(tr(_NOTE), width - 4))


def brief(metrics: Mapping[str, Any]) -> Iterator[str]:
    """One line for scripts.

    >>> list(brief({"cases": 3, "new_cases": 1, "closed_cases": 0, "expected_loss": 12.5}))
    ['cases=3 new_cases=1 closed_cases=0 expected_loss=12.5']
    """
    yield " ".join(f"{name}={metrics[name]}" for name in ("cases", "new_cases", "closed_cases", "expected_loss"))


def _case(case: Mapping[str, Any]) -> list[str]:
    """One case as a row.

    >>> case = {"case_id": "ab12", "pattern": "irsf", "subject_id": "C1", "score": 0.5, "expected_loss": 1234.5,
    ...     "subjects": 3, "last_day": "2024-06-30", "status": "new"}
    >>> _case(case)
    ['ab12', 'high-cost traffic', 'C1 +2', '0.50', '1,234', '2024-06-30', 'new']
    """
    others = f" +{case['subjects'] - 1}" if case["subjects"] > 1 else ""
    return [
        case["case_id"],
        tr(_PATTERNS[case["pattern"]]),
        case["subject_id"] + others,
        f"{case['score']:.2f}",
        f"{case['expected_loss']:,.0f}",
        case["last_day"] or "",
        tr(case["status"]),
    ]
