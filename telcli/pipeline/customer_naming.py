"""Whom an analyst means: the customer of a source system's key, a line, a number; else what is said instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from telcli.errors import MissingInputError, TelcliError, UsageError
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.secret import Secret, key_file
from telcli.stages import customer_naming as stage

__all__ = ["Base"]

_LINE = ("customer_id", "ended_on", "valid_from", "valid_to")
_LINES, _PEOPLE = ("subscriptions", "subscription_history"), ("customers", "customer_history")
_NUMBERS = {
    "number_h": _LINES,
    "subscription_id": _LINES,
    "customer_id": _PEOPLE,
    "source_key": ("crosswalk",),
    "phone_h": _PEOPLE,
    "certificate_h": _PEOPLE,
}
"""Columns where pseudonyms of a customer's numbers and certificates stand, a line's own number first -> tables."""
_NAMED = 10


@dataclass(frozen=True)
class Base:
    """What a working directory holds at one instant, to look for somebody in; `end` is the last day of the card."""

    directory: Path
    manifest: Manifest
    files: Mapping[str, Mapping[str, Path]]
    end: date

    def whose(self, asked: str, *, by_key: bool = False) -> tuple[str, str]:
        """The customer of a source system's key, or unless `by_key` of a line or a number, and by which it was found.

        A number or a certificate is put under the key of pseudonyms to look for it, and kept nowhere.

        Raises
        ------
        MissingInputError
            There is nobody, or it cannot be told without the key of pseudonyms, or the customer was purged.
        UsageError
            It belongs to several customers.
        """
        asked = asked.encode("utf-8", "replace").decode()  # words of a command line may be any bytes
        found = self._one("source_key", asked, asked)
        if found:
            return found, "source_key"
        found = None if by_key else self._one("subscription_id", asked, asked)
        if found:
            return found, "line"
        stand_for = {form: self._pseudonym(asked, form) for form in stage.forms_of(asked)}
        for form, text in stand_for.items():
            for column in _NUMBERS if text else ():
                found = None if by_key and column != "source_key" else self._one(column, text, asked)
                if found:
                    return found, form.removeprefix(stage.WEAK)
        raise self._nobody(asked, stand_for, by_key=by_key)

    def _one(self, column: str, text: str, asked: str) -> str | None:
        """The one customer of the rows that have a text; None where there are none."""
        from telcli.io.parquet_rows import rows_where

        parts = [part for table in _NUMBERS[column] for part in self.files.get(table, {}).values()]
        places = [(place, _LINE) for place in parts]
        found = stage.holders((row for rows in rows_where(places, column, text) for row in rows), self.end)
        if len(found) > 1:
            raise self._shared(asked, column, found)
        return found[0] if found else None

    def _pseudonym(self, asked: str, form: str) -> str:
        """What would stand for a number in the tables; nothing where none have pseudonyms."""
        if not self.manifest.key_id:
            return ""
        secret = self._secret()
        try:
            return stage.pseudonym(asked, form, secret)
        except TelcliError:
            if form.startswith(stage.WEAK):  # it may be the code of somebody as well
                return ""
            raise MissingInputError(
                "customer-number-keyless",
                "{customer} is a number of a person, and whose it is can be told with the key of pseudonyms {id} "
                "alone; {place} does not hold it.",
                hint="Give the key with TELCLI_KEY, or its file with key_file in [ingest] of telcli.toml; or the "
                "customer_id: telcli show customers -w {workdir}",
                customer=stage.veiled(asked),
                id=self.manifest.key_id,
                place=secret.place,
                workdir=str(self.directory),
            ) from None

    def _secret(self) -> Secret:
        from telcli.pipeline.run import Request, settle

        settings, _ = settle("ingest", Request(self.directory))
        # a directory always expects some key here, so that none is made
        return Secret(key_file(settings.key_file), self.directory, self.manifest.key_id or "none")

    def _shared(self, asked: str, column: str, found: list[str]) -> UsageError:
        known: dict[str, Any] = {"customer": stage.veiled(asked), "count": len(found), "workdir": str(self.directory)}
        if column == "source_key":
            return UsageError(
                "customer-key-shared",
                "{count} customers of different systems have the key {customer}.",
                hint="Name one by its customer_id: telcli show crosswalk -w {workdir}",
                **known,
            )
        return UsageError(
            "customer-number-shared",
            "{customer} belongs to {count} customers: {ids}.",
            hint="Name one of them: telcli customer {first} -w {workdir}",
            ids=", ".join(found[:_NAMED]) + (" ..." if len(found) > _NAMED else ""),
            first=found[0],
            **known,
        )

    def _nobody(self, asked: str, stand_for: Mapping[str, str], *, by_key: bool) -> MissingInputError:
        known = {"customer": stage.veiled(asked), "workdir": str(self.directory)}
        gone = self._was_purged([asked, *filter(None, stand_for.values())])
        if gone:
            return MissingInputError(
                "customer-purged",
                "{customer} was removed with telcli purge, and is kept from coming back: nothing is held.",
                hint="What the working directory holds: telcli status -w {workdir}",
                **known,
            )
        hint = (
            "Give the whole number of a line, or the customer_id as it stands in the tables: "
            "telcli show customers -w {workdir}"
        )
        if gone is None:
            return MissingInputError(
                "customer-nobody-or-purged",
                "No customer is called {customer}, or it is one who was purged: without the key of pseudonyms that is "
                "not known.",
                hint=hint,
                **known,
            )
        sure = any(not form.startswith(stage.WEAK) for form in stand_for)
        near = [] if sure or by_key else self._near(asked)
        if near:
            return MissingInputError(
                "customer-nobody-near",
                "No customer is called {customer}.",
                hint="Did you mean {near}?",
                near=", ".join(near),
                **known,
            )
        return MissingInputError("customer-nobody", "No customer is called {customer}.", hint=hint, **known)

    def _near(self, asked: str) -> list[str]:
        import polars as pl

        from telcli.io.parquet_files import scanned

        return stage.near(pl.concat([scanned(place) for place in self.files["customers"].values()]), asked)

    def _was_purged(self, names: list[str]) -> bool | None:
        """Whether the list of purged persons has one of these identifiers; None without the key that made the list."""
        if not self.manifest.suppressed:
            return False
        try:
            return stage.purged(names, self.manifest.suppressed, self._secret())
        except TelcliError:
            return None
