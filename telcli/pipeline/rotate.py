"""``telcli rotate-key``: every pseudonym of a working directory under a new key, at one instant.

The key goes into its file first and is on the disk there; then the directory is committed. A process that dies in
between leaves a file with a key more than the directory goes by, which is no hindrance: the next run turns it to that
key.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.errors import DataError, Notice, UsageError
from telcli.pipeline.audit import note
from telcli.pipeline.provenance import Basis, Manifest, Part, Record, digest, file_sha256
from telcli.pipeline.refusals import REFUSED
from telcli.pipeline.run import Request, settle
from telcli.pipeline.secret import Secret, ids_of, key_file
from telcli.pipeline.storing import storing
from telcli.pipeline.workdir import HANDED_OUT, Workdir

if TYPE_CHECKING:
    import polars as pl

    from telcli.pipeline.doors import Landed

__all__ = ["Rotated", "rotate_key"]


@dataclass(frozen=True)
class Rotated:
    """Ids of the keys before and after, with `.` between, where the new one is, and what was written anew."""

    before: str
    after: str
    place: str
    tables: Mapping[str, int]
    files: tuple[str, ...]
    notices: tuple[Notice, ...]


def rotate_key(request: Request, wait: float = 0.0) -> Rotated:
    """Turn a working directory to the keys that follow its own in the key file, or else to a new one.

    Raises
    ------
    MissingInputError
        There is no such directory.
    UsageError
        It holds no pseudonyms, or the key comes from the environment and no other follows it.
    DataError
        The key that made what it holds is not at hand.
    """
    workdir = Workdir(request.workdir)
    workdir.manifest()
    settings, _ = settle("ingest", request)
    with workdir.writing(wait) as manifest:
        if not manifest.key_id:
            raise UsageError(
                "rotate-nothing",
                "{workdir} holds no pseudonyms, so that there is no key to rotate.",
                hint="To make a new key for later: telcli init",
                workdir=str(request.workdir),
            )
        secret = Secret(key_file(settings.key_file), request.workdir, manifest.key_id)
        last = secret.newest()
        fresh = secret.further() or secret.add()
        with storing(request.workdir):
            made = _Rotation(workdir, manifest, last, fresh, request)
            new = made.manifest()
        told = note(request.workdir, "rotate-key", tables=made.rows, files=len(made.files), keys=new.key_id)
        workdir.commit(manifest, new, made.staged, (REFUSED,))
    return Rotated(manifest.key_id, new.key_id, secret.place, made.rows, tuple(made.files), (*made.notices(), *told))


class _Rotation:
    """What is to be written, and the manifest that it makes."""

    def __init__(self, workdir: Workdir, manifest: Manifest, last: bytes, fresh: list[bytes], request: Request) -> None:
        from telcli.stages.rotate_key import Turn, derived

        self._workdir, self._manifest, self._progress = workdir, manifest, request.progress
        self._key_id = f"{manifest.key_id}.{ids_of(fresh)}"
        self._staging = workdir.staging()
        keys = b"".join((last, *fresh))
        held = {table: self._scan(table) for table in manifest.tables}
        self._bodies = {path: self._body(part) for path, part in manifest.files.items() if _says(path)}
        self._turn = Turn(keys, derived(held, keys, [_said(path, body) for path, body in self._bodies.items()]))
        self._turn.known.update(self._hashes(held))
        self.rows: dict[str, int] = {}
        self.files: list[str] = []
        self.staged: dict[str, Path] = {}
        self._tables = self._turned(held)
        self._renamed = self._written(self._check_codes(held))

    def manifest(self) -> Manifest:
        """The manifest as it is to be."""
        old, turn = self._manifest, self._turn
        stages = {
            name: {month: self._record(record) for month, record in records.items()}
            for name, records in old.stages.items()
        }
        stages = _with_digests(old, stages)
        loads = []
        for load in old.loads:
            record = load.get("record")
            texts = {name: turn.value(record[name]) for name in ("metrics", "notices")} if record else {}
            loads.append({**load, "record": {**record, **texts}} if record else load)
        return dataclasses.replace(
            old,
            tables=self._tables,
            files=dict(self._renamed.get(path, (path, part)) for path, part in old.files.items()),
            stages=stages,
            key_id=self._key_id,
            suppressed=tuple(sorted(turn.tokens(old.suppressed))),
            loads=tuple(loads),
        )

    def notices(self) -> list[Notice]:
        """What this command cannot change."""
        words = (
            "Copies of the directory, exports and backups from before hold the old pseudonyms; they are yours to clean."
        )
        told = [Notice("rotate-copies", words)]
        if any(path.startswith(HANDED_OUT) for path in self.files):
            words = (
                "Workbooks under tasks/ show the new pseudonyms. Copies that were handed out before show the old ones: "
                "their rows of customers who are known by a number alone will not be recognised."
            )
            told.append(Notice("rotate-sheets", words))
        return told

    def _scan(self, table: str) -> pl.LazyFrame:
        return self._workdir.scan(self._manifest, table, self._manifest.partitions(table))

    def _body(self, part: Part) -> bytes:
        place = self._workdir.locate(self._manifest, part)
        return place.read_bytes() if place.is_file() else b""

    def _hashes(self, held: Mapping[str, pl.LazyFrame]) -> dict[str, str]:
        """The hash over the figures of each report -> that over the same figures under the next key."""
        from telcli.stages.rotate_key import turned
        from telcli.tables import contract
        from telcli.tables.content_hash import content_hash

        frame = held.get("report_figures")
        if frame is None:
            return {}
        record = next(iter(self._manifest.stages.get("report", {}).values()), None)
        currency = str(record.basis.settings.get("currency", "")) if record else ""
        rows = contract("report_figures").conform(frame)
        parts = [
            rows.collect(),
            contract("report_figures").conform(turned(rows, "report_figures", self._turn)).collect(),
        ]
        found = {}
        for (month,), was in parts[0].partition_by("as_of", as_dict=True).items():
            now = parts[1].filter(parts[1]["as_of"] == month)
            found[content_hash(was, currency)] = content_hash(now, currency)
        return found

    def _turned(self, held: Mapping[str, pl.LazyFrame]) -> dict[str, Mapping[str, Part]]:
        """Every table, those with pseudonyms landed anew."""
        from telcli.pipeline.doors import land
        from telcli.stages.rotate_key import concerned, turned
        from telcli.tables import contract

        tables: dict[str, Mapping[str, Part]] = dict(self._manifest.tables)
        for done, table in enumerate(sorted(held)):
            self._progress("rows under the new key", done, len(held))
            rules = contract(table)
            frame = rules.conform(self._workdir.scan(self._manifest, table, self._manifest.partitions(table)))
            if not concerned(frame, table, self._turn):
                continue
            landed: Landed = land(rules, turned(frame, table, self._turn), self._staging, strict=True)
            was = sum(part.rows for part in self._manifest.tables[table].values())
            if landed.rows != was:
                raise DataError(
                    "rotate-rows",
                    "{table} would have {now} rows under the new key, and has {was}; nothing was changed.",
                    hint="Run the stage that makes it anew, with --force, then this again.",
                    table=table,
                    now=landed.rows,
                    was=was,
                )
            tables[table], self.rows[table] = dict(sorted(landed.parts.items())), landed.rows
            self.staged |= landed.staged
        return tables

    def _check_codes(self, held: Mapping[str, pl.LazyFrame]) -> dict[str, str]:
        """Check codes of tasks -> those that go with their customers now."""
        from telcli.stages.rotate_key import turned

        tasks = held.get("retention_tasks")
        if tasks is None or "retention_tasks" not in self.rows:
            return {}
        was = tasks.select("code").collect()["code"]
        now = turned(tasks, "retention_tasks", self._turn).select("code").collect()["code"]
        return {old: new for old, new in zip(was, now, strict=True) if old != new}

    def _written(self, codes: Mapping[str, str]) -> dict[str, tuple[str, Part]]:
        """Pages and workbooks that change: by their path then, that now and the part."""
        from telcli.pipeline.rotated_files import book_turned, page_turned

        found: dict[str, tuple[str, Part]] = {}
        folder = self._staging / "pages"
        folder.mkdir()
        for path, body in sorted(self._bodies.items()):
            book = body[:2] == b"PK"
            after = book_turned(body, self._turn.text, codes) if book else page_turned(body, self._turn.text)
            target = self._turn.text(path)
            if after == body and target == path:
                continue
            part = self._manifest.files[path]
            place = folder / str(len(found))
            place.write_bytes(after)
            same = part.sha256 == file_sha256(self._workdir.locate(self._manifest, part))
            sha = file_sha256(place) if same else part.sha256  # one that people filled in still counts as filled in
            found[path] = (target, dataclasses.replace(part, path=target, sha256=sha, bytes=len(after)))
            self.staged[target] = place
            self.files.append(target)
        return found

    def _record(self, record: Record) -> Record:
        """A record of the same run, whose inputs and files are called and hashed as they are now."""
        gave = {table: self._partitions(table, names) for table, names in record.gave.items()}
        files = {}
        for path, sha in record.files.items():
            target, part = self._renamed.get(path, (path, None))
            files[target] = part.sha256 if part and sha == self._manifest.files[path].sha256 else sha
        key = {"key_id": self._key_id} if "key_id" in record.metrics else {}
        return dataclasses.replace(
            record,
            basis=dataclasses.replace(record.basis, inputs=self._inputs(record.basis)),
            gave=gave,
            files=files,
            metrics={**self._turn.value(record.metrics), **key},
            notices=tuple(self._turn.value(one) for one in record.notices),
        )

    def _partitions(self, table: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """Partitions of the same months: customers are in other files of a month now."""
        if table not in self.rows:
            return names
        months = {name[:10] for name in names}
        return tuple(name for name in self._tables[table] if name[:10] in months)

    def _inputs(self, basis: Basis) -> dict[str, str]:
        """What a result was made of, with the hashes of now where it was made of what is held."""
        found = dict(basis.inputs)
        for table in self.rows:
            was, now = self._manifest.tables[table], self._tables[table]
            read = {name: part for name, part in was.items() if part.path in found}
            months = {name[:10] for name in read}
            for month in months:
                parts = [part for name, part in read.items() if name[:10] == month]
                whole = len(parts) == sum(name[:10] == month for name in was)
                if whole and all(found[part.path] == part.sha256 for part in parts):
                    for part in parts:
                        del found[part.path]
                    found |= {part.path: part.sha256 for name, part in now.items() if name[:10] == month}
        return found


def _with_digests(old: Manifest, stages: Mapping[str, Mapping[str, Record]]) -> dict[str, dict[str, Record]]:
    """The records, with digests of metrics that others depend on as they are now."""
    then = {digest(one.metrics): digest(stages[name][month].metrics) for name, month, one in _all(old.stages)}
    made: dict[str, dict[str, Record]] = {name: {} for name in stages}
    for name, month, one in _all(stages):
        inputs = {
            said: then.get(sha, sha) if said.startswith("metrics of ") else sha
            for said, sha in one.basis.inputs.items()
        }
        made[name][month] = dataclasses.replace(one, basis=dataclasses.replace(one.basis, inputs=inputs))
    return made


def _all(stages: Mapping[str, Mapping[str, Record]]) -> list[tuple[str, str, Record]]:
    return [(name, month, record) for name, records in stages.items() for month, record in records.items()]


def _says(path: str) -> bool:
    """Whether a file may show a pseudonym: models are made of hashes and numbers."""
    return path.startswith(("reports/", HANDED_OUT))


def _said(path: str, body: bytes) -> str:
    from telcli.pipeline.rotated_files import book_texts

    return path + "\n" + (book_texts(body) if body[:2] == b"PK" else body.decode("utf-8", errors="replace"))
