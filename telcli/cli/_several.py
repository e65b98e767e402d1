"""Commands that run several stages: each is shown as it ends, and the JSON holds them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from telcli.cli._errors import ToldError, explain
from telcli.cli._output import error_body, month_name, warnings
from telcli.cli._stage_view import payload, title, view
from telcli.pipeline.dropped import GONE

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.errors import TelcliError
    from telcli.pipeline.run import StageRun

__all__ = ["Failed", "Told", "tell_all"]

Told = Callable[["StageRun"], None]
Failed = Callable[[str, "TelcliError"], None]


def tell_all(
    call: Call,
    work: Callable[[Told, Failed], list[StageRun]],
    ending: Callable[[list[StageRun]], Iterable[Any]] = lambda runs: (),
) -> None:
    """Run, showing each stage as it ends, then `ending`; with --format json, one object for all.

    Raises
    ------
    ToldError
        A stage could not do its work; the others' results have been told.
    """
    out = call.out
    failures: list[tuple[str, TelcliError]] = []

    def told(run: StageRun) -> None:
        brief = run.skipped and not out.verbose
        out.show([title(run)] if brief else view(run, verbose=out.verbose))
        out.warn(() if brief else run.notices)
        out.urge([notice for notice in run.notices if notice.code in GONE])
        out.begin()

    def failed(stage: str, error: TelcliError) -> None:
        out.warn_of(stage, explain(error))
        failures.append((stage, error))
        out.begin()

    runs = work(told, failed)
    if out.form == "json":
        _tell_json(call, runs, failures)
    out.show(ending(runs))
    if failures:
        raise ToldError(failures[0][1])


def _tell_json(call: Call, runs: list[StageRun], failures: list[tuple[str, TelcliError]]) -> None:
    last = [run.as_of for run in runs if run.as_of]
    found = [{"stage": stage, "error": error_body(explain(error))} for stage, error in failures]
    more: dict[str, Any] = {"error": found[0]["error"], "failed": found} if found else {}
    call.out.result(
        tuple,
        as_of=last[-1] if last else call.as_of,
        outputs=[output for run in runs for output in run.outputs],
        metrics=_metrics(call.stage, runs),
        notices=[notice for run in runs for notice in run.notices],
        stages=[
            {"stage": run.stage, **payload(run), "as_of": month_name(run.as_of), "warnings": warnings(run.notices)}
            for run in runs
        ],
        **more,
    )


def _metrics(command: str, runs: list[StageRun]) -> dict[str, Any]:
    """The metrics of the stage that the command is named after, and those of the others under their names."""
    others = {run.stage: run.metrics for run in runs if run.stage != command}
    own = next((run.metrics for run in runs if run.stage == command), {})
    return {**others, **own}
