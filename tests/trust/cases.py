"""Every command of telcli that writes, and what there is before it: small data on which all of them do something."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from telcli.cli import main
from telcli.pipeline.catalog import stage
from telcli.pipeline.provenance import Manifest

__all__ = ["CASES", "Case", "base"]

MONTHS = ("2024-05", "2024-06")
TOML = """
[segment]
algorithm = "kmeans"
max_segments = 4

[predict-churn]
fit_seconds = 1.0
compare = "quick"
earlier_tests = 0
max_snapshots = 2
exclude = "hours_to_close"

[plan-retention]
holdout = 0.4
holdout_most = 0.4

[evaluate-retention]
draws = 40
model_customers = 0
"""
_STAGES = ("profile", "segment", "assess-credit", "score-value", "predict-churn", "plan-retention")
_LATER = (
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
    keyed : whether the key of pseudonyms comes from the environment.
    """

    name: str
    words: Sequence[str]
    start: str = "whole"
    before: Callable[[Path, Path], None] | None = None
    code: int = 0
    then: Sequence[str] = ()
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


def extracts(folder: Path) -> list[Path]:
    """What was simulated, the answer key and the second system aside."""
    return sorted(file for file in (*folder.glob("*.csv"), *folder.glob("*.txt")) if "service" not in file.name)


def base(place: Path) -> None:
    """Make `whole` (a working directory with results of every stage for two months), `first` and `ex` (extracts)."""
    ex, first, whole = place / "ex", place / "first", place / "whole"
    told("simulate", "-o", ex, "--customers", 120, "--months", 10, "--surveys", "--as-of", MONTHS[-1])
    small(place, ex)
    first.mkdir(parents=True)
    (first / "telcli.toml").write_text(TOML, encoding="utf-8")
    told("ingest", *extracts(ex), "-w", first)
    shutil.copytree(first, whole)
    for month in MONTHS:
        for name in _STAGES:
            told(name, "-w", whole, "--as-of", month)
    told("import-outcomes", *_filled(whole, place / "sheets"), "-w", whole)
    past = place / "past.csv"
    past.write_text(
        "offer,contacted,held out,contacted stayed,held out stayed\n回访,400,200,360,160\n", encoding="utf-8"
    )
    for name in _LATER:
        told(name, *(["import", past] if name == "knowledge" else ()), "-w", whole)
    for name in (*_STAGES, *_LATER, "import-outcomes"):
        lean(place, name)


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


def small(place: Path, ex: Path) -> None:
    """Make `small` and `other` (extracts of a few customers), and working directories into which they were ingested."""
    for name, numbers in (("small", range(1, 40)), ("other", range(40, 70))):
        (place / name).mkdir()
        who = {f"C{number:08}" for number in numbers}
        for file in ("crm_customers.csv", "payments.csv"):
            head, *lines = (ex / file).read_text(encoding="utf-8-sig").splitlines(keepends=True)
            own = [line for line in lines if who & set(line.split(",")[:2])]
            (place / name / file).write_text(head + "".join(own), encoding="utf-8-sig")
        told("ingest", *sorted((place / name).iterdir()), "-w", place / f"{name}-work")
    payments = place / "small" / "payments.csv"
    later = payments.read_text(encoding="utf-8-sig").replace(",wechat,", ",alipay,")
    (place / "later").mkdir()
    (place / "later" / "payments.csv").write_text(later, encoding="utf-8-sig")
    shutil.copy(place / "small" / "crm_customers.csv", place / "later")


def _filled(work: Path, folder: Path) -> list[Path]:
    """The sheets of the first month, filled in: every other customer accepted."""
    import openpyxl

    folder.mkdir()
    for sheet in sorted((work / "tasks" / f"as_of={MONTHS[0]}-01").glob("*.xlsx")):
        book = openpyxl.load_workbook(sheet)
        page = book.worksheets[0]
        column = {cell.value: cell.column for cell in page[1]}
        for line in range(2, page.max_row + 1):
            page.cell(line, column["Result"]).value = ("accepted", "declined")[line % 2]
            page.cell(line, column["Contacted on"]).value = "2024-06-10"
        book.save(folder / sheet.name)
    return sorted(folder.glob("*.xlsx"))


def _older(*names: str) -> Callable[[Path, Path], None]:
    """Files of these names that were there before."""

    def lay(base: Path, place: Path) -> None:
        for name in names:
            (place / "out" / name).write_text("older\n", encoding="utf-8")

    return lay


def _strangers(base: Path, place: Path) -> None:
    """An extract most of whose rows are refused."""
    rows = "".join(f"N{number},not a day,1\n" for number in range(40))
    (place / "out" / "payments.csv").write_text("customer_id,paid_at,amount\n" + rows, encoding="utf-8")


def _refused(base: Path, place: Path) -> None:
    (place / "work" / "rejects.csv").write_text("of an earlier ingest\n", encoding="utf-8")


def _changed(base: Path, place: Path) -> None:
    """A sheet that came back once more, with other results."""
    import openpyxl

    sheet = min((base / "sheets").glob("*.xlsx"))
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    column = {cell.value: cell.column for cell in page[1]}
    page.cell(2, column["Result"]).value = "not reached"
    page.cell(2, column["Contacted on"]).value = "2024-06-20"
    book.save(place / "out" / "sheet.xlsx")


def _listed(base: Path, place: Path) -> None:
    (place / "out" / "alone.txt").write_text("C00000001\nC00000002\n", encoding="utf-8")


def _simulated(base: Path, place: Path) -> None:
    shutil.copytree(base / "ex", place / "out" / "sim")


def _stage(name: str, *more: str) -> Case:
    words = (name, *more, "-w", "{work}", "--seed", "7", "-q")
    return Case(name, words, start=f"lean-{name}")


_EXTRACTS = ("{base}/small/crm_customers.csv", "{base}/small/payments.csv")
_LATER_ONES = ("{base}/later/crm_customers.csv", "{base}/later/payments.csv")
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
    *(_stage(name) for name in (*_STAGES, *_LATER)),
    Case(
        "import-outcomes",
        ("import-outcomes", "{out}/sheet.xlsx", "-w", "{work}", "-q"),
        "lean-import-outcomes",
        _changed,
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
    Case("purge", ("purge", "C00000002", "-w", "{work}", "-q"), "lean-import-outcomes"),
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
    Case("init", ("init", "-o", "{out}/telcli.toml"), "", keyed=False),
    Case("init-force", ("init", "-o", "{out}/telcli.toml", "--force"), "", _older("telcli.toml"), keyed=False),
    Case("hierarchy", ("score-value", "--write-hierarchy", "{out}/h.xlsx", "-w", "{work}"), "small-work"),
    Case("simulate", _SIMULATE, ""),
    Case("simulate-force", (*_SIMULATE, "--force"), "", _simulated),
)
