"""Options that stand on every command, declared once, and what a command is told of them.

`command` adds them to a command's own parameters; the body then gets a `Call`. A shared option that a command declares
itself (``show --format csv``) replaces the shared one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from telcli.cli._complete import months
from telcli.cli._output import Printer
from telcli.errors import UsageError
from telcli.settings.month_named import month
from telcli.settings.workdir_named import refuse_unfit

if TYPE_CHECKING:
    from telcli.pipeline.run import Request

__all__ = [
    "DEFAULT_WORKDIR",
    "SOURCES",
    "Call",
    "Force",
    "Sources",
    "Wait",
    "command",
    "setting",
]

_EVERYWHERE = "Options of every command"
_WRITING = ("wait", "force")  # they stand beside a command's own options on its help page
DEFAULT_WORKDIR = Path("work")

Workdir = Annotated[
    Path,
    typer.Option(
        "--workdir",
        "-w",
        metavar="DIR",
        envvar="TELCLI_WORKDIR",
        show_envvar=True,
        help="Working directory.",
        rich_help_panel=_EVERYWHERE,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="YYYY-MM",
        help="Snapshot month to work on; the newest where none is given.",
        autocompletion=months,
        rich_help_panel=_EVERYWHERE,
    ),
]
Format = Annotated[
    Literal["human", "json", "quiet"],
    typer.Option(
        "--format",
        case_sensitive=False,
        help="What to print: for people, one JSON object, or nothing but errors.",
        rich_help_panel=_EVERYWHERE,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet",
        "-q",
        help="Print nothing but errors, and what --format json or csv asks for.",
        rich_help_panel=_EVERYWHERE,
    ),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Tell more, and trace bugs.", rich_help_panel=_EVERYWHERE)
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", help="Seed of everything random.", rich_help_panel=_EVERYWHERE),
]
Lang = Annotated[
    Literal["en", "zh"] | None,
    typer.Option("--lang", case_sensitive=False, help="Language of screens and reports.", rich_help_panel=_EVERYWHERE),
]
Wait = Annotated[
    float,
    typer.Option(
        "--wait", metavar="SECONDS", min=0, help="Wait this long for a working directory in use.", show_default=False
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Run even where nothing has changed.")]


@dataclass(frozen=True)
class _Shared:
    """The options of every command, as Typer reads them."""

    workdir: Workdir = DEFAULT_WORKDIR
    as_of: AsOf = None
    format: Format = "human"
    quiet: Quiet = False
    verbose: Verbose = False
    seed: Seed = None
    lang: Lang = None


@dataclass(frozen=True)
class _Writing(_Shared):
    """Further ones, of every command that writes a working directory."""

    wait: Wait = 0.0
    force: Force = False


@dataclass(frozen=True)
class Call:
    """What every command is told."""

    stage: str
    workdir: Path
    as_of: date | None
    seed: int | None
    lang: str | None
    verbose: bool
    wait: float
    force: bool
    out: Printer
    further: Mapping[str, Any] = field(default_factory=dict)

    def request(
        self,
        flags: Mapping[str, Any] | None = None,
        sources: Sequence[str] = (),
        choices: Mapping[str, Any] | None = None,
    ) -> Request:
        """Put it as the pipeline wants it; `flags` are settings given on the command line, None where not given."""
        from telcli.pipeline.run import Request

        return Request(
            workdir=self.workdir,
            as_of=self.as_of,
            flags=self.flags(**(flags or {})),
            wait=self.wait,
            force=self.force,
            sources=tuple(source if "://" in source else Path(source) for source in sources),
            choices=choices or {},
            progress=self.out.progress,
        )

    def given(self) -> list[str]:
        """The options that change what a stage depends on, as they were typed."""
        month = ["--as-of", f"{self.as_of:%Y-%m}"] if self.as_of else []
        return month + (["--seed", str(self.seed)] if self.seed is not None else [])

    def refuse_month(self) -> None:
        """Refuse --as-of where every month is worked on, so that a month named would change nothing.

        Raises
        ------
        UsageError
            It was given.
        """
        if self.as_of:
            raise UsageError(
                "as-of-unused",
                "telcli {command} works on every month: --as-of {month} would change nothing.",
                hint="Leave --as-of out.",
                command=self.stage,
                month=f"{self.as_of:%Y-%m}",
            )

    def flags(self, **own: Any) -> dict[str, Any]:
        """Settings given on the command line: the command's own and the shared ones."""
        return {**own, **self.further, "seed": self.seed, "lang": self.lang}


def command(
    *, writes: bool = False, further: Mapping[str, Any] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command of a body that takes a `Call` and its own options; `writes` adds --wait and --force.

    `further` are options by the settings that they give, which the call carries past the body.
    """
    beside = (*(further or {}), *_WRITING)

    def made(body: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(body, eval_str=True).parameters.values())[1:]
        shared = _parameters(_Writing if writes else _Shared, further or {})
        shared_names = {item.name for item in shared}
        mine = [item.name for item in own if item.name not in shared_names]

        def run(**given: Any) -> None:
            words = {name: given.pop(name) for name in list(given) if name not in mine}
            call = _call(body.__name__.replace("_", "-"), words, further or {})
            with call.out:
                if writes:
                    call.out.begin()
                body(call, **given)

        own_names = {item.name for item in own}
        rest = [item for item in shared if item.name not in own_names]
        ordered = [*own, *[item for item in rest if item.name in beside]]
        ordered += [item for item in rest if item.name not in beside]
        run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [item.replace(kind=inspect.Parameter.KEYWORD_ONLY) for item in ordered]
        )
        run.__doc__, run.__name__ = body.__doc__, body.__name__
        return run

    return made


def _parameters(shared: type[_Shared], further: Mapping[str, Any]) -> list[inspect.Parameter]:
    hints = inspect.get_annotations(_Shared, eval_str=True) | inspect.get_annotations(shared, eval_str=True)
    kinds: dict[str, tuple[Any, Any]] = {name: (None, kind) for name, kind in further.items()}
    kinds |= {item.name: (item.default, hints[item.name]) for item in fields(shared)}
    return [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (default, kind) in kinds.items()
    ]


def _call(stage: str, words: Mapping[str, Any], further: Mapping[str, Any]) -> Call:
    refuse_unfit(words["workdir"])
    return Call(
        stage=stage,
        workdir=words["workdir"],
        as_of=month(words["as_of"]),
        seed=words["seed"],
        lang=words["lang"],
        verbose=words["verbose"],
        wait=words.get("wait", 0.0),
        force=words.get("force", False),
        out=Printer(stage, _form(words["format"], words["quiet"]), verbose=words["verbose"]),
        further={name: words[name] for name in further},
    )


def _form(form: str, quiet: bool) -> str:
    """What to print: -q silences talk alone, not the data that --format asks for.

    >>> _form("human", True), _form("json", True)
    ('quiet', 'json')
    """
    return "quiet" if quiet and form == "human" else form


def setting(section: str, name: str, *declared: str, metavar: str | None = None) -> Any:
    """An option that stands for a setting: help, unit and default come from where the setting is declared.

    >>> setting("segment", "n_segments", "--n-segments").help
    'Number of segments; 0 chooses it.'
    """
    from telcli.settings import SECTIONS

    item = next(one for one in fields(SECTIONS[section]) if one.name == name)
    about = item.metadata
    choices = "|".join(about["choices"])
    default = str(item.default) if item.default != "" else False
    return typer.Option(
        *declared,
        case_sensitive=False,
        metavar=metavar
        or choices
        or {"share": "SHARE", "months": "MONTHS", "currency": "MONEY"}.get(about["unit"], "N"),
        help=about["meaning"],
        show_default=default,
    )


SOURCES = typer.Argument(
    metavar="SOURCES", help="Raw extracts: files, directories, addresses of databases.", show_default=False
)
Sources = Annotated[list[str] | None, SOURCES]
