"""What a stage gave, for a notebook: its tables, figures and warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from telcli.errors import Notice
    from telcli.pipeline.run import Output, StageRun

__all__ = ["Result", "Results"]


@dataclass(frozen=True, repr=False)
class Result:
    """What one stage gave, or, when `skipped`, had given before from the same inputs, settings and seed.

    Parameters
    ----------
    stage : its name, as the command has it.
    workdir : the working directory.
    as_of : first day of the snapshot month; None of stages that cover every month.
    outputs : of each table or file its name (`table`), `path` and `rows`.
    metrics : figures by name, as ``--format json`` has them.
    warnings : what does not stop the work; each has a `code` and a `message`.
    """

    stage: str
    workdir: Path
    as_of: date | None
    outputs: tuple[Output, ...]
    metrics: Mapping[str, Any]
    warnings: tuple[Notice, ...]
    skipped: bool

    @classmethod
    def of(cls, run: StageRun, workdir: Path) -> Result:
        """From what the pipeline tells of a run."""
        return cls(run.stage, workdir, run.as_of, run.outputs, run.metrics, run.notices, run.skipped)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables."""
        from telcli.tables import NAMES

        return tuple(output.table for output in self.outputs if output.table in NAMES)

    @property
    def files(self) -> tuple[Path, ...]:
        """What was written for readers: pages, workbooks, models."""
        return tuple(Path(output.path) for output in self.outputs if output.table not in self.tables)

    def scan(self, table: str) -> pl.LazyFrame:
        """A table as it stands now, of this result's month where it has one; read when it is collected.

        Raises
        ------
        UsageError
            There is no table of that name.
        MissingInputError
            It has not been made.
        """
        from telcli.api.asking import explained
        from telcli.pipeline.show import read
        from telcli.tables import PARTITIONS

        with explained():
            return read(self.workdir, table, self.as_of if PARTITIONS.get(table) == "as_of" else None).frame

    def table(self, table: str) -> pl.DataFrame:
        """The rows of a table: see `scan`."""
        return self.scan(table).collect()

    def __repr__(self) -> str:
        lines = [self._title()]
        lines += [f"  {output.rows:>11,}  {output.table}" for output in self.outputs if output.table in self.tables]
        lines += [f"  {path}" for path in self.files]
        lines += [f"  Warning: {notice.message}" for notice in self.warnings]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """A small table of what it gave, for a notebook."""
        kept = [output for output in self.outputs if output.table in self.tables]
        body = [_row(output.table, f"{output.rows:,} rows") for output in kept]
        body += [_row("file", str(path)) for path in self.files]
        body += [_row(name, _figure(value)) for name, value in self.metrics.items() if isinstance(value, int | float)]
        body += [_row("warning", notice.message) for notice in self.warnings]
        return f"<table><caption>{escape(self._title())}</caption><tbody>{''.join(body)}</tbody></table>"

    def _title(self) -> str:
        month = f" {self.as_of:%Y-%m}" if self.as_of else ""
        return f"{self.stage}{month}: {'up to date' if self.skipped else 'done'}"


def _row(name: str, value: str) -> str:
    return f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"


def _figure(value: float) -> str:
    """A figure in few digits.

    >>> _figure(0.123456), _figure(1234), _figure(True)
    ('0.1235', '1,234', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


class Results(Mapping[str, Result]):
    """What several stages gave, by stage, in the order in which they ran."""

    def __init__(self, results: Mapping[str, Result]) -> None:
        self._results = dict(results)

    def __getitem__(self, stage: str) -> Result:
        return self._results[stage]

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)

    @property
    def as_of(self) -> date | None:
        """The snapshot month of the last stage that has one."""
        return next((one.as_of for one in reversed(self._results.values()) if one.as_of), None)

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Of all stages: see `Result`."""
        return tuple(output for one in self.values() for output in one.outputs)

    @property
    def metrics(self) -> dict[str, Mapping[str, Any]]:
        """Figures by stage."""
        return {stage: one.metrics for stage, one in self.items()}

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """Of all stages."""
        return tuple(notice for one in self.values() for notice in one.warnings)

    @property
    def files(self) -> tuple[Path, ...]:
        """What was written for readers by all of them."""
        return tuple(path for one in self.values() for path in one.files)

    def scan(self, table: str) -> pl.LazyFrame:
        """A table of the stage that made it; of any other stage as the last one would find it."""
        made = [one for one in self.values() if table in one.tables] or list(self.values())
        return made[-1].scan(table)

    def table(self, table: str) -> pl.DataFrame:
        """The rows of a table: see `scan`."""
        return self.scan(table).collect()

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.values()))

    def _repr_html_(self) -> str:
        """The tables of all stages, one under the other."""
        return "".join(one._repr_html_() for one in self.values())
