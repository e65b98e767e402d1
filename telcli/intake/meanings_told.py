"""What to say of the meanings that columns of an extract were given: told by values, assumed, or none."""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.intake.dictionary import bare, weak_headers, word_list
from telcli.intake.numbers import unknown_stars
from telcli.intake.privacy import categories
from telcli.intake.slots import slots
from telcli.intake.understood import Understood, headers_of_extract
from telcli.intake.words import NONE, folded, meant

__all__ = ["meanings_told"]

_LABELS = ("target", "label", "y", "是否流失用户标签", "标签")
"""What the label is called in tables made for learning."""
_SHOWN = 8


def meanings_told(one: Understood) -> list[Notice]:
    """Meanings that values alone told, and those that two headers could have."""
    notices = []
    about: dict[str, Any] = {"file": one.map.source}
    if not one.extract.headed and any(found.how == "values" for found in one.map.evidence.values()):
        told = [f"{use.header} → {name}" for name, use in one.map.columns.items() if one.map.why(name).how == "values"]
        values = {**about, "columns": ", ".join(told)}
        notices.append(
            Notice(
                "named-by-values",
                "{file} has no header; its columns were told by their values alone: {columns}. If that is right, pin "
                "it with --write-mapping FILE; else name them: --map {file}:NAME=column_N.",
                values,
            )
        )
        notices += _direction_assumed(one)
    notices += _kind_assumed(one)
    notices += _of_no_kind(one)
    notices += _of_no_level(one)
    label = _like_label(one)
    if label:
        notices.append(
            Notice(
                "label-likely",
                "{file}: {header} may be the label that tells who left, and was kept as an attribute; say so with "
                "--map churned={header}.",
                {**about, "header": label},
            )
        )
    for name, headers in one.map.undecided.items():
        values = {**about, "headers": ", ".join(headers), "column": name}
        values["ways"] = " / ".join(f"--map {one.map.source}:{name}={header}" for header in headers)
        notices.append(
            Notice(
                "mapping-undecided",
                "{file}: {headers} could each be {column}, so none was taken for it (choose: {ways}).",
                values,
            )
        )
    return notices


def _direction_assumed(one: Understood) -> list[Notice]:
    """Calls of a file without header in which nothing tells who called."""
    use = one.map.use("direction", "calls")
    if use is None or not use.constant:
        return []
    return [
        Notice(
            "direction-assumed",
            "{file}: no column tells who called, so all calls are taken as made; if codes do, such as 1 and 2: "
            "--map {file}:direction=column_N.",
            {"file": one.map.source},
        )
    ]


def _of_no_kind(one: Understood) -> list[Notice]:
    """Words under which a list has what it tells nothing of, such as other; their rows have no value there."""
    notices = []
    for name, use in one.map.columns.items():
        slot = slots()[name]
        nothing = [word for word, value in word_list(slot.words).items() if value == NONE] if slot.words else []
        if not nothing or use.constant:
            continue
        said = one.frame.select(pl.col(use.header).alias("t")).group_by("t").len("n").collect(engine="streaming")
        plain = folded(meant(said["t"])).str.replace_all(r"\s+", "").str.to_lowercase()
        found = said.filter(plain.is_in(nothing).fill_null(value=False)).sort("n", "t", descending=[True, False])
        if found.height:
            values = {"file": one.map.source, "header": use.header, "column": slot.column, "list": slot.words}
            values |= {"words": ", ".join(found["t"].to_list()), "count": f"{found['n'].sum():,}"}
            notices.append(
                Notice(
                    "words-of-none",
                    "{file}: rows with {words} in {header} ({count}) have no {column}, as telcli tells none of these "
                    "words apart (else: under [dictionary.words.{list}] in telcli.toml).",
                    values,
                )
            )
    return notices


def _of_no_level(one: Understood) -> list[Notice]:
    """Words in a column of stars that tell no level: their rows have none."""
    use = one.map.use("star_level", "customers")
    if use is None or use.constant:
        return []
    said = one.frame.select(pl.col(use.header).alias("t")).group_by("t").len("n").collect(engine="streaming")
    said = said.drop_nulls("t")
    found = said.filter(unknown_stars(said["t"])).sort("n", "t", descending=[True, False])
    if not found.height:
        return []
    shown = [*dict.fromkeys(categories(found["t"].head(_SHOWN)).to_list()), *(["..."] if found.height > _SHOWN else [])]
    values = {"file": one.map.source, "header": use.header, "words": ", ".join(shown), "count": f"{found['n'].sum():,}"}
    told = (
        "{file}: rows with {words} in {header} ({count}) have no star_level, as telcli knows no level of that name "
        "(else: under [dictionary.words.star_level] in telcli.toml)."
    )
    return [Notice("stars-unknown", told, values)]


def _kind_assumed(one: Understood) -> list[Notice]:
    """A column called as kinds of calls are, whose words are none that telcli knows, beside a kind that is assumed."""
    use = one.map.use("kind", "calls")
    if use is None or not use.constant or one.map.why("calls.kind").how == "told":
        return []
    written = headers_of_extract(one.extract)
    likely = [
        header for header, _ in one.attributes.values() if bare(written[header]) in weak_headers().get("kind", ())
    ]
    return [
        Notice(
            "kind-assumed",
            "{file}: the words in {header} are not all kinds of calls or directions, so every row is taken as {kind}. "
            "If some are not, say which words are voice, text and data under [dictionary.words.kind_of_call] in "
            "telcli.toml, then --map {file}:calls.kind={header}.",
            {"file": one.map.source, "header": header, "kind": use.constant},
        )
        for header in likely[:1]
    ]


def _like_label(one: Understood) -> str:
    """A column of a flat table that is called as labels are; empty where there is none, or the label is known."""
    if one.map.table != "customers" or one.map.use("churned"):
        return ""
    flags = [header for header, kind in one.attributes.values() if kind in ("Boolean", "Float64")]
    return next((header for header in flags if header.strip().lower() in _LABELS), "")
