"""What `ingest` and `run` both take: extracts, how their columns are named, and how many bad rows are too many."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from telcli.cli._options import setting
from telcli.cli._words import tr
from telcli.errors import DataError, UsageError

if TYPE_CHECKING:
    from telcli.pipeline.run import StageRun

__all__ = [
    "ChurnedWhen",
    "Late",
    "Linkage",
    "Map",
    "MappingFile",
    "MaxRejects",
    "Restate",
    "WriteMapping",
    "flags",
    "refuse",
    "try_writing",
    "words",
    "write_mapping",
]

Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="NAME=COLUMN",
        help="Take a column of the extract for a name of telcli's; repeats. customer_id=@row numbers the rows.",
    ),
]
MappingFile = Annotated[Path | None, typer.Option("--mapping", metavar="FILE", help="Mapping written earlier.")]
WriteMapping = Annotated[
    Path | None, typer.Option("--write-mapping", metavar="FILE", help="Write down the mapping used, for cron.")
]
ChurnedWhen = Annotated[str | None, setting("ingest", "churned_when", "--churned-when", metavar="VALUE")]
Linkage = Annotated[Literal["off", "on"] | None, setting("ingest", "linkage", "--linkage")]
Restate = Annotated[
    bool,
    typer.Option("--restate", help="Let these extracts replace what is held of their months, closed ones too."),
]
Late = Annotated[
    bool,
    typer.Option("--late", help="Add rows of closed months that come late to what is held; change none of it."),
]
_TO_EDIT = "# A file without header, whose values do not tell enough: where | stands, leave the one that is right."
MaxRejects = Annotated[str | None, setting("ingest", "max_reject_share", "--max-rejects", metavar="SHARE")]


def flags(churned_when: str | None, max_rejects: str | None, linkage: str | None = None) -> dict[str, Any]:
    """Settings of ingest as given on the command line."""
    return {"churned_when": churned_when, "max_reject_share": share(max_rejects), "linkage": linkage}


def refuse(**given: Any) -> None:
    """Refuse options of ingest where there is nothing to ingest.

    Raises
    ------
    UsageError
        One of them was given.
    """
    for name, value in given.items():
        if value is not None:
            raise UsageError(
                "sources-missing",
                "{option} says how extracts are read, and none is named.",
                hint="Name them: telcli run SOURCES... {option} ...",
                option=f"--{name.replace('_', '-')}",
            )


def share(given: str | None) -> float | None:
    """Read a share, written as 0.01 or 1%.

    >>> share("1%"), share("0.25")
    (0.01, 0.25)
    """
    if given is None:
        return None
    text = given.strip()
    try:
        return float(text[:-1]) / 100 if text.endswith(("%", "％")) else float(text)
    except ValueError:
        raise UsageError(
            "share-invalid",
            "--max-rejects must be a share such as 0.01 or 1%, not {value}.",
            hint="See: telcli help data",
            value=repr(given),
        ) from None


def words(
    given: Sequence[str] | None, file: Path | None, *, restate: bool = False, late: bool = False
) -> dict[str, Any]:
    """What ingest is told beside settings: what --map says, by name, what a mapping file says, --restate and --late.

    >>> words(["customer_id=id", "customer_id=cust_no", "churned=Churn"], None)
    {'map': {'customer_id': ['id', 'cust_no'], 'churned': ['Churn']}}
    """
    from telcli.api.intake import words as put

    named: dict[str, list[str]] = {}
    for name, column in map(_pair, given or ()):
        named.setdefault(name, []).append(column)
    return put(named, file, restate=restate, late=late)


def _pair(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals or not name.strip() or not column.strip():
        raise UsageError(
            "map-invalid",
            "--map must be NAME=COLUMN, such as customer_id=customerID, not {value}.",
            hint="Have all headers written down with: telcli ingest SOURCES... --write-mapping mapping.toml",
            value=repr(text),
        )
    return name.strip(), column.strip()


def try_writing(file: Path | None) -> None:
    """Find out that a mapping cannot be written before anything has run.

    Raises
    ------
    UsageError
        The file cannot be written.
    """
    if file is None or _stream(file):
        return
    from telcli.io.scratch import scratch

    try:
        if file.exists():
            file.open("ab").close()
        with scratch(file.resolve().parent):
            pass
    except OSError as error:
        raise UsageError(
            "mapping-unwritable",
            "The mapping cannot be written to {file}: {why}.",
            hint="Name a file in a directory that exists and that you may write to; nothing was run.",
            file=str(file),
            why=error.strerror or type(error).__name__,
        ) from None


def write_mapping(file: Path | None, work: Callable[[], list[StageRun]]) -> list[StageRun]:
    """Do the work, and write down what each column was taken for, in the form that --mapping reads.

    Where it fails for columns that nothing tells, what can be said of them is written down, to be edited.
    """
    try:
        runs = work()
    except DataError as error:
        if file is not None and "proposed" in error.values:
            _write(file, [tr(_TO_EDIT), *_source_lines(error.values["proposed"])])
        raise
    if file is not None:
        _write(file, _mapping_lines(runs[0].metrics))
    return runs


def _stream(file: Path) -> bool:
    """Whether it is a pipe or a terminal, which no file can take the place of."""
    return file.exists() and not file.is_file() and not file.is_dir()


def _write(file: Path, lines: Sequence[str]) -> None:
    from telcli.pipeline.whole_file import whole_file

    text = "\n".join(lines) + "\n"
    if _stream(file):
        file.write_text(text, encoding="utf-8")
        return
    with whole_file(file) as part:
        part.write_text(text, encoding="utf-8")


def _mapping_lines(metrics: Mapping[str, Any]) -> list[str]:
    lines = [
        tr("# What each column of each extract was taken for. Use it with: telcli ingest SOURCES... --mapping FILE")
    ]
    for source in metrics["mapping"]["source"]:
        lines += _source_lines(source)
    for source in metrics.get("proposed", ()):
        lines += ["", tr(_TO_EDIT), *("# " + line for line in _source_lines(source) if line)]
    return lines


def _source_lines(source: Mapping[str, Any]) -> list[str]:
    """In an order of their own, whether a run has just told them or its record does, which sorts by name."""
    lines = ["", "[[source]]"]
    told = sorted(source.items(), key=lambda item: (item[0] != "file", item[0] != "table", item[0]))
    lines += [f"{name} = {_toml(value)}" for name, value in told if not isinstance(value, Mapping)]
    for name, body in told:
        if isinstance(body, Mapping):
            lines += [f"[source.{name}]", *(f"{_toml(key)} = {_toml(body[key])}" for key in sorted(body))]
    return lines


def _toml(value: Any) -> str:
    """A text, number, list or inline table; a JSON string is a TOML one too."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(key)} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
