"""`telcli simulate`: an imaginary operator's extracts, streamed to files, with the truth beside them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.errors import UsageError
from telcli.io.durable import named, sync
from telcli.settings import SimulateSettings
from telcli.stages import Progress, silent

if TYPE_CHECKING:
    from telcli.io.extract_writer import ExtractWriter
    from telcli.stages.simulate import Block

__all__ = ["SimulateResult", "simulate"]

KEY, PART = "answer_key", ".part"
NOTE = f"{KEY}/README.txt"
TRUTH = f"{KEY}/truth.json"
_SECOND, _SAME = "service_customers.csv", f"{KEY}/same_customer.csv"
_ASKED_FOR = (_SECOND, _SAME, "calls.csv", f"{KEY}/fraud.csv", "surveys.csv", f"{KEY}/satisfaction.csv")
"""Files that only some simulations write."""
_NOTE_TEXT = """Made by telcli simulate. Nobody in these files exists.

planted.csv, a row per customer:
  planted_segment  kind of customer its behaviour was drawn from
  planted_value    expected margin in yuan a month, in a month without troubles
  leaves_in        month of leaving for good; empty for who stays
  reason           why: base, price, service, network, contract-end, life, arrears
  silent_since     first month without use of a prepaid customer who stopped without a word and whose lines no system
                   closed; leaves_in is the third such month
  duplicate_of     the same person's earlier customer number; empty for everybody else
truth.json: rows, exact copies and rows to be refused per file, and how often each fact is planted.
"""
_SECOND_TEXT = """
service_customers.csv is a second system's view of the same people: its own numbers, other spellings of names, cities
and dates, certificates missing, masked or mistyped, other telephone numbers, some people twice, some whom nobody else
knows and who share a name or a telephone with a customer.
same_customer.csv, a row per customer of either system:
  source, source_key  the record
  true_customer       the person: the number that crm_customers.csv first gave it, or N and the own number of a stranger
  certificate, phone, name  how service_customers.csv has them: same, spelled, missing, mistyped, masked, other
"""
_FRAUD_TEXT = """
fraud.csv, a row per planted customer: role, and the pattern of fraud, empty of those who only look like it. Numbers
abroad that ring the operator's customers once are outside-0-0 and so on. calls.csv has the last two months.
"""
_SURVEYS_TEXT = """
surveys.csv has what customers answered. satisfaction.csv, a row per customer: satisfaction (0..100) as it truly is, and
whether the customer was asked. Planted is service > product > network > price; where surveys are null, nothing.
"""
_CLUSTERS_TEXT = """
planted_segment is one of the clusters asked for, cluster-01 and so on. To see whether they are found:
  telcli ingest DIR DIR/answer_key/planted.csv -w WORK
  telcli segment -w WORK --compare-with planted_segment
"""
_OURS = re.compile(
    r"(crm_customers\.csv|service_customers\.csv|crm_subscriptions\.csv"
    r"|billing_\d{4}\.txt|usage\.csv|payments\.csv|tickets\.csv|calls\.csv|surveys\.csv|README\.md"
    rf"|{KEY}|{KEY}/(planted\.csv|same_customer\.csv|fraud\.csv|satisfaction\.csv|truth\.json|README\.txt))(\.part)?"
)


@dataclass(frozen=True)
class SimulateResult:
    """What was written.

    Parameters
    ----------
    directory : where.
    files : rows of each file by name, the header not counted.
    rows : of all extracts together, the answer key not counted.
    customers : how many.
    planted : what truth.json holds.
    """

    directory: Path
    files: dict[str, int]
    rows: int
    customers: int
    planted: dict[str, Any]

    def __repr__(self) -> str:
        """Where, how many customers, and rows by file."""
        lines = [f"{self.directory}: {self.customers:,} customers, {self.rows:,} rows"]
        return "\n".join([*lines, *(f"  {rows:>11,}  {name}" for name, rows in self.files.items())])


def simulate(
    directory: Path, settings: SimulateSettings, seed: int, progress: Progress = silent, *, force: bool = False
) -> SimulateResult:
    """Write extracts with planted truth into `directory`; same settings and seed, same bytes.

    Memory stays flat: customers are simulated in blocks of 5,000. Files get their names only when all are whole.

    Raises
    ------
    UsageError
        The directory holds something else than an earlier simulation, or that and `force` is False; it cannot be
        written; or the last month is none.
    """
    from telcli.stages import simulate as stage

    blocks = stage.simulate(settings, seed)  # settings are refused before the directory is touched
    note = _NOTE_TEXT + (_CLUSTERS_TEXT if settings.clusters else "")
    note += _SECOND_TEXT if settings.second_system == "on" else ""
    note += _FRAUD_TEXT if settings.fraud == "on" else ""
    note += _SURVEYS_TEXT if settings.surveys != "off" else ""
    try:
        _claim(directory, note, force=force)
        writers, planted = _write(directory, blocks, settings.customers, progress)
        truth = _truth(settings, seed, planted)
        _publish(directory, writers, note, truth)
    except OSError as error:
        raise UsageError(
            "simulate-unwritable",
            "Cannot write into {directory}: {why}.",
            hint="Name a directory you may write to, with room enough.",
            directory=str(directory),
            why=error.strerror or type(error).__name__,
        ) from None
    files = {name: writer.rows for name, writer in writers.items()}
    rows = sum(count for name, count in files.items() if not name.startswith(KEY))
    return SimulateResult(directory, files, rows, settings.customers, truth)


def _claim(directory: Path, note: str, *, force: bool) -> None:
    """Refuse a directory that holds anything a simulation did not write, or without `force` a whole simulation."""
    if directory.exists() and not directory.is_dir():
        raise UsageError(
            "simulate-not-directory",
            "{directory} is a file, not a directory.",
            hint="Name a new or empty directory.",
            directory=str(directory),
        )
    found = _names(directory)
    foreign = [name for name in found if not _OURS.fullmatch(name)]
    if not foreign and not (directory / NOTE).is_file():
        foreign = [name for name in found if name not in (KEY, NOTE + PART)]  # what one killed at its start left
    if foreign:
        _refuse(directory, foreign[0])
    if (directory / TRUTH).exists() and not force:
        raise UsageError(
            "simulate-again",
            "{directory} holds an earlier simulation, which was left as it is.",
            hint="Add --force to replace it, or name a new directory.",
            directory=str(directory),
        )
    (directory / KEY).mkdir(parents=True, exist_ok=True)
    if not (directory / NOTE).exists():
        _named(directory / NOTE, note)  # it says whose the files are that follow, should this be cut short


def _names(directory: Path) -> list[str]:
    """What the directory and its answer key hold, as relative names; links are not followed."""
    places = [place for place in (directory, directory / KEY) if place.is_dir() and not place.is_symlink()]
    return sorted(path.relative_to(directory).as_posix() for place in places for path in place.iterdir())


def _refuse(directory: Path, what: str) -> None:
    raise UsageError(
        "simulate-directory",
        "{directory} holds {what}, which no simulation wrote.",
        hint="Name a new or empty directory, or one that an earlier telcli simulate wrote.",
        directory=str(directory),
        what=what,
    )


def _formats(name: str) -> Any:
    from telcli.io.extract_writer import Format

    if name.startswith("billing"):
        return Format("gb18030", "|")
    if name in ("crm_subscriptions.csv", "tickets.csv", _SECOND):
        return Format("gb18030")
    return Format(mark=name == "crm_customers.csv")


def _write(
    directory: Path, blocks: Iterator[Block], customers: int, progress: Progress
) -> tuple[dict[str, ExtractWriter], Counter[str]]:
    """Write every block's rows under temporary names."""
    from telcli.io.extract_writer import ExtractWriter

    writers: dict[str, ExtractWriter] = {}
    planted: Counter[str] = Counter()
    with ExitStack() as stack:  # each writer drops its unfinished file when something goes wrong
        progress("customers", 0, customers)
        for made in blocks:
            planted.update(made.planted)
            for name, frame in made.frames.items():
                if name not in writers:
                    writers[name] = stack.enter_context(ExtractWriter(directory / name, _formats(name)))
                writers[name].append(frame)
            progress("customers", planted["customers"], customers)
    return writers, planted


def _truth(settings: SimulateSettings, seed: int, planted: Counter[str]) -> dict[str, Any]:
    """Nest the counts by their slashes."""
    truth: dict[str, Any] = {
        "settings": {
            "customers": settings.customers,
            "months": settings.months,
            "last_month": settings.last_month,
            "seed": seed,
            **({"clusters": settings.clusters} if settings.clusters else {}),
            **({"second_system": "on"} if settings.second_system == "on" else {}),
            **({"fraud": "on"} if settings.fraud == "on" else {}),
            **({"surveys": settings.surveys} if settings.surveys != "off" else {}),
        },
        "files": {},
        "planted": {},
    }
    for name, count in planted.items():
        first, *rest = name.split("/")
        place = truth["files" if "." in first else "planted"]
        for step in [first, *rest][:-1]:
            place = place.setdefault(step, {})
        place[[first, *rest][-1]] = count
    return truth


def _publish(directory: Path, writers: dict[str, ExtractWriter], note: str, truth: dict[str, Any]) -> None:
    """Name what is finished, drop those of an earlier run; truth.json says all is whole: it goes first, comes last."""
    (directory / TRUTH).unlink(missing_ok=True)
    sync(directory / KEY)
    _named(directory / NOTE, note)
    for writer in writers.values():
        writer.publish()
    old = [*directory.glob("billing_*"), *directory.rglob("*.part"), *(directory / name for name in _ASKED_FOR)]
    for path in sorted(old):
        if path.relative_to(directory).as_posix() not in writers:
            path.unlink(missing_ok=True)
    sync(directory)
    _named(directory / TRUTH, json.dumps(truth, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def _named(place: Path, text: str) -> None:
    part = place.with_name(place.name + PART)
    part.write_text(text, encoding="utf-8", newline="\n")
    named(part, place)
