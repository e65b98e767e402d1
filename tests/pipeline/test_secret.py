"""The key of pseudonyms: where it comes from, who may read it, and that no two are mixed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pytest

from telcli.errors import TelcliError
from telcli.pipeline.secret import Secret, key_file, key_id
from telcli.pipeline.workdir import Workdir
from tests.test_walk import called


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELCLI_KEY")


def refused(secret: Secret) -> tuple[str, int]:
    with pytest.raises(TelcliError) as caught:
        secret()
    assert "ab" * 16 not in str(caught.value) + caught.value.hint
    return caught.value.code, int(caught.value.exit_code)


def test_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert key_file("~/k") == Path.home() / "k"
    assert key_file("", {}) == Path.home() / ".config" / "telcli" / "pseudonyms.key"
    assert key_file("", {"XDG_CONFIG_HOME": "not/absolute"}) == key_file("", {})


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "home" / "telcli" / "k"
    first = Secret(file, tmp_path / "work")
    assert not first.key_id
    key = first()
    assert (len(key), file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (32, 0o600, 0o700)
    assert [notice.code for notice in first.notices] == ["key-made"]
    again = Secret(file, tmp_path / "work", expected=key_id(key))
    assert (again(), again.key_id, again.notices) == (key, key_id(key), [])


def test_the_environment_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELCLI_KEY", "ab" * 32)
    assert Secret(tmp_path / "k", tmp_path / "work")() == bytes.fromhex("ab" * 32)
    assert not (tmp_path / "k").exists()
    for wrong in ("ab" * 31, "ab" * 33, "zz" * 32):
        monkeypatch.setenv("TELCLI_KEY", wrong)
        assert refused(Secret(tmp_path / "k", tmp_path / "work")) == ("key-invalid", 2)


def test_another_key_or_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(Secret(tmp_path / "k", tmp_path / "work", expected="12345678")) == ("key-missing", 4)
    assert not (tmp_path / "k").exists()
    monkeypatch.setenv("TELCLI_KEY", "ab" * 32)
    assert refused(Secret(tmp_path / "k", tmp_path / "work", expected="12345678")) == ("key-other", 4)


def test_a_key_that_others_may_read_or_that_lies_with_the_data_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "k"
    file.write_text("ab" * 32 + "\n")
    file.chmod(0o640)
    assert refused(Secret(file, tmp_path / "work")) == ("key-readable", 2)
    file.chmod(0o600)
    assert Secret(file, tmp_path / "work")() == bytes.fromhex("ab" * 32)
    (tmp_path / "link").symlink_to(tmp_path)
    assert refused(Secret(file, tmp_path)) == ("key-inside", 2)
    assert refused(Secret(tmp_path / "link" / "k", tmp_path)) == ("key-inside", 2)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"ab" * 16, b"key = 1"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "k"
    file.write_bytes(content)
    file.chmod(0o600)
    assert refused(Secret(file, tmp_path / "work")) == ("key-invalid", 2)


def test_a_place_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refused(Secret(tmp_path / "file" / "k", tmp_path / "work"))[0] in ("key-unusable",)
    (tmp_path / "folder").mkdir()
    assert refused(Secret(tmp_path / "folder", tmp_path / "work"))[0] == "key-unusable"


def hashes(place: Path, month: int) -> list[Path]:
    """Extracts in which nothing but hashes stands for persons."""
    people = [hashlib.md5(bytes([n])).hexdigest() for n in range(20)]  # noqa: S324
    place.mkdir(exist_ok=True)
    customers, bills = place / "customers.csv", place / f"bills_2024-0{month}.csv"
    customers.write_text("客户编号,手机号码,性别\n" + "".join(f"{one},{one[::-1]},男\n" for one in people), "utf-8")
    rows = "".join(f"{one},2024-0{month},{n}.5\n" for n, one in enumerate(people))
    bills.write_text("客户编号,账期,应收金额\n" + rows, encoding="utf-8")
    return [customers, bills]


def test_hashes_alone_make_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    work = tmp_path / "work"
    assert called("ingest", *hashes(tmp_path / "in", 1), "-w", work)[0] == 0
    assert called("purge", "--customer", "13812345678", "-w", work)[0] == 3
    assert not (tmp_path / "home").exists()
    assert Workdir(work).manifest().key_id == ""


@pytest.mark.slow
def test_hashes_stay_what_they_are_when_there_are_keys_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work, keys = tmp_path / "work", tmp_path / "home" / "telcli" / "pseudonyms.key"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    assert called("ingest", *hashes(tmp_path / "in", 1), "-w", work)[0] == 0
    before = pl.read_parquet(work / "customers").drop("valid_from")
    keys.parent.mkdir(parents=True)
    keys.write_text("ab" * 32 + "\n" + "cd" * 32 + "\n", encoding="ascii")  # turned meanwhile, of other directories
    keys.chmod(0o600)
    assert called("ingest", *hashes(tmp_path / "in", 2), "-w", work)[0] == 0
    assert pl.read_parquet(work / "customers").drop("valid_from").equals(before)
    assert pl.read_parquet(work / "bills", hive_partitioning=False)["customer_id"].n_unique() == before.height
    numbers = tmp_path / "lines.csv"
    numbers.write_text(f"用户编号,客户编号,手机号码\nU1,{before['customer_id'][0]},13812345678\n", encoding="utf-8")
    assert called("ingest", numbers, "-w", work)[0] == 0
    assert Workdir(work).manifest().key_id == key_id(b"\xcd" * 32)
    assert called("ingest", *hashes(tmp_path / "in", 3), "-w", work)[0] == 0
    assert pl.read_parquet(work / "customers")["customer_id"].sort().equals(before["customer_id"].sort())


def test_hashes_are_turned_with_the_numbers_where_a_new_directory_goes_by_several_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELCLI_KEY", f"{'ab' * 32},{'cd' * 32}")
    assert called("ingest", *hashes(tmp_path / "in", 1), "-w", tmp_path / "work")[0] == 0
    people = set(pl.read_parquet(tmp_path / "work" / "customers")["customer_id"])
    given = {hashlib.md5(bytes([n])).hexdigest() for n in range(20)}  # noqa: S324
    assert len(people) == len(given)
    assert not people & given
    assert Workdir(tmp_path / "work").manifest().key_id.count(".") == 1
