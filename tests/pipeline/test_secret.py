"""The key of pseudonyms: where it comes from, who may read it, and that no two are mixed."""

from __future__ import annotations

from pathlib import Path

import pytest

from telcli.errors import TelcliError
from telcli.pipeline.secret import Secret, key_file, key_id


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
