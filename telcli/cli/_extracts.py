"""What `telcli simulate` is asked for, and how its result is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from telcli.cli._words import tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.pipeline.simulate import SimulateResult

__all__ = ["settle", "tell"]


def settle(call: Call, **flags: Any) -> tuple[Any, int]:
    """Settings of the simulation, and its seed; --as-of names the last month."""
    from telcli.api.making import simulation

    return simulation(call.workdir, flags, call.flags(), call.as_of)


def tell(call: Call, made: SimulateResult) -> None:
    """Print what was written."""
    outputs = [{"table": name, "path": str(made.directory / name), "rows": rows} for name, rows in made.files.items()]

    def human() -> Iterator[str]:
        for output in outputs:
            yield f"  {output['rows']:>12,}  {output['path']}"
        yield tr(
            "{n} customers. Next: telcli run {directory} -w DIR", n=f"{made.customers:,}", directory=made.directory
        )

    metrics = {"customers": made.customers, "rows": made.rows, "planted": made.planted}
    call.out.result(human, as_of=call.as_of, outputs=outputs, metrics=metrics)
