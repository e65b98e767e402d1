"""What an ingest refused, by reason, and how much it may refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._words import rule_name, tr

__all__ = ["refused"]


def refused(metrics: Mapping[str, Any], limit: int | None = None) -> Iterator[str]:
    """Lines refused in all, the share allowed, and the commonest reasons, `limit` of them."""
    if "max_reject_share" not in metrics:
        return
    sources = metrics["sources"]
    read, lost = (sum(source[name] for source in sources) for name in ("rows_read", "rows_rejected"))
    yield "  " + tr(
        "{lost} of {read} rows rejected ({share}); at most {most} of a source or table may be (--max-rejects)",
        lost=f"{lost:,}",
        read=f"{read:,}",
        share=_share(lost / read if read else 0.0),
        most=_share(metrics["max_reject_share"]),
    )
    rules = metrics["rejects_by_rule"]
    yield from _columns(rules[:limit])
    if limit is not None and len(rules) > limit:
        yield "    " + tr("and {n} more reasons (-v, or telcli show rejects)", n=len(rules) - limit)


def _share(share: float) -> str:
    """A share in percent, never rounded to nothing.

    >>> _share(0.01), _share(0.00014), _share(0.0)
    ('1.0%', '0.014%', '0.0%')
    """
    return f"{share * 100:.2g}%" if 0 < share < 0.001 else f"{share:.1%}"


def _columns(rules: list[Mapping[str, Any]]) -> Iterator[str]:
    rows = [
        [
            f"{rule['count']:,}",
            rule["source"] or "",
            rule["column"] or "",
            rule_name(rule["rule"]),
            tr("from line {line}", line=rule["first_line"]),
        ]
        for rule in rules
    ]
    yield from aligned(rows, right=[0])
