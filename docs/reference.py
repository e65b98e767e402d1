"""The reference pages of the guide, made from the code: nothing in them is written twice.

`pages()` gives Markdown by path; `docs/hooks.py` puts it into the site, and `tests/test_docs.py` asks that nothing
lacks. Only telcli is imported here, so that the pages can be made and tested where mkdocs is not installed.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Any

from as_markdown import plain, table
from reference_codes import exit_codes, messages, methods

from telcli.cli import COMMANDS, PANELS, _words
from telcli.cli._group import root
from telcli.cli._help import parameter_rows
from telcli.pipeline.catalog import STAGES
from telcli.settings import SECTIONS
from telcli.settings.resolving import _variable as variable_of
from telcli.tables import NAMES, contract, metric_dictionary


def pages() -> dict[str, str]:
    """Every page that is made from the code, as Markdown by its path under docs/."""
    return {
        "reference/commands.md": commands(),
        "reference/settings.md": settings(),
        "reference/metrics.md": metrics(),
        "reference/exit-codes.md": exit_codes(),
        "reference/messages.md": messages(),
        "reference/methods.md": methods(),
        **tables(),
    }


def commands() -> str:
    """Every command with its arguments and options, each in both languages."""
    group = root()
    context = group.make_context("telcli", ["status"], resilient_parsing=True)
    built = {name: group.get_command(context, name) for name in COMMANDS}
    shared = [one for one in built["status"].params if getattr(one, "rich_help_panel", None) and not one.hidden]
    lines = [
        "# Commands",
        "",
        "Made from the code: every command, argument, option, default and variable, with the words that",
        "`--help` says in English and `--lang zh` in Chinese.",
        "",
        "## Options of every command",
        "",
        *_options(shared, "general", context),
    ]
    names = {one.name for one in shared}
    for title, panel in PANELS.items():
        lines += ["", f"## {title}", "", f"*{_zh(title)}*"]
        for name in panel:
            own = [one for one in built[name].params if (one.name not in names or one not in shared) and not one.hidden]
            own = [one for one in own if not getattr(one, "rich_help_panel", None)]
            lines += ["", f"### telcli {name}", "", *_said(built[name].help or "")]
            lines += ["", *_options(own, name, context)] if own else []
    return "\n".join([*lines, ""])


def _said(text: str) -> Iterator[str]:
    """A help text in English, then in Chinese."""
    paragraphs = [" ".join(line.strip() for line in part.splitlines()) for part in text.split("\n\n")]
    for paragraph in paragraphs:
        yield from (_linked(paragraph), "")
    for paragraph in paragraphs:
        yield from (_linked(_zh(paragraph)), "")


def _linked(text: str) -> str:
    """Pages that a help text names, as links."""
    return re.sub(r"docs/([\w-]+)\.md", r"[docs/\1.md](../\1.md)", plain(text))


def _options(parameters: Iterable[Any], section: str, context: Any) -> list[str]:
    rows = []
    for one in parameters:
        default = one.show_default if isinstance(one.show_default, str) else one.default
        shown = default not in (None, "", False, (), []) and one.show_default and not callable(default)
        below = [f"default `{default}`" if shown else "", _variable(one, section)]
        name = "<br>".join([f"`{_called(one, context)}`", *[part for part in below if part]])
        rows.append([name, _linked(one.help or ""), _linked(_zh(one.help or ""))])
    return table(["option, default, environment", "meaning", "中文"], rows)


def _called(parameter: Any, context: Any) -> str:
    """How an option or argument is written, as on the help page."""
    rows = next(iter(parameter_rows([parameter], context).values()))
    return str(rows[0][0]).strip()


def _variable(parameter: Any, section: str) -> str:
    """The environment variable that stands for an option, where there is one."""
    if parameter.envvar:
        return f"`{parameter.envvar}`"
    for place in (section, "general"):
        if place in SECTIONS and parameter.name in {item.name for item in dataclasses.fields(SECTIONS[place])}:
            return f"`{variable_of(place, parameter.name)}`"
    return ""


def settings() -> str:
    """Every setting of every section."""
    lines = [
        "# Settings",
        "",
        "Made from the code. A value comes from the command line, else the environment, else `telcli.toml` (the",
        "one that `TELCLI_CONFIG` names, in the current directory, or in the working directory), else its",
        "default. `telcli init` writes a commented `telcli.toml`; `telcli config` shows what is in force and",
        "where it came from.",
        "",
        "Tables of your own words, groups, indicators, KPIs and offers stand beside these: see [your own words and",
        "rules](../howto/own-words.md).",
    ]
    for section, declared in SECTIONS.items():
        about = (declared.__doc__ or "").strip().splitlines()[0]
        lines += ["", f"## [{section}]", "", plain(about), ""]
        rows = [
            [
                f"`{item.name}`<br>`{variable_of(section, item.name)}`",
                "<br>".join(
                    part
                    for part in (f"`{item.default}`" if item.default != "" else "", _allowed(item.metadata))
                    if part
                ),
                plain(item.metadata["meaning"]),
                plain(item.metadata["zh"]),
            ]
            for item in dataclasses.fields(declared)
        ]
        lines += table(["setting, environment", "default; unit, range", "meaning", "中文"], rows)
    return "\n".join([*lines, ""])


def _allowed(about: Any) -> str:
    """Unit and allowed values of a setting."""
    if about["choices"]:
        return ", ".join(about["choices"])
    low, high = about["low"], about["high"]
    limits = "" if low is None else (f"{low} to {high}" if high is not None else f"{low} or more")
    return " ".join(word for word in (limits, about["unit"]) if word)


def metrics() -> str:
    """Every metric with its one formula."""
    rows = [
        [f"`{one.name}`", plain(one.en), one.zh, one.unit, f"`{one.formula}`", f"`{one.table}`"]
        for one in metric_dictionary.metrics().values()
    ]
    return "\n".join(
        [
            "# Metric dictionary",
            "",
            "Made from `telcli/tables/metric_dictionary.toml`, which the program works its figures out of.",
            "Formulas are SQL over a row per customer and month of the table named, with `active` (a customer",
            "at the end of the month) and `was_active` (of the month before). `telcli metrics` shows the same;",
            "`telcli cube` takes each apart",
            "([how](../cube.md)).",
            "",
            *table(["metric", "meaning", "中文", "unit", "formula", "table"], rows),
            "",
        ]
    )


def tables() -> dict[str, str]:
    """A page per stage with the tables it writes, and one that lists them all."""
    found, listed, seen = {}, [], set()
    for stage in STAGES:
        names = [name for name in stage.gives if name not in seen]
        seen |= set(names)
        if names:
            path = f"reference/tables/{stage.name}.md"
            found[path] = _tables_of(stage.name, [contract(name) for name in names])
            listed += [(f"[`{name}`]({stage.name}.md#{name})", contract(name), stage.name) for name in names]
    rest = [name for name in NAMES if name not in seen]
    if rest:
        found["reference/tables/others.md"] = _tables_of("", [contract(name) for name in rest])
        listed += [(f"[`{name}`](others.md#{name})", contract(name), "") for name in rest]
    rows = [[link, f"`telcli {maker}`" if maker else "", plain(one.meaning), one.zh] for link, one, maker in listed]
    front = [
        "# Data model",
        "",
        "Made from the contracts in `telcli/tables`, by which every table is checked as it is read and as it is",
        "written.",
        "Each table is Parquet under the working directory; money is in the operator's currency, a month is the",
        "date of its first day, shares and probabilities are 0 to 1. `telcli show TABLE --schema` shows the",
        "same on the screen.",
        "",
    ]
    first = {
        "reference/tables/index.md": "\n".join([*front, *table(["table", "made by", "meaning", "中文"], rows), ""])
    }
    return first | found


def _tables_of(stage: str, contracts: list[Any]) -> str:
    title = f"# Tables of telcli {stage}" if stage else "# Further tables"
    lines = [title]
    for one in contracts:
        parts = f" A file per month of `{one.partition}`." if one.partition else ""
        key = f" Key: {', '.join(f'`{name}`' for name in one.key)}." if one.key else ""
        free = " Unknown columns of the extract are kept as `x_<name>`." if one.attributes else ""
        lines += [
            "",
            f"## {one.name}",
            "",
            f"{plain(one.meaning).rstrip('.')}.{key}{parts}{free}",
            "",
            plain(one.zh),
            "",
        ]
        made = any(column.source for column in one.columns())
        rows = [
            [
                f"`{column.name}`",
                ", ".join(part for part in (re.sub(r"\(.*", "", column.type), plain(column.unit)) if part),
                "key" if column.key else "yes" if column.required else "",
                plain(column.meaning),
                plain(column.zh),
                *([plain(column.source)] if made else []),
            ]
            for column in one.columns()
        ]
        head = ["column", "type, unit", "needed", "meaning", "中文"]
        lines += table([*head, *(["made of"] if made else [])], rows)
    return "\n".join([*lines, ""])


def _zh(text: str) -> str:
    """A text of the screen in Chinese."""
    _words.settle(["--lang", "zh"])
    try:
        return _words.tr(text)
    finally:
        _words.settle(["--lang", "en"])
