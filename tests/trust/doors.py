"""The doors by which bytes come in: for each a way to damage a seed, and telcli's own way to read it."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from telcli.cli import COMMANDS, main
from telcli.errors import UsageError
from telcli.settings import SECTIONS
from tests.trust import mutate, seeds
from tests.trust.seeds import CSV, RECORDS, seed, table_seed

__all__ = ["DOORS", "KINDS", "Door", "condition_of", "every_section", "file_of", "list_of", "manifest_of", "mapping_of",
           "mapping_text", "named", "opened", "workdir"]  # fmt: skip

Run = Callable[[], int | None]


@dataclasses.dataclass(frozen=True)
class Door:
    """One way in.

    `make` puts a damaged input into a folder and gives back what reads it; `share` is how often it is tried beside the
    others, by how likely it breaks and how long it takes.
    """

    make: Callable[[Random, Path], Run]
    share: int = 4


def file_of(folder: Path, name: str, data: bytes) -> Path:
    place = folder / name
    place.write_bytes(data)
    return place


def opened(place: Path, folder: Path) -> Run:
    """Read it as ingest does, and every row of it."""

    def run() -> None:
        from telcli.pipeline.sources import open_sources

        extracts, notices = open_sources([place], folder / "scratch")
        for one in extracts:
            one.frame.collect()
        assert all(one.message for one in notices)

    return run


_XML = (".xml", ".rels")


def _part(chance: Random, name: str, data: bytes) -> bytes:
    """A part of a workbook or a file in an archive, damaged as its kind is made."""
    if name.endswith(_XML):
        return mutate.any_xml(chance, data)
    if name.endswith(".json"):
        return mutate.any_json(chance, RECORDS)
    if name.endswith(".csv"):
        return mutate.any_text(chance, CSV)
    return mutate.any_bytes(chance, data)


def damaged(chance: Random, kind: str) -> bytes:  # noqa: PLR0911 - one for each kind
    """A file of a kind with something wrong in it, mostly where its kind is told from its bytes."""
    if kind in ("xlsx", "ods", "xlsb", "zip"):
        return mutate.any_zip(chance, seed(kind), _part)
    if kind == "csv":
        return mutate.any_text(chance, CSV)
    if kind == "json":
        return mutate.any_json(chance, RECORDS, lines=chance.random() < 0.5)
    if kind == "html":
        return mutate.any_xml(chance, seed(kind))
    data = seed(kind)
    if kind == "parquet" and chance.random() < 0.6:  # what the footer says
        size = int.from_bytes(data[-8:-4], "little") + 8
        return data[:-size] + mutate.any_bytes(chance, data[-size:-8]) + data[-8:]
    if kind == "gz" and chance.random() < 0.6:  # the contents, well packed
        import gzip

        return gzip.compress(mutate.any_text(chance, CSV), mtime=0)
    return mutate.any_bytes(chance, data, (b"<table>", b"<tr>", b"<td>", b"\0"))


def _of_kind(kind: str) -> Callable[[Random, Path], Run]:
    def make(chance: Random, folder: Path) -> Run:
        ending = kind if chance.random() < 0.95 else chance.choice(["csv", "xlsx", "json", "dat", "zip"])
        return opened(file_of(folder, f"a.{ending}", damaged(chance, kind)), folder)

    return make


def _any(chance: Random, folder: Path) -> Run:
    """Bytes of no kind, behind the first ones of some."""
    heads = (b"", b"PAR1", b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00", b"(\xb5/\xfd",
             b"SQLite format 3\0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
             b"<html>", b"[{", b"\xff\xfe", b"\xef\xbb\xbf", b"<?xml ")  # fmt: skip
    data = chance.choice(heads) + chance.randbytes(chance.randrange(600))
    ending = chance.choice(["csv", "xlsx", "xls", "xlsb", "ods", "json", "parquet", "gz", "zst", "zip", "html", "db"])
    return opened(file_of(folder, f"a.{ending}", data), folder)


def _ingest(chance: Random, folder: Path) -> Run:
    """The whole command, with a mapping file or options at times."""
    kind = chance.choice(["csv", "csv", "csv", "json", "xlsx", "zip", "db", "html", "parquet", "gz"])
    place = file_of(folder, f"a.{kind}", damaged(chance, kind))
    more: list[str] = []
    if chance.random() < 0.3:
        more = [
            "--map",
            f"{chance.choice(['customer_id', 'month', 'amount'])}={chance.choice(['@row', 'x', 'amount'])}",
        ]
    words = ["ingest", str(place), "-w", str(folder / "work"), "--as-of", "2024-06", *more]
    return lambda: main([*words, "--format", chance.choice(["json", "quiet", "human"])])


_MAPPING = {
    "source": [
        {
            "file": "a.csv", "table": "bills",
            "columns": {"customer_id": "customer_id", "month": "month", "amount": {"column": "amount", "unit": "yuan"}},
            "attributes": {"x_note": {"column": "备注", "type": "String"}}, "drop": ["客户姓名"],
        }
    ]
}  # fmt: skip


def _mapping(chance: Random, folder: Path) -> Run:
    told = json.loads(json.dumps(_MAPPING))
    for _ in range(chance.choice([1, 1, 2, 3])):
        told = mutate._other_part(chance, told)
    data = mapping_text(told, chance).encode("utf-8", "surrogatepass")
    data = mutate.any_bytes(chance, data) if chance.random() < 0.2 else data
    return mapping_of(folder, data)


def mapping_text(told: Any = _MAPPING, chance: Random | None = None) -> str:
    """What is told of sources as a mapping file, sound where nothing is left to chance."""
    tables = told if isinstance(told, dict) else {"source": told}
    chance = chance or Always()
    lines = [f"{json.dumps(key, ensure_ascii=False)} = {mutate._toml(chance, one)}" for key, one in tables.items()]
    return "\n".join(lines)


class Always(Random):
    """Chance that never changes anything."""

    def random(self) -> float:
        return 0.5


def mapping_of(folder: Path, data: bytes) -> Run:
    """Ingest by this mapping file."""
    place = file_of(folder, "a.csv", CSV.encode())
    mapping = file_of(folder, "map.toml", data)
    words = ["ingest", str(place), "--mapping", str(mapping), "-w", str(folder / "work"), "--as-of", "2024-06", "-q"]
    return lambda: main(words)


@functools.cache
def _sections() -> dict[str, dict[str, Any]]:
    """Every section with its settings' defaults, and the tables in it that hold none."""
    found = {name: {one.name: one.default for one in dataclasses.fields(kind)} for name, kind in SECTIONS.items()}
    found["segment.rules"] = {"campus": "age < 25 AND plan_id LIKE '%x%'"}
    found["score-value.stars"] = {"五星": "value_score >= 80"}
    found["score-value.items"] = {"retention": ["tenure", "contract"]}
    found["score-value.indicators"] = {"payer": {"column": "days_to_pay", "better": "less", "scaling": "rank"}}
    found["score-value.judgements"] = {"retention": {"contract : tenure": 2}}
    found["predict-churn.exit_words"] = {"port-out": ["MNP away"]}
    found["predict-churn.reasons"] = {"roaming": {"theme": "price", "words": ["roaming"], "en": "R", "zh": "R"}}
    found["complaints.topics"] = {"roaming": {"words": ["roaming"], "en": "R", "zh": "R"}}
    found["detect-fraud.rules"] = {"wangiri": {"targets": 50, "window_minutes": 30}}
    found["plan-retention.offers"] = {"FEE30": {"channel": "outbound", "cost": 90, "accept": 0.3, "zh": "月租减免"}}
    found["monitor.kpis"] = {"arpu_young": {"metric": "arpu", "where": "age < 25", "en": "x", "zh": "x"}}
    found["dictionary.headers.bills"] = {"amount": ["我的费用"]}
    found["dictionary.words.gender"] = {"female": ["mme"]}
    found["dictionary.units.currency"] = {"毫": 0.001}
    found["dictionary.personal"] = {"headers": ["装维人员"]}
    return found


def every_section(share: int = 0) -> str:
    """A sound telcli.toml of every third section."""
    chance, lines = Always(), list[str]()
    for name in list(_sections())[share::3]:
        lines += [f"[{name}]", *(f"{key} = {mutate._toml(chance, one)}" for key, one in _sections()[name].items())]
    return "\n".join(lines)


def _config(chance: Random, folder: Path) -> Run:
    """A telcli.toml, as every command meets it."""
    (folder / "work").mkdir()
    file_of(folder / "work", "telcli.toml", mutate.any_toml(chance, _sections()))
    asked = chance.choice([["config"], ["config", "--format", "json"], ["status"], ["config", "--lang", "zh"]])
    return lambda: main([*asked, "-w", str(folder / "work")])


@functools.cache
def workdir() -> Path:
    """A working directory of a few customers that ingest and segment filled, made once; it is copied, not used."""
    from atexit import register
    from tempfile import mkdtemp

    from tests.test_walk import flat

    folder = Path(mkdtemp(prefix="telcli-fuzz-"))
    register(shutil.rmtree, folder, ignore_errors=True)
    source = flat(folder / "a.csv", 60)
    words = ["--map", "customer_id=customerID", "--as-of", "2024-06", "-w", str(folder / "work"), "-q"]
    assert main(["ingest", str(source), *words]) == 0
    return folder / "work"


def _manifest(chance: Random, folder: Path) -> Run:
    """A working directory that somebody wrote into: its manifest is input too."""
    work = folder / "work"
    shutil.copytree(workdir(), work)
    place = work / "manifest.json"
    told = json.loads(place.read_text(encoding="utf-8"))
    data = mutate.any_json(chance, told) if chance.random() < 0.8 else mutate.any_bytes(chance, place.read_bytes())
    return manifest_of(data, work, chance.choice(_READING))


def manifest_of(data: bytes, work: Path, asked: Sequence[str] = ("status",)) -> Run:
    """A copy of the working directory with this manifest, and a command that reads it."""
    if not work.exists():
        shutil.copytree(workdir(), work)
    (work / "manifest.json").write_bytes(_sealed(data))
    return lambda: main([*asked, "-w", str(work)])


_READING = (
    ["status"], ["status", "--format", "json"], ["show", "customers"], ["show", "customers", "--format", "json"],
    ["customer", "7590-1"], ["config"], ["metrics"], ["diff"], ["segment", "--segments", "3"], ["profile"],
)  # fmt: skip


def _sealed(data: bytes) -> bytes:
    """Sealed anew where this telcli seals its manifest: the seal holds no secret, so whoever changes one can."""
    from telcli.pipeline import provenance

    seal = getattr(provenance, "seal_of", None)
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        return data
    if seal is None or not isinstance(body, dict):
        return data
    return json.dumps({**body, "seal": seal(body)}).encode("utf-8", "surrogatepass")


def _model(chance: Random, folder: Path) -> Run:
    """A model whose seal fits, since it holds no secret either."""
    archive, about = seeds.model()

    def inner(luck: Random, name: str, data: bytes) -> bytes:
        return mutate.any_json(luck, json.loads(data)) if name == "schema.json" else mutate.any_bytes(luck, data)

    archive = mutate.any_zip(chance, archive, inner) if chance.random() < 0.8 else archive
    told = json.loads(json.dumps(about))
    if chance.random() < 0.2:
        told = mutate._other_part(chance, told)
    if isinstance(told, dict) and chance.random() < 0.95:
        from telcli.io import model_file

        told["sha256"] = hashlib.sha256(archive).hexdigest()
        told["seal"] = model_file._seal(told)
    file_of(folder, "churn.skops", archive)
    file_of(folder, "churn.json", json.dumps(told).encode("utf-8", "surrogatepass"))

    def run() -> None:
        import numpy as np

        from telcli.io import model_file

        found, _ = model_file.read(folder / "churn")
        # what the stage makes a sentence of, whatever the model holds
        with np.errstate(all="ignore"), contextlib.suppress(Exception):
            found.predict_proba(np.zeros((2, 3), dtype=np.float32))

    return run


def _calendar(told: Any) -> None:
    from telcli.features.working_days import calendar_of

    calendar_of(told["file"], told)


def _tariffs(told: Any) -> None:
    import polars as pl

    from telcli.intake.tariffs import tariffs

    cells = pl.DataFrame(told["cells"], schema=dict.fromkeys(told["columns"], pl.String), orient="row")
    tariffs(told["file"], cells, told["lines"])


def _causes(told: Any) -> None:
    from telcli.stages.monitor_known import file_causes

    file_causes(told)


def _allowed(told: Any) -> None:
    from telcli.stages.detect_fraud_allowed import allowed_of

    allowed_of(told, date(2024, 6, 1))


def _totals(told: Any) -> None:
    from telcli.stages.report_told import read_told

    read_told(told)


def named() -> Mapping[str, tuple[str, Callable[[Path], Any], Callable[[Any], None]]]:
    """Files that settings name: a seed of each, who reads it, and who takes its rows."""
    from telcli.pipeline import allowed, control_totals, holidays, known_causes, left_alone, organisation, tariffs

    return {
        "allow": (table_seed(("customer_id", "reason", "until"), ("C1", "x", "2024-12-31")), allowed.allowed, _allowed),
        "suppress": ("customer_id\nC1\nC2\n", left_alone.left_alone, lambda told: None),
        "known": (
            table_seed(("entity", "metric", "from", "to", "reason"), ("all", "arpu", "2024-01", "2024-03", "x")),
            known_causes.rows_of, _causes,
        ),
        "holidays": (table_seed(("date", "kind"), ("2024-10-01", "holiday")), holidays.holidays_of, _calendar),
        "control": (
            table_seed(("month", "metric", "amount", "tolerance"), ("2024-06", "revenue", "100", "1%")),
            control_totals.totals_of, _totals,
        ),
        "tariffs": (
            table_seed(("plan_id", "fee", "call_minutes", "data_mb"), ("P1", "9", "100", "1GB")),
            tariffs.own_tariffs, _tariffs,
        ),
        "organisation": (
            table_seed(("branch", "local_network", "province"), ("b1", "n1", "p1"), ("b2", "n1", "p1")),
            organisation._of_file, lambda told: None,
        ),
    }  # fmt: skip


def _lists(chance: Random, folder: Path) -> Run:
    """Files beside the tables: whom to leave alone, what is known, holidays, totals, tariffs, the organisation."""
    which = chance.choice(list(named()))
    text = named()[which][0]
    kind = chance.choice(["csv", "csv", "csv", "xlsx", "toml", "json"])
    if kind == "csv":
        data = mutate.any_text(chance, text)
    elif kind == "toml":
        tables = {"control": {"month": "2024-06", "metric": "revenue", "amount": 1}, "": {"holiday": ["2024-10-01"]}}
        data = mutate.any_toml(chance, tables)
    elif kind == "json":
        names, *rows = [line.split(",") for line in text.splitlines()]
        data = mutate.any_json(chance, [dict(zip(names, row, strict=True)) for row in rows])
    else:
        data = mutate.any_zip(chance, seeds.book([line.split(",") for line in text.splitlines()]), _part)
    return list_of(which, file_of(folder, f"{which}.{kind}", data))


def list_of(which: str, place: Path) -> Run:
    """Read one of the files beside the tables, and have its rows taken."""
    _, read, take = named()[which]
    return lambda: take(read(place))


def _books(chance: Random, folder: Path) -> Run:
    """Workbooks that people fill in: of tasks, of experience, of indicators."""
    from telcli.io import experience_book, hierarchy_book, task_book
    from telcli.tables import experience_sheet, task_sheet
    from telcli.tables.hierarchy import merged

    which = chance.choice(["tasks", "experience", "hierarchy"])
    if which == "tasks":
        line = [*["R2406-00001", "retention-2024-06", "C001", "1", "2024-07-05"], *"abcde", "accepted", "2024/7/3"]
        line += ["", "", "30", "x", "ABC234"]
        rows: list[Any] = [[names[0] for names in task_sheet.HEADERS.values()], line]
    elif which == "experience":
        rows = [[names[0] for names in experience_sheet.HEADERS.values()], ["1"] * len(experience_sheet.HEADERS)]
    else:
        rows = [[None, "current", "incremental", "retention"], ["current", 1, 3, 2], ["incremental", None, 1, "1/2"]]
    for _ in range(chance.randrange(3)):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice([*mutate.NUMBERS[:12], *mutate.WORDS[23:40], None, True, 1e300])
    if which != "hierarchy" and chance.random() < 0.5:
        data = mutate.any_text(chance, "\n".join(",".join(str(cell) for cell in row) for row in rows))
        place = file_of(folder, "a.csv", data)
    else:
        data = seeds.book([[_cell(cell) for cell in row] for row in rows], "goal" if which == "hierarchy" else "S")
        place = file_of(folder, "a.xlsx", mutate.any_zip(chance, data, _part) if chance.random() < 0.7 else data)
    if which == "hierarchy":
        return lambda: void(merged(hierarchy_book.read_hierarchy(place)))
    reader = task_book if which == "tasks" else experience_book
    return lambda: void(reader.read("a", place, folder / "scratch"))


def _cell(cell: Any) -> Any:
    """What openpyxl writes: no signs that XML has not."""
    return "".join(sign for sign in cell if sign >= " " and sign < "\ud800") if isinstance(cell, str) else cell


def void(found: Any) -> None:
    """Only that it was read."""


def _sql(chance: Random, folder: Path) -> Run:
    """A database whose names, types and statements are odd, rather than its pages."""
    import sqlite3

    place = folder / "a.db"
    with sqlite3.connect(place) as database:
        for _ in range(chance.randrange(1, 4)):
            name, column = (chance.choice(mutate.WORDS + mutate.NAMES).replace("\0", "") for _ in range(2))
            try:
                database.execute(
                    f'CREATE TABLE "{_quoted(name)}" (customer_id, "{_quoted(column)}" {chance.choice(_TYPES)})'
                )
                insert = f'INSERT INTO "{_quoted(name)}" VALUES (?, ?)'  # noqa: S608 - made here
                database.execute(insert, ("C1", chance.choice(_STORED)))
            except (sqlite3.Error, OverflowError, UnicodeError):
                continue
    database.close()
    if chance.random() < 0.5:
        return opened(place, folder)
    wanted = chance.choice([*_WANTED, "#" + chance.choice(mutate.WORDS)])

    def run() -> None:
        from telcli.io.database import fetch
        from telcli.io.database_url import parse_url

        for one in fetch(parse_url(f"sqlite:///{place}{wanted}"), folder).extracts:
            one.frame.collect()

    return run


_TYPES = ("", "TEXT", "BLOB", "REAL", "INTEGER", "DATE DEFAULT '1'", "GENERATED ALWAYS AS (1)")
_WANTED = (
    *("", "#", "#x", "#sqlite_master", "?query=SELECT 1", "?query=DROP TABLE x"),
    "?query=WITH RECURSIVE a(x) AS (SELECT 1 UNION SELECT x + 1 FROM a LIMIT 1000) SELECT * FROM a",
)
_STORED = (None, 1, 2**63 - 1, -1.5, float("inf"), b"\xff\0", "a\0b", "汉", "x" * 5000, "")


def _quoted(name: str) -> str:
    return name.replace('"', '""').encode("utf-8", "ignore").decode()


def _key(chance: Random, folder: Path) -> Run:
    """The file of the key, and what is in its place."""
    from telcli.pipeline.secret import Secret

    data = mutate.any_bytes(chance, b"5e" * 32 + b"\n")
    place = file_of(folder, "k", data)
    place.chmod(0o600)

    def run() -> None:
        with patch.dict(os.environ):
            del os.environ["TELCLI_KEY"]
            Secret(place, folder / "work")()

    return run


_VARIABLES = ("TELCLI_LANG", "TELCLI_SEED", "TELCLI_KEY", "TELCLI_SEGMENT_N_SEGMENTS", "TELCLI_CONFIG",
              "TELCLI_WORKDIR", "TELCLI_INGEST_MEMORY", "TELCLI_INGEST_TIME_ZONE",
               "COLUMNS", "LANG", "LC_ALL", "TERM", "NO_COLOR",
              "SOURCE_DATE_EPOCH", "TELCLI_FORMAT", "TELCLI_X", "XDG_CONFIG_HOME")  # fmt: skip


def _environ(chance: Random, folder: Path) -> Run:
    """Variables of the environment."""
    (folder / "work").mkdir()
    given = {name: _plain(chance.choice(mutate.WORDS)) for name in chance.sample(_VARIABLES, chance.randrange(1, 4))}
    asked = chance.choice([["config"], ["status"], ["help"], ["metrics"], ["config", "--format", "json"]])

    def run() -> int:
        with patch.dict(os.environ, given):
            return main([*asked, *([] if "TELCLI_WORKDIR" in given else ["-w", str(folder / "work")])])

    return run


def _plain(word: str) -> str:
    """What an environment can hold."""
    return word.replace("\0", "").encode("utf-8", "surrogateescape" if "\ud800" not in word else "ignore").decode()


@functools.cache
def _options() -> dict[str, list[str]]:
    """The options of each command."""
    import typer

    from telcli.cli._group import root

    group = root()
    with group.make_context("telcli", ["status"]) as context:
        found = {name: group.get_command(context, name) for name in COMMANDS}
    assert typer
    return {name: [one for each in made.params for one in each.opts] for name, made in found.items() if made}


def _words(chance: Random, folder: Path) -> Run:
    """A command line of known and odd words, on a working directory that is there."""
    work = folder / "work"
    shutil.copytree(workdir(), work)
    command = chance.choice([one for one in COMMANDS if one not in ("simulate", "run", "init")])
    words = [command]
    for _ in range(chance.randrange(1, 5)):
        words += [chance.choice(_options()[command])] if chance.random() < 0.6 else []
        odd = _plain(chance.choice(mutate.WORDS + mutate.NAMES))
        words.append(
            odd if chance.random() < 0.7 else chance.choice(["customers", "2024-06", "3", "json", "customer_id"])
        )
    safe = [word if not word.startswith("/") and ".." not in word else "x" for word in words]
    return lambda: main([*safe, "-w", str(work)])


_BITS = [
    "age",
    "fee",
    "'x'",
    "3",
    "region",
    "joined_on",
    "'2024-05'",
    "202405",
    "moved",
    "yes",
    "NULL",
    "TRUE",
    "'",
    '"',
    "(",
    ")",
    ",",
    "=",
    "<>",
    "<",
    ">=",
    "AND",
    "OR",
    "NOT",
    "LIKE",
    "ILIKE",
    "IN(",
    "BETWEEN",
    "IS",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "::",
    "CAST(",
    "AS",
    "int",
    "date",
    "LOWER(",
    "SUBSTR(",
    "REGEXP_LIKE(",
    "'('",
    "'[^'",
    "||",
    "+",
    "-",
    "*",
    "/",
    "%",
    "COUNT(",
    "SUM(age)",
    "OVER(",
    "SELECT",
    "FROM",
    "DATE",
    "'2024-02-30'",
    "1e999",
    "INTERVAL",
    "now()",
    "--",
    "/*",
    ";",
    "RIGHT(",
    "STRPTIME(",
    "SPLIT_PART(",
    "REPLACE(",
    "EXTRACT(",
    "LEFT(",
    "^",
    "~",
]


def condition_of(text: str) -> Run:
    """Read a condition as settings and --where do, and ask it of rows."""

    def run() -> None:
        import polars as pl

        from telcli.features import own_rules
        from telcli.pipeline.show import condition_on

        rows = pl.DataFrame(
            {"customer_id": ["C1", "C2"], "age": [30, None], "fee": [9.5, -1.0], "region": ["N", None],
             "joined_on": [date(2024, 5, 1), None], "moved": [True, None]}
        )  # fmt: skip
        for read in (
            lambda: condition_on("customers", rows.schema, text),
            lambda: own_rules.read("segment.rules", "own", text, rows.schema),
        ):
            try:
                found = read()
            except UsageError:
                continue
            with contextlib.suppress(pl.exceptions.PolarsError):  # a value that does not fit, of which stages tell
                rows.filter(found)

    return run


def _where(chance: Random, folder: Path) -> Run:
    """A condition of words that SQL knows, in any order or nearly in one."""
    words = [chance.choice([*_BITS, *mutate.WORDS[:40]] if chance.random() < 0.1 else _BITS)]
    for _ in range(chance.choice([2, 5, 10, 30, 200, 3000])):
        words.append(
            chance.choice(_BITS) if len(words) % 4 != 3 or chance.random() < 0.3 else chance.choice(["AND", "OR"])
        )
    text = chance.choice(
        [" ".join(words), f"age > 1 AND {' '.join(words[:4])}", f"fee {' '.join(words[:2])} 3", " OR ".join(words)]
    )
    return condition_of(text)


KINDS = ("csv", "xlsx", "xls", "xlsb", "ods", "html", "json", "parquet", "db", "zip", "gz", "bz2", "xz", "zst")
_HEAVY = {"xlsx": 12, "csv": 8, "json": 8, "html": 8, "parquet": 8, "zip": 8, "ods": 6, "xls": 8, "xlsb": 6, "db": 3}
DOORS: dict[str, Door] = {
    **{kind: Door(_of_kind(kind), _HEAVY.get(kind, 2)) for kind in KINDS},
    "any": Door(_any, 4),
    "ingest": Door(_ingest, 1),
    "mapping": Door(_mapping, 1),
    "config": Door(_config, 8),
    "manifest": Door(_manifest, 2),
    "model": Door(_model, 4),
    "lists": Door(_lists, 8),
    "books": Door(_books, 6),
    "sql": Door(_sql, 3),
    "key": Door(_key, 1),
    "environ": Door(_environ, 1),
    "words": Door(_words, 1),
    "where": Door(_where, 4),
}
"""What is fuzzed, by name."""
