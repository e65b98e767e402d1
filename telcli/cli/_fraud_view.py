"""What detect-fraud says on the screen: suspicions by pattern, the gravest cases, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._aligned import aligned
from telcli.cli._first_rows import others
from telcli.cli._headlines import headlines, width
from telcli.cli._help import pack, wrap
from telcli.cli._stage_view import failed, payload, title
from telcli.cli._words import language, said, tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.errors import TelcliError
    from telcli.pipeline.run import StageRun

__all__ = ["brief", "tell"]

Row = Mapping[str, Any]
_FIRST = ("fraud-no-calls", "fraud-no-lines", "fraud-no-payments", "fraud-rules-told", "fraud-allow-refused")
"""Notices without which the figures mislead: they stand before them."""
_HEAD = ("suspected case", "pattern", "subject", "score", "expected loss", "seen", "state")
_PATTERNS = {
    "sim-box": "SIM box",
    "wangiri": "one ring (wangiri)",
    "irsf": "high-cost traffic",
    "subscription": "subscription fraud",
    "fake-activation": "fake activation",
    "unusual": "unusual",
}
_NOTE = (
    "Each case is a suspicion to be looked into by people, never a verdict; who is known to be in order goes into the "
    "file of --allow."
)
_SCORE = "score: how far the evidence goes beyond its thresholds, 0 to 1; no probability."
_LOSS = "expected loss: what was seen up to {day} cost, and what is to come of it in {days} days, by the score."
_ASSUMED = (
    "It is priced at assumed rates, which nobody has set: {rates}. Set your own in [detect-fraud] of telcli.toml "
    "(docs/fraud.md)."
)
_UNPAID = "What is owed on unpaid bills, and whom to dun first: telcli assess-credit"
_CHANNELS = (
    "Sales channels that operators' usual rule would penalise: {penalty}, stop: {stopped}. "
    "See telcli show fraud_channels"
)
_EVIDENCE = "All facts of a case: telcli show fraud_evidence --where \"case_id = '{case}'\""


def tell(call: Call, run: StageRun, limit: int, failure: TelcliError | None = None) -> None:
    """Print the run: a screen for people, one line with -q; the JSON holds the gravest cases among the metrics."""
    from telcli.pipeline.show import read

    def view() -> Iterator[Any]:
        yield title(run)
        for notice in run.notices:
            if notice.code in _FIRST:
                yield from _wrapped(said(notice.code, notice.template, notice.values))
        yield from _looked_at(run.metrics["looked_at"])
        yield from headlines(run)
        yield from suspected(run.metrics, top)

    top = run.metrics["top"][:limit]
    if call.out.human and len(top) < min(limit, run.metrics["cases"]):
        cases = read(call.workdir, "fraud_cases", run.as_of).frame.collect().to_dicts()
        wanted = [row for row in cases if row["status"] != "closed" and row["pattern"] in run.metrics["by_pattern"]]
        top = sorted(wanted, key=lambda row: (-row["expected_loss"], -row["score"], row["case_id"]))[:limit]
    later = [notice for notice in run.notices if not (call.out.human and notice.code in _FIRST)]
    call.out.result(view, notices=later, **payload(run), **failed(failure))
    call.out.lines(brief(run.metrics))


def suspected(metrics: Row, top: Sequence[Row]) -> Iterator[str]:
    """Lines on the cases, of which `top` are shown."""
    named = [(name, count) for name, count in metrics["by_pattern"].items() if count]
    kinds = [f"{tr(_PATTERNS[name])} {count:,}" for name, count in named]
    yield from ("  " + line for line in pack(kinds, " · ", width() - 2))
    if not metrics["cases"]:
        yield "  " + tr("No suspicion came out of it.")
        return
    yield from _cases(top)
    yield from others(len(top), metrics["cases"], "fraud_cases")
    day = metrics["looked_at"]["until"]
    yield from _wrapped(tr(_SCORE))
    yield from _wrapped(tr(_LOSS, day=day, days=metrics["horizon_days"]))
    if metrics["assumed_rates"]:
        rates = ", ".join(f"{name} {value:g}" for name, value in sorted(metrics["assumed_rates"].items()))
        yield from _wrapped(tr(_ASSUMED, rates=rates))
    yield from _wrapped(tr(_EVIDENCE, case=metrics["top"][0]["case_id"]))
    yield from _wrapped(tr(_UNPAID)) if metrics["by_pattern"].get("subscription") else ()
    penalty, stopped = (metrics.get(f"channels_{name}", 0) for name in ("penalty", "exit"))
    yield from _wrapped(tr(_CHANNELS, penalty=penalty, stopped=stopped)) if penalty or stopped else ()
    yield from _wrapped(tr(_NOTE))


def brief(metrics: Row) -> Iterator[str]:
    """One line for scripts.

    >>> list(brief({"cases": 3, "new_cases": 1, "closed_cases": 0, "expected_loss": 12.5}))
    ['cases=3 new_cases=1 closed_cases=0 expected_loss=12.50']
    """
    counts = " ".join(f"{name}={metrics[name]}" for name in ("cases", "new_cases", "closed_cases"))
    yield f"{counts} expected_loss={metrics['expected_loss']:.2f}"


def _wrapped(text: str) -> Iterator[str]:
    yield from ("  " + line for line in wrap(text, width() - 4))


def _looked_at(span: Row) -> Iterator[str]:
    """Of which days the calls are, what is usual, and which lines count as new."""
    told = []
    if span["calls_from"]:
        told.append(tr("calls of {first} to {last}", first=span["calls_from"], last=span["calls_to"]))
        usual = "usual days since {day}" if span["usual_from"] else "no calls of the months before"
        told.append(tr(usual, day=span["usual_from"]))
    if span["lines_from"]:
        told.append(tr("lines activated since {day}", day=span["lines_from"]))
    yield from ("  " + line for line in pack(told, " · ", width() - 2))


def _cases(top: Sequence[Row]) -> Iterator[str]:
    if not top:
        return
    cells = list(aligned([[*map(tr, _HEAD)], *map(_case, top)], [3, 4], indent=2))
    yield cells[0]
    for case, line in zip(top, cells[1:], strict=True):
        yield line
        evidence = case["evidence_zh" if language() == "zh" else "evidence"]
        yield from (f"      {part}" for part in wrap(evidence, width() - 6))


def _case(case: Row) -> list[str]:
    """One case as a row.

    >>> case = {"case_id": "ab12", "pattern": "irsf", "subject_id": "C1", "score": 0.5, "expected_loss": 1234.5,
    ...     "subjects": 3, "last_day": "2024-06-30", "status": "new"}
    >>> _case(case)
    ['ab12', 'high-cost traffic', 'C1 +2', '0.50', '1,234', '2024-06-30', 'new']
    """
    more = f" +{case['subjects'] - 1}" if case["subjects"] > 1 else ""
    return [
        case["case_id"],
        tr(_PATTERNS[case["pattern"]]),
        case["subject_id"] + more,
        f"{case['score']:.2f}",
        f"{case['expected_loss']:,.0f}",
        str(case["last_day"] or ""),
        tr(case["status"]),
    ]
