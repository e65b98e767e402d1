"""Which columns `predict-churn` and `run` keep out of the churn model, or let in against its doubts."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["AllowLeak", "Exclude", "flags"]

AllowLeak = Annotated[
    list[str] | None,
    typer.Option("--allow-leak", metavar="COLUMN", help="Use a column although it looks like a leak; repeats."),
]
Exclude = Annotated[
    list[str] | None, typer.Option("--exclude", metavar="COLUMN", help="Keep a column out of the model; repeats.")
]


def flags(allow_leak: list[str] | None, exclude: list[str] | None) -> dict[str, str | None]:
    """Settings of predict-churn as given on the command line.

    >>> flags(None, ["x_a", "x_b"])
    {'allow_leaks': None, 'exclude': 'x_a,x_b'}
    """
    lists = {"allow_leaks": allow_leak, "exclude": exclude}
    return {name: ",".join(columns) if columns else None for name, columns in lists.items()}
