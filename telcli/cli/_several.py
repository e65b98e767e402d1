"""Commands that run several stages: each is shown as it ends, and the JSON holds them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from telcli.cli._output import month_name, warnings
from telcli.cli._stage_view import payload, title, view

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.pipeline.run import StageRun

__all__ = ["tell_all"]


def tell_all(
    call: Call,
    work: Callable[[Callable[[StageRun], None]], list[StageRun]],
    ending: Callable[[list[StageRun]], Iterable[Any]] = lambda runs: (),
) -> list[StageRun]:
    """Run, showing each stage as it ends, then `ending`; with --format json, one object for all."""
    out = call.out

    def told(run: StageRun) -> None:
        brief = run.skipped and not out.verbose
        out.show([title(run)] if brief else view(run, verbose=out.verbose))
        out.warn(() if brief else run.notices)
        out.begin()

    runs = work(told)
    if out.form == "json":
        last = [run.as_of for run in runs if run.as_of]
        out.result(
            tuple,
            as_of=last[-1] if last else call.as_of,
            outputs=[output for run in runs for output in run.outputs],
            metrics=_metrics(call.stage, runs),
            notices=[notice for run in runs for notice in run.notices],
            stages=[
                {"stage": run.stage, **payload(run), "as_of": month_name(run.as_of), "warnings": warnings(run.notices)}
                for run in runs
            ],
        )
    out.show(ending(runs))
    return runs


def _metrics(command: str, runs: list[StageRun]) -> dict[str, Any]:
    """The metrics of the stage that the command is named after, and those of the others under their names."""
    others = {run.stage: run.metrics for run in runs if run.stage != command}
    own = next((run.metrics for run in runs if run.stage == command), {})
    return {**others, **own}
