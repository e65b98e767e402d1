"""Key rotation: nothing but pseudonyms changes, later loads join as before, no state in between is unreadable."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError, TelcliError, UsageError
from telcli.intake.pseudonyms import Pseudonyms
from telcli.intake.repeats import content_name
from telcli.pipeline.purge import purge
from telcli.pipeline.request import Request
from telcli.pipeline.rotate import rotate_key
from telcli.pipeline.workdir import Workdir
from telcli.stages.rotate_key_derived import named_anew
from tests.pipeline.test_purge import rows
from tests.test_walk import called

KEYS = ["5e" * 32, "a1" * 32, "b2" * 32]
PHONES = [f"1381234{n:04}" for n in range(12)]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def card(n: int) -> str:
    body = f"11010519{50 + n}0101{n:03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


CARDS = [card(n) for n in range(12)]


def keys(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELCLI_KEY", ",".join(KEYS[:count]))


def seal(key: str, text: str) -> str:
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()[:32]


def chain(text: str, count: int) -> str:
    """A pseudonym under the first keys, by another implementation."""
    found = seal(KEYS[0], text)
    for before, after in itertools.pairwise(KEYS[:count]):
        found = seal(after, f"turned|{seal(before, f'purged|{found}')}")
    return found


def month(place: Path, at: int) -> list[Path]:
    """Extracts of a month: customers known by number alone, one by a hash, one by a code; their lines, bills, more."""
    people = [*PHONES[:8], hashlib.md5(b"someone").hexdigest(), "C0001"]  # noqa: S324
    files = {
        "customers.csv": "客户编号,证件号码,性别\n"
        + "".join(f"{one},{CARDS[n]},{'男女'[n % 2]}\n" for n, one in enumerate(people[: 7 + at])),
        "subscriptions.csv": "用户编号,客户编号,手机号码,入网时间\n"
        + "".join(f"{PHONES[n]},{one},{PHONES[n]},2020010{n % 9 + 1}\n" for n, one in enumerate(people[: 7 + at])),
        "bills.csv": "客户编号,账期,应收金额\n"
        + "".join(f"{one},2024-0{at},{n}.5\n" for n, one in enumerate(people[: 6 + at])),
        "payments.csv": "客户编号,缴费时间,缴费金额\n"
        + "".join(f"{one},2024-0{at}-0{n % 9 + 1} 10:00:00,{n + 1}\n" for n, one in enumerate(people[: 6 + at])),
        "tickets.csv": "工单编号,客户编号,受理时间,工单类型,坐席\n"
        + "".join(f"T{at}{n},{one},2024-0{at}-03 09:00:00,投诉,王小明\n" for n, one in enumerate(people[:5])),
    }
    folder = place / f"2024-0{at}"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return sorted(folder.iterdir())


def load(place: Path, work: Path, at: int) -> dict[str, Any]:
    files = month(place, at) if not (place / f"2024-0{at}").exists() else sorted((place / f"2024-0{at}").iterdir())
    code, said = called("ingest", *files, "-w", work, "--as-of", f"2024-0{at}")
    assert code == 0, said
    return said


def held(work: Path) -> dict[str, pl.DataFrame]:
    return {table: rows(work, table) for table in sorted(Workdir(work).manifest().tables)}


def test_pseudonyms_are_a_chain_of_hmac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys(1, monkeypatch)
    load(tmp_path, tmp_path / "work", 1)
    for count in (2, 3):
        keys(count, monkeypatch)
        done = rotate_key(Request(tmp_path / "work"))
        assert done.after.count(".") == count - 1
        people = rows(tmp_path / "work", "customers")
        assert {chain(f"msisdn|{one}", count) for one in PHONES[:7]} <= set(people["customer_id"])
        assert set(people["certificate_h"]) == {chain(f"cert|{one}", count) for one in CARDS[:8]}


@pytest.mark.slow
@pytest.mark.parametrize("at", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_a_series_of_loads_turned_in_between_is_that_never_turned_up_to_names(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys(1, monkeypatch)
    plain, work = tmp_path / "plain", tmp_path / "work"
    for number in (1, 2, 3):
        load(tmp_path / "in", plain, number)
    for number in (1, 2, 3):
        load(tmp_path / "in", work, number)
        if number == at:
            keys(2, monkeypatch)
            rotate_key(Request(work))
    load(tmp_path / "in", work, 1)  # delivered again: up to date, or the same rows
    keys(2, monkeypatch)
    rotate_key(Request(plain))
    ours, theirs = held(work), held(plain)
    assert list(ours) == list(theirs)
    for table, frame in ours.items():
        assert frame.equals(theirs[table]), table
    assert Workdir(work).manifest().key_id == Workdir(plain).manifest().key_id


@pytest.mark.slow
def test_stages_stay_up_to_date_and_what_is_loaded_is_known_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys(1, monkeypatch)
    work = tmp_path / "work"
    load(tmp_path / "in", work, 1)
    assert called("customer-months", "-w", work)[0] == 0
    keys(2, monkeypatch)
    code, said = called("rotate-key", "-w", work)
    assert code == 0
    assert said["metrics"]["tables"]["payments"] == 7
    told = called("status", *month(tmp_path / "again", 1), "-w", work)[1]["stages"]
    states = {one["stage"]: one["state"] for one in told}
    assert (states["ingest"], states["customer-months"]) == ("up-to-date", "up-to-date")
    again = load(tmp_path / "in", work, 1)
    assert again["stages"][0]["skipped"]


@pytest.mark.slow
def test_who_was_purged_stays_out_whenever_the_key_is_turned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys(1, monkeypatch)
    work = tmp_path / "work"
    load(tmp_path / "in", work, 3)
    for asked in (PHONES[0], "C0001"):
        purge(work, asked)
    keys(2, monkeypatch)
    rotate_key(Request(work))
    purge(work, PHONES[1])
    keys(3, monkeypatch)
    rotate_key(Request(work))
    files = month(tmp_path / "later", 4)
    assert called("ingest", *files, "-w", work)[0] == 0
    gone = {chain(f"msisdn|{PHONES[n]}", 3) for n in (0, 1)} | {"C0001"}
    for table, frame in held(work).items():
        assert not gone & {str(value) for column in frame for value in column}, table
    assert called("customer", PHONES[1], "-w", work)[1]["error"]["code"] == "customer-purged"
    assert called("customer", PHONES[2], "-w", work)[0] == 0


@pytest.mark.slow
def test_no_old_pseudonym_is_left_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys(1, monkeypatch)
    work = tmp_path / "work"
    load(tmp_path / "in", work, 2)
    old = {chain(f"{kind}|{one}", 1) for kind, ones in (("msisdn", PHONES), ("cert", CARDS)) for one in ones}
    agent = seal(KEYS[0], "name|王小明")[:8]
    assert agent in str(held(work)["contacts"].to_dicts())
    keys(2, monkeypatch)
    rotate_key(Request(work))
    bytes_ = b"".join(file.read_bytes() for file in work.rglob("*") if file.is_file())
    values = str([frame.to_dicts() for frame in held(work).values()])
    assert not [one for one in (*old, agent) if one in values or one.encode() in bytes_]


@pytest.mark.slow
def test_branches_of_which_one_was_turned_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys(1, monkeypatch)
    north, south = tmp_path / "north", tmp_path / "south"
    load(tmp_path / "n", north, 1)
    load(tmp_path / "s", south, 2)
    purge(north, PHONES[3])
    assert called("merge", north, south, "-w", tmp_path / "plain")[0] == 0
    keys(2, monkeypatch)
    rotate_key(Request(tmp_path / "plain"))
    rotate_key(Request(south))
    code, said = called("merge", north, south, "-w", tmp_path / "all")
    assert code == 0, said
    for table, frame in held(tmp_path / "all").items():
        assert frame.equals(held(tmp_path / "plain")[table]), table
    keys(3, monkeypatch)
    rotate_key(Request(south))
    monkeypatch.setenv("TELCLI_KEY", f"{KEYS[0]} {'c3' * 32}")
    rotate_key(Request(north))
    monkeypatch.setenv("TELCLI_KEY", " ".join([*KEYS, "c3" * 32]))
    assert called("merge", north, south, "-w", tmp_path / "none")[1]["error"]["code"] == "merge-keys"


@pytest.mark.slow
def test_a_key_is_put_into_the_file_and_other_directories_go_by_it_when_they_are_turned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TELCLI_KEY")
    monkeypatch.setenv("TELCLI_INGEST_KEY_FILE", str(tmp_path / "keys"))
    one, other = tmp_path / "one", tmp_path / "other"
    load(tmp_path / "in", one, 1)
    load(tmp_path / "in", other, 1)
    first = rotate_key(Request(one))
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    assert len((tmp_path / "keys").read_text(encoding="ascii").split()) == 2
    load(tmp_path / "in", other, 2)  # not turned yet, and reads on
    assert rotate_key(Request(other)).after == first.after
    load(tmp_path / "in", one, 2)
    assert all(frame.equals(held(other)[table]) for table, frame in held(one).items())
    assert rotate_key(Request(one)).after.count(".") == 2


@pytest.mark.slow
def test_without_an_older_key_what_is_held_stands_and_nothing_is_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys(1, monkeypatch)
    work = tmp_path / "work"
    load(tmp_path / "in", work, 1)
    keys(2, monkeypatch)
    rotate_key(Request(work))
    monkeypatch.setenv("TELCLI_KEY", KEYS[1])
    assert called("export", "customers", "-o", tmp_path / "a.csv", "--unmask", "-w", work)[0] == 0
    assert called("customer-months", "-w", work)[0] == 0
    for words in (["ingest", *month(tmp_path / "b", 2)], ["customer", PHONES[0]], ["purge", "--customer", PHONES[0]]):
        assert called(*words, "-w", work)[0] in (3, 4)
    monkeypatch.setenv("TELCLI_KEY", KEYS[0])
    assert called("export", "customers", "-o", tmp_path / "b.csv", "--unmask", "-w", work)[0] == 4
    assert not (tmp_path / "b.csv").exists()
    monkeypatch.setenv("TELCLI_KEY", f"{KEYS[1]},{KEYS[2]}")  # the newest is all that turning takes
    rotate_key(Request(work))
    keys(3, monkeypatch)
    assert called("customer", PHONES[0], "-w", work)[0] == 0


@pytest.mark.slow
def test_what_cannot_be_turned_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys(1, monkeypatch)
    plain = tmp_path / "plain.csv"
    plain.write_text("客户编号,性别\nX77,男\n", encoding="utf-8")
    assert called("ingest", plain, "-w", tmp_path / "plain")[0] == 0
    with pytest.raises(UsageError, match="no pseudonyms"):
        rotate_key(Request(tmp_path / "plain"))
    work = tmp_path / "work"
    load(tmp_path / "in", work, 1)
    before = (work / "manifest.json").read_bytes()
    with pytest.raises(UsageError, match="TELCLI_KEY"):
        rotate_key(Request(work))
    monkeypatch.setenv("TELCLI_KEY", f"{KEYS[1]},{KEYS[2]}")
    with pytest.raises(DataError) as caught:
        rotate_key(Request(work))
    assert caught.value.code == "key-other"
    monkeypatch.delenv("TELCLI_KEY")
    monkeypatch.setenv("TELCLI_INGEST_KEY_FILE", str(tmp_path / "gone" / "keys"))
    with pytest.raises(DataError) as caught:
        rotate_key(Request(work))
    assert caught.value.code == "key-missing"
    assert not (tmp_path / "gone").exists()
    assert (work / "manifest.json").read_bytes() == before
    assert [file.name for file in work.iterdir() if file.name.startswith(".") and file.name != ".lock"] == []


@pytest.mark.slow
def test_whoever_reads_while_the_key_is_turned_sees_all_of_one_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys(1, monkeypatch)
    work = tmp_path / "work"
    load(tmp_path / "in", work, 1)
    known = {count: {chain(f"msisdn|{one}", count) for one in PHONES} for count in (1, 2, 3)}
    tables, done, seen = ("customers", "bills", "payments"), threading.Event(), list[set[int]]()

    def under(frames: dict[str, pl.LazyFrame]) -> set[int]:
        """Keys under which any table stands."""
        ids = [frames[table].collect()["customer_id"].to_list() for table in tables]
        return {count for one in ids for count, names in known.items() if names & set(one)}

    def held_now() -> dict[str, pl.LazyFrame]:
        return Workdir(work).hold_all(lambda manifest: {one: manifest.partitions(one) for one in tables})[2]

    def read() -> None:
        while not done.is_set():
            seen.append(under(held_now()))

    reader = threading.Thread(target=read)
    reader.start()
    for count in (2, 3):  # two in a row
        before = held_now()
        keys(count, monkeypatch)
        rotate_key(Request(work))
        assert under(before) == {count - 1}
        assert under(held_now()) == {count}
    done.set()
    reader.join()
    assert len(seen) > 1
    assert all(len(one) == 1 for one in seen)


@pytest.mark.slow
@pytest.mark.parametrize("stop", ["after the key", "before the commit", "after the promise"])
def test_a_rotation_that_is_killed_is_wholly_old_or_new(
    stop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TELCLI_KEY")
    monkeypatch.setenv("TELCLI_INGEST_KEY_FILE", str(tmp_path / "keys"))
    work = tmp_path / "work"
    load(tmp_path / "in", work, 1)
    before = held(work)

    class KilledError(BaseException):
        pass

    def killed(*_: Any, **__: Any) -> None:
        raise KilledError

    name = {"after the key": "staging", "before the commit": "_promised", "after the promise": "_settle"}[stop]
    with monkeypatch.context() as patch:
        real = getattr(Workdir, name)
        calls = iter(range(10))
        first = 1 if name == "_settle" else 0
        patch.setattr(Workdir, name, lambda *given: killed() if next(calls) >= first else real(*given))
        patch.setattr(Workdir, "_sweep", lambda _: None)
        with pytest.raises(KilledError):
            rotate_key(Request(work))
    new = stop == "after the promise"
    assert Workdir(work).manifest().key_id.count(".") == new
    assert all(frame.equals(before[table]) for table, frame in held(work).items()) != new
    load(tmp_path / "in", work, 2)
    done = rotate_key(Request(work))
    assert done.after.count(".") == 1 + new
    assert len((tmp_path / "keys").read_text(encoding="ascii").split()) == 2 + new
    assert called("customer", PHONES[0], "-w", work)[0] == 0


@pytest.mark.slow
def test_a_key_file_that_others_may_read_is_not_added_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELCLI_KEY")
    monkeypatch.setenv("TELCLI_INGEST_KEY_FILE", str(tmp_path / "keys"))
    load(tmp_path / "in", tmp_path / "work", 1)
    (tmp_path / "keys").chmod(0o644)
    with pytest.raises(TelcliError):
        rotate_key(Request(tmp_path / "work"))
    assert len((tmp_path / "keys").read_text(encoding="ascii").split()) == 1


def test_facts_with_numbers_of_their_own_keep_them_whatever_engine_looks_at_them() -> None:
    """The streaming engine hands null to what names rows, for those of another branch."""
    said = {"contact_id": ["T1", "T2"], "customer_id": ["a", "b"], "topic": [None, "bill"]}
    rows = pl.LazyFrame({**said, **{f"_after_{name}": values for name, values in said.items()}})
    for engine in ("streaming", "in-memory"):
        assert named_anew(rows, "contacts", Pseudonyms(bytes(64)).sealed).collect(engine=engine)[
            "_after_contact_id"
        ].to_list() == ["T1", "T2"]


def test_names_made_of_what_a_fact_said_once_are_made_anew_or_sealed() -> None:
    """A customer known later than the fact, a column not there then, a value that has changed since: none is left."""
    before = pl.DataFrame(
        {
            "customer_id": ["a" * 32, "b" * 32, "c" * 32, "C1", "d" * 32, "e" * 32],
            "subscription_id": ["1" * 32, None, "3" * 32, "U4", "5" * 32, None],
            "opened_at": [datetime(2024, 6, day) for day in range(1, 7)],
            "kind": ["complaint"] * 6,
        }
    )
    people = Pseudonyms(bytes(32) + bytes(range(32)))
    then = before.with_columns(customer_id=pl.lit(None, dtype=pl.String))
    said = ("customer_id", "subscription_id", "opened_at", "kind")

    def name(frame: pl.DataFrame, at: int, *of: str) -> str:
        return str(frame.lazy().select(content_name(frame.lazy(), of)).collect().item(at, 0))

    held = [
        *(name(then, 0, *said), name(before, 1, "customer_id", "opened_at") + "-2"),
        *(
            name(before.with_columns(kind=pl.lit("was")), 2, *said),
            name(before.with_columns(kind=pl.lit("was")), 3, *said),
        ),
        *("20240601123456789012", "T5"),
    ]
    after = before.with_columns(people.turned(before[one]).alias(one) for one in ("customer_id", "subscription_id"))
    beside = before.with_columns(contact_id=pl.Series(held)).hstack(
        after.with_columns(contact_id=pl.Series(held)).select(pl.all().name.prefix("_after_"))
    )
    now = named_anew(beside.lazy(), "contacts", people.sealed).collect()["_after_contact_id"].to_list()
    assert now[0] == name(after.with_columns(customer_id=pl.lit(None, dtype=pl.String)), 0, *said)
    assert now[1] == name(after, 1, "customer_id", "opened_at") + "-2"
    assert now[2] == people.sealed(held[2], "fact")[:20] != held[2]
    assert now[3:] == held[3:]
