"""The app: a Typer group that imports a command when it is called, not before."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup

from telcli.cli import COMMANDS, PANELS
from telcli.cli._words import tr

__all__ = ["PlainCommand", "WalkGroup", "root"]

_HELP = ["-h", "--help"]
_TAIL = (
    "Each command has its own page: telcli COMMAND --help; more to read: telcli help. Without a command telcli tells "
    "where the work stands, and what to run next. Start with: telcli run SOURCES... -w work"
)


class PlainCommand(TyperCommand):
    """A command whose help page is plain text in the language in use."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page: usage, what it does, its own arguments and options, then those of every command."""
        from telcli.cli._help import arguments, page, parameter_rows

        panels = parameter_rows(self.get_params(ctx), ctx)
        usage = " ".join([ctx.command_path, *arguments(self.params), tr("[OPTIONS]")])
        formatter.write(page(usage, self.help or "", list(panels.items()), self.epilog or ""))


class WalkGroup(TyperGroup):
    """The commands by name, in walk order."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command's name."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one command and build it."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        body = getattr(import_module(f"telcli.cli.{name}"), name)
        settings = {"help_option_names": _HELP}
        app.command(cmd_name, cls=PlainCommand, short_help=tr(COMMANDS[cmd_name]), context_settings=settings)(body)
        return typer.main.get_command(app)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page of telcli itself; it imports no command."""
        from telcli.cli._help import page, parameter_rows

        sections: list[Any] = [(title, [(n, tr(t)) for n, t in rows.items()]) for title, rows in PANELS.items()]
        sections += parameter_rows(self.get_params(ctx), ctx).items()
        formatter.write(page(tr("telcli COMMAND [OPTIONS]"), self.help or "", sections, _TAIL))


def _version(asked: bool) -> None:
    if asked:
        from telcli import __version__

        typer.echo(f"telcli {__version__}")
        raise typer.Exit


def _start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    workdir: Annotated[
        Path | None,
        typer.Option("--workdir", "-w", metavar="DIR", help="Without a command: tell where the work in it stands."),
    ] = None,
    form: Annotated[
        Literal["human", "json", "quiet"] | None,
        typer.Option("--format", case_sensitive=False, help="Without a command: what to print of it."),
    ] = None,
    lang: Annotated[
        Literal["en", "zh"] | None, typer.Option("--lang", case_sensitive=False, help="Language of this page.")
    ] = None,
) -> None:
    """Customer analytics for telecom operators: from raw extracts to segments, value, churn and a report."""
    if context.invoked_subcommand is None:
        from telcli.cli._start import begin

        begin(workdir, form or "human")
        return
    for option, given in (("-w", workdir), ("--format", form), ("--lang", lang)):
        if given is not None:
            from telcli.cli._errors import before_command

            raise before_command(option)


def root() -> Any:
    """Build the group."""
    app = typer.Typer(
        cls=WalkGroup,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
        context_settings={"help_option_names": _HELP},
    )
    app.callback()(_start)
    return typer.main.get_command(app)
