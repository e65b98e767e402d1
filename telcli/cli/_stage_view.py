"""How one stage's run looks on the screen: what it published, its headline figures, what an extract was mapped to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._churn_costs_view import costed
from telcli.cli._churn_view import labelled, modelled
from telcli.cli._errors import explain
from telcli.cli._headlines import headlines, width
from telcli.cli._help import pack, wrap
from telcli.cli._offers_view import offered
from telcli.cli._outcomes_view import reported
from telcli.cli._output import error_body
from telcli.cli._plan_view import planned
from telcli.cli._refused import refused
from telcli.cli._value_view import next_step, scored
from telcli.cli._words import language, tr
from telcli.pipeline.dropped import GONE
from telcli.tables import NAMES

if TYPE_CHECKING:
    from telcli.cli._output import Printer
    from telcli.errors import TelcliError
    from telcli.pipeline.run import StageRun

__all__ = ["failed", "payload", "row_count", "tell", "title", "view"]

_FEW = 3
"""Files of a folder that are named each."""
EVIDENCE = {
    "told": "as told",
    "pinned": "pinned",
    "word": "by word",
    "part": "by word and unit",
    "values": "by values",
    "weak": "by a word of many uses",
    "assumed": "assumed",
}
"""What the meaning of a column rests on, in words; a name of telcli's own needs none."""


def tell(out: Printer, run: StageRun, failure: TelcliError | None = None, stale: Sequence[str] = ()) -> None:
    """Print one stage's run as a command's whole result; the JSON says too which threshold it failed.

    `stale` are stages whose results it read and that would run again.
    """
    out.result(lambda: _alone(run, stale, verbose=out.verbose), notices=run.notices, **payload(run), **failed(failure))
    out.urge([notice for notice in run.notices if notice.code in GONE])


def _alone(run: StageRun, stale: Sequence[str], *, verbose: bool) -> Iterator[Any]:
    """The lines of a stage that was run alone."""
    yield from view(run, verbose=verbose)
    for stage in stale:
        said = tr("The results of telcli {stage} are out of date: run it first (telcli status says why).", stage=stage)
        yield from ("  " + line for line in wrap(said, shutil.get_terminal_size((80, 24)).columns - 4))
    yield from next_step(run) if run.stage == "score-value" else ()


def payload(run: StageRun) -> dict[str, Any]:
    """What the JSON of a stage holds beside its name and warnings."""
    return {
        "as_of": run.as_of,
        "outputs": run.outputs,
        "metrics": run.metrics,
        "skipped": run.skipped,
        "rows_in": run.rows_in,
        "rejected": run.rejected,
        "duplicates": run.duplicates,
    }


def failed(failure: TelcliError | None) -> dict[str, Any]:
    """What the JSON says beside of a threshold that was crossed."""
    return {"error": error_body(explain(failure))} if failure else {}


def title(run: StageRun) -> Any:
    """The first line: stage, month, and whether there was anything to do."""
    from rich.text import Text

    head = Text(run.stage, style="bold")
    head.append(f"  {run.as_of:%Y-%m}" if run.as_of else "", style="not bold")
    head.append("  " + tr("up to date") if run.skipped else "", style="not bold green")
    return head


def view(run: StageRun, *, verbose: bool = False) -> Iterator[Any]:
    """The lines of one stage."""
    yield title(run)
    if run.stage == "ingest":
        yield from _sources(run.metrics.get("sources", ()))
    yield from _outputs(run, verbose=verbose)
    if run.stage == "ingest":
        yield from refused(run.metrics, limit=None if verbose else 10)
    yield from labelled(run.metrics, verbose=verbose) if run.stage == "predict-churn" else ()
    yield from headlines(run)
    yield from modelled(run.metrics) if run.stage == "predict-churn" else ()
    yield from costed(run.metrics, verbose=verbose) if run.stage == "predict-churn" else ()
    yield from reported(run.metrics, verbose=verbose) if run.stage == "import-outcomes" else ()
    yield from _because(run.metrics if run.stage == "segment" else {})
    yield from scored(run, verbose=verbose) if run.stage == "score-value" else ()
    yield from planned(run.metrics, verbose=verbose) if run.stage == "plan-retention" else ()
    yield from offered(run.metrics) if run.stage == "recommend-offers" else ()
    yield from _names(run.metrics.get("names"))
    yield from _drifted(run.metrics.get("between_months", run.metrics) if verbose else None)
    yield from _disagreement(run.metrics.get("disagreement", ()))
    if verbose:
        yield from (f"  {name} = {value}" for name, value in _flat(run.metrics) if run.stage != "ingest")


def _outputs(run: StageRun, *, verbose: bool) -> Iterator[str]:
    """A table to a line, files after them; of score-value's many the one that matters, the others by name."""
    brief = run.stage == "score-value" and not verbose
    tables = [output for output in run.outputs if output.table in NAMES]
    wide = max((len(output.table) for output in tables), default=0)
    first = [output for output in tables if not brief or output.table == "value_scores"]
    for output in first:
        place = f"  {output.path}" if verbose else ""
        yield f"  {output.table:<{max(wide, 18)}}{row_count(output.rows):>16}{place}"
    yield from _listed("and", [output.table for output in tables if output not in first])
    yield from _files([output.path for output in run.outputs if output.table not in NAMES], verbose=verbose)


def _files(paths: Sequence[str], *, verbose: bool) -> Iterator[str]:
    """A file to a line; of many in one folder how many there are."""
    folders = {path.rpartition("/")[0] for path in paths}
    for folder in sorted(folders):
        inside = [path for path in paths if path.rpartition("/")[0] == folder]
        many = len(inside) > _FEW and not verbose
        said = [tr("{n} files in {folder}", n=f"{len(inside):,}", folder=folder)] if many else inside
        yield from (f"  {line}" for line in said)


def _because(metrics: Mapping[str, Any]) -> Iterator[str]:
    """Why there are so many segments."""
    reason = metrics.get("criterion_zh" if language() == "zh" else "criterion")
    if reason:
        yield from ("    " + line for line in wrap(reason, width() - 4))


def row_count(rows: int) -> str:
    """How many rows, in words.

    >>> row_count(1), row_count(1234)
    ('1 row', '1,234 rows')
    """
    return tr("1 row") if rows == 1 else tr("{n} rows", n=f"{rows:,}")


def _flat(metrics: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        elif not isinstance(value, list):
            yield before + name, value


def _sources(sources: Any) -> Iterator[str]:
    """What was read of each extract, and what each of its columns was taken for."""
    for source in sources:
        counts = tr(
            "{read} rows read, {kept} kept, {rejected} rejected",
            read=f"{source['rows_read']:,}",
            kept=f"{source['rows_kept']:,}",
            rejected=f"{source['rows_rejected']:,}",
        )
        if source.get("rows_duplicate"):
            counts += tr(", {n} copies dropped", n=f"{source['rows_duplicate']:,}")
        table = source["table"] + _sure(source.get("confidence"))
        yield f"  {source['source']} → {table}  {counts}  ({source['encoding']})"
        pairs = source["mapped"].items()
        renamed = [f"{theirs} → {ours}{_why(source, ours)}" for ours, theirs in pairs if ours != theirs]
        yield from _listed("mapped", renamed)
        yield from _listed("taken as named", [ours + _why(source, ours) for ours, theirs in pairs if ours == theirs])
        yield from _listed("could be something else", _rivals(source))
        yield from _listed("kept as attributes", _attributes(source))


def _sure(confidence: float | None) -> str:
    """How sure a meaning is, behind it."""
    return "" if confidence is None else f" {confidence:.2f}"


def _why(source: Mapping[str, Any], ours: str) -> str:
    """How sure the meaning of one column is, and what it rests on."""
    sure, how = source.get("confidence_by_column", {}).get(ours), source.get("evidence_by_column", {}).get(ours, "")
    return "" if sure is None else f" ({tr(EVIDENCE[how]) + ' ' if how in EVIDENCE else ''}{sure:.2f})"


def _attributes(source: Mapping[str, Any]) -> list[str]:
    """Headers kept as attributes, with the unit of those whose unit is known."""
    units = dict(
        zip(
            source["unmapped"],
            (source.get("units", {}).get(name) for name in source.get("attributes", ())),
            strict=False,
        )
    )
    return [f"{header} ({units[header]})" if units.get(header) else header for header in source["unmapped"]]


def _rivals(source: Mapping[str, Any]) -> list[str]:
    """What else the table could be, and which other headers or places would fit a column."""
    found = [f"{source['source']} → {table}" for table in source.get("rivals", ())]
    for ours, rivals in source.get("rivals_by_column", {}).items():
        found.append(f"{source['mapped'][ours]} → {ours} ({tr('or')} {', '.join(rivals)})")
    return found


def _names(names: Mapping[str, Any] | None) -> Iterator[str]:
    """Which segments carry on, which are new and which are gone."""
    if names:
        yield "  " + tr("compared with {month}", month=names["before"])
        for title, which in (("names kept", "kept"), ("new names", "new"), ("names gone", "gone")):
            yield from _listed(title, names[f"{which}_zh" if language() == "zh" else which], tr("; "))


def _drifted(between: Mapping[str, Any] | None) -> Iterator[str]:
    """Columns whose distribution is not what it was in the month before."""
    found = [f"{one['column']} (PSI {one['psi']:.2f})" for one in (between or {}).get("drifted", ())]
    yield from _listed("columns that moved", found)


def _disagreement(rates: Any) -> Iterator[str]:
    """For each pair of sources, on what share of their common customers they disagree, by attribute."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for rate in rates:
        told = tr(
            "{attribute} {share} of {n}",
            attribute=rate["attribute"],
            share=f"{rate['share']:.1%}",
            n=f"{rate['customers']:,}",
        )
        pairs.setdefault((rate["source"], rate["other"]), []).append(told)
    for (one, other), told_of in pairs.items():
        yield from _listed(tr("disagreement {one} ~ {other}", one=one, other=other), told_of)


def _listed(title: str, names: Sequence[str], between: str = ", ") -> Iterator[str]:
    """A title and names, packed into lines under each other."""
    if names:
        first, *rest = pack([tr(title) + tr(": ") + names[0], *names[1:]], between, width() - 6)
        yield f"    {first}"
        yield from (f"      {line}" for line in rest)
