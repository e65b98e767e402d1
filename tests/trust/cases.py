"""Every command of telcli that writes, and what there is before it: small data on which all of them do something."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from telcli.cli import main
from telcli.pipeline.catalog import stage
from telcli.pipeline.provenance import Manifest
from tests.golden.workdirs.make import KEY
from tests.golden.workdirs.opened import unpacked

__all__ = ["CASES", "Case", "base"]

_CUSTOMER = re.compile(r"\bC(\d{6})\b")
_VERSION = "0.1.0-format1"
_STAGES = (
    *("profile", "segment", "assess-credit", "score-value", "predict-churn", "plan-retention"),
    *("evaluate-retention", "knowledge", "campaigns", "recommend-offers", "score-satisfaction", "complaints"),
    *("detect-fraud", "monitor", "report"),
)


@dataclass(frozen=True)
class Case:
    """A command line that writes: `{work}`, `{out}` and `{base}` in its words are folders.

    Parameters
    ----------
    start : the working directory there is before, a folder of the base; empty for none.
    before : readies the folder of the case, whose parts are work, out, tmp and home.
    code : with which an undisturbed run ends.
    then : what is run next, after it was cut short, where that is not the same again.
    later : what is run next instead where it had got through, and the same again would be another thing.
    keyed : whether the key of pseudonyms comes from the environment.
    """

    name: str
    words: Sequence[str]
    start: str = "whole"
    before: Callable[[Path, Path], None] | None = None
    code: int = 0
    then: Sequence[str] = ()
    later: Sequence[str] = ()
    keyed: bool = True

    def laid(self, base: Path, place: Path) -> None:
        """Lay everything out as it is before the command, anew."""
        shutil.rmtree(place, ignore_errors=True)
        for part in ("out", "tmp", "home"):
            (place / part).mkdir(parents=True)
        if self.start:
            shutil.copytree(base / self.start, place / "work")
        if self.before:
            self.before(base, place)

    def typed(self, base: Path, place: Path, words: Sequence[str] = ()) -> list[str]:
        """The words with their folders."""
        places = {"work": place / "work", "out": place / "out", "base": base}
        return [word.format(**places) for word in words or self.words]


def told(*words: object) -> None:
    """Run a command here; it must succeed."""
    with contextlib.redirect_stdout(io.StringIO()):
        code = main([*map(str, words), "-q"])
    assert code == 0, words


def base(place: Path) -> None:
    """Make `whole`, a working directory with results of every stage, and extracts; see `small` and `lean`.

    The directory is the golden one of a released version, so what it takes to get there is not run again.
    """
    unpacked(_VERSION, place / "golden")
    (place / "golden" / "work").rename(place / "whole")
    small(place, place / "golden" / "next")
    told("simulate", "-o", place / "ex", "--customers", 15, "--months", 3, "--as-of", "2024-06")
    past = "offer,contacted,held out,contacted stayed,held out stayed\n回访,400,200,360,160\n"
    (place / "past.csv").write_text(past, encoding="utf-8")
    for name in (*_STAGES, "import-outcomes"):
        lean(place, name)
    _returned(place)


def lean(base: Path, name: str) -> None:
    """Make `lean-NAME`: a working directory of what one stage reads and gives alone: soon read, and soon copied."""
    of, manifest = stage(name), Manifest.read(base / "whole" / "manifest.json")
    wanted = {*of.reads, *of.gives, *of.recalls, *of.lags, *of.looks_back, *of.keeps}
    tables = {table: parts for table, parts in manifest.tables.items() if table in wanted}
    stages = {
        key: records
        for key, records in manifest.stages.items()
        if {*stage(key).gives} & tables.keys() or key in of.heeds
    }
    paths = {path for records in stages.values() for record in records.values() for path in record.files}
    files = {path: part for path, part in manifest.files.items() if path in paths}
    kept = dataclasses.replace(manifest, tables=tables, stages=stages, files=files)
    for path in [*files, *(part.path for parts in tables.values() for part in parts.values()), "telcli.toml"]:
        target = base / f"lean-{name}" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(base / "whole" / path, target)
    (base / f"lean-{name}" / "manifest.json").write_text(kept.to_json(), encoding="utf-8")


def small(place: Path, extracts: Path) -> None:
    """Make `small` and `other`, of half of the customers each, `later`, `small` with other values, and directories."""
    for name, odd in (("small", True), ("other", False)):
        (place / name).mkdir()
        for file in ("customers.csv", "payments.csv"):
            head, *lines = (extracts / file).read_text(encoding="utf-8").splitlines(keepends=True)
            own = [line for line in lines if (int(_CUSTOMER.search(line)[1]) % 2 == 1) is odd]  # type: ignore[index]
            (place / name / file).write_text(head + "".join(own), encoding="utf-8")
        told("ingest", *sorted((place / name).iterdir()), "-w", place / f"{name}-work")
    shutil.copytree(place / "small", place / "later")
    payments = place / "later" / "payments.csv"
    payments.write_text(payments.read_text(encoding="utf-8").replace(",wallet,", ",cash,"), encoding="utf-8")


def _older(*names: str) -> Callable[[Path, Path], None]:
    """Files of these names that were there before."""

    def lay(base: Path, place: Path) -> None:
        for name in names:
            (place / "out" / name).write_text("older\n", encoding="utf-8")

    return lay


def _strangers(base: Path, place: Path) -> None:
    """An extract too many of whose rows are refused."""
    head, *lines = (base / "small" / "payments.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    lines[::3] = [re.sub(r"(\d{4})-\d\d-\d\d", r"\1-99-99", line) for line in lines[::3]]
    (place / "out" / "payments.csv").write_text(head + "".join(lines), encoding="utf-8")


def _refused(base: Path, place: Path) -> None:
    (place / "work" / "rejects.csv").write_text("of an earlier ingest\n", encoding="utf-8")


def _returned(base: Path) -> None:
    """Make `sheet.xlsx`, a sheet that came back, with a result; once, as a workbook tells when it was saved."""
    import openpyxl

    sheet = min((base / "lean-import-outcomes" / "tasks").rglob("*.xlsx"))
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    column = {cell.value: cell.column for cell in page[1]}
    page.cell(2, column["Result"]).value = "not reached"
    page.cell(2, column["Contacted on"]).value = "2024-07-20"
    book.save(base / "sheet.xlsx")


def _listed(base: Path, place: Path) -> None:
    (place / "out" / "alone.txt").write_text("C000001\nC000002\n", encoding="utf-8")


def _kept_short(base: Path, place: Path) -> None:
    """Settings that let models and task sheets of earlier months go, and what a killed run left."""
    with (place / "work" / "telcli.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[gc]\nkeep_models = 1\nkeep_tasks = 1\n")
    (place / "work" / "manifest.json.new").write_text("{", encoding="utf-8")


def _locked(base: Path, place: Path) -> None:
    """The key in its file, which it can be turned in."""
    file = place / "home" / "telcli" / "pseudonyms.key"
    file.parent.mkdir()
    file.touch(0o600)
    file.write_text(KEY + "\n", encoding="ascii")


def _simulated(base: Path, place: Path) -> None:
    shutil.copytree(base / "ex", place / "out" / "sim")


def _stage(name: str, *more: str) -> Case:
    words = (name, *more, "-w", "{work}", "--seed", "7", "-q")
    return Case(name, words, start=f"lean-{name}")


_EXTRACTS = ("{base}/small/customers.csv", "{base}/small/payments.csv")
_LATER_ONES = ("{base}/later/customers.csv", "{base}/later/payments.csv")
_TIDIED = ("gc", "-w", "{work}", "-q")
_INIT = ("init", "-o", "{out}/telcli.toml")
_HIERARCHY = ("score-value", "--write-hierarchy", "{out}/h.xlsx", "-w", "{work}")
_SIMULATE = ("simulate", "-o", "{out}/sim", "--customers", "20", "--months", "2", "--as-of", "2024-06")
CASES = (
    Case("ingest", ("ingest", *_EXTRACTS, "-w", "{work}"), start=""),
    Case("ingest-restated", ("ingest", *_LATER_ONES, "-w", "{work}", "--restate"), start="small-work"),
    Case(
        "ingest-mapping",
        ("ingest", *_EXTRACTS, "-w", "{work}", "--write-mapping", "{out}/m.toml"),
        "",
        _older("m.toml"),
    ),
    Case("ingest-refused", ("ingest", "{out}/payments.csv", "-w", "{work}"), "small-work", _strangers, 4),
    Case("ingest-after-refusal", ("ingest", *_LATER_ONES, "-w", "{work}", "--restate"), "small-work", _refused),
    Case("customer-months", ("customer-months", "-w", "{work}", "--force"), start="small-work"),
    *(_stage(name) for name in _STAGES),
    Case(
        "import-outcomes",
        ("import-outcomes", "{base}/sheet.xlsx", "-w", "{work}", "-q"),
        "lean-import-outcomes",
    ),
    Case(
        "knowledge-import",
        ("knowledge", "import", "{base}/past.csv", "-w", "{work}", "--seed", "7", "-q"),
        "lean-knowledge",
    ),
    Case(
        "plan-suppress",
        ("plan-retention", "-w", "{work}", "--suppress", "{out}/alone.txt", "-q"),
        "lean-plan-retention",
        _listed,
    ),
    Case("migrate", ("migrate", "-w", "{work}", "-q")),
    Case("gc", ("gc", "-w", "{work}", "-q"), "whole", _kept_short),
    Case("rotate-key", ("rotate-key", "-w", "{work}", "-q"), "whole", _locked, later=_TIDIED, keyed=False),
    Case("show", ("show", "segments", "-w", "{work}"), "lean-segment"),
    Case("run", ("run", "-w", "{work}", "--seed", "7", "-q")),
    Case("purge", ("purge", "--customer", "C000003", "-w", "{work}", "-q"), "small-work", later=_TIDIED),
    Case(
        "purge-sheets", ("purge", "--customer", "C000002", "-w", "{work}", "-q"), "lean-plan-retention", later=_TIDIED
    ),
    Case("merge", ("merge", "{base}/small-work", "{base}/other-work", "-w", "{work}", "--apart"), start=""),
    *(
        Case(
            f"export-{kind}",
            ("export", "segments", "-o", f"{{out}}/a.{kind}", "-w", "{work}"),
            "lean-segment",
            _older(f"a.{kind}"),
        )
        for kind in ("csv", "xlsx", "parquet")
    ),
    *(
        Case(
            f"cube-{kind}",
            ("cube", "customers,revenue", "--by", "region", "-o", f"{{out}}/a.{kind}", "-w", "{work}"),
            "lean-segment",
            _older(f"a.{kind}"),
        )
        for kind in ("csv", "xlsx", "html", "parquet")
    ),
    Case("init", _INIT, "", then=(*_INIT, "--force"), keyed=False),
    Case("init-force", ("init", "-o", "{out}/telcli.toml", "--force"), "", _older("telcli.toml"), keyed=False),
    Case("hierarchy", _HIERARCHY, "small-work", then=(*_HIERARCHY, "--force")),
    Case("simulate", _SIMULATE, "", then=(*_SIMULATE, "--force")),
    Case("simulate-force", (*_SIMULATE, "--force"), "", _simulated),
)
