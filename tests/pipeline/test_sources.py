"""From paths to extracts: files, folders, kinds that are not read yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from telcli.errors import DataError, MissingInputError
from telcli.pipeline.sources import fingerprint, open_sources


def written(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("id,x\n1,2\n", encoding="utf-8")
    return folder


def test_a_folder_is_its_own_files_by_name(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        "b.csv",
        "a.txt",
        "deep/c.csv",
        ".hidden.csv",
        "README.md",
        "README",
        "x.json",
        "telcli.toml",
        "old.xlsx",
    )
    extracts, notices = open_sources([folder], tmp_path / "scratch")
    assert [extract.name for extract in extracts] == ["a.txt", "b.csv"]
    assert [(notice.code, notice.values["file"]) for notice in notices] == [("kind-not-read", "old.xlsx")]
    assert fingerprint([folder]) == {extract.name: extract.sha256 for extract in extracts}


def test_equal_names_stay_apart_and_equal_paths_are_one(tmp_path: Path) -> None:
    written(tmp_path, "may/b.csv", "june/b.csv", "june/c.csv")
    paths = [tmp_path / "may", tmp_path / "june", tmp_path / "june" / "c.csv"]
    assert list(fingerprint(paths)) == ["may/b.csv", "june/b.csv", "c.csv"]


def test_a_file_without_header_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2\n3,4\n", encoding="utf-8")
    assert [notice.code for notice in open_sources([tmp_path / "a.csv"], tmp_path)[1]] == ["no-header"]


def test_what_is_missing_or_unreadable(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError) as missing:
        open_sources([tmp_path / "nowhere.csv"], tmp_path)
    assert missing.value.exit_code == 3
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    for path, code in ((tmp_path / "a.xlsx", "kind-unknown"), (tmp_path, "folder-empty")):
        with pytest.raises(DataError) as caught:
            open_sources([path], tmp_path / "scratch")
        assert (caught.value.code, caught.value.exit_code) == (code, 4)


def test_files_without_rows_are_said_beside_others_and_refused_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,x\n1,2\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,month,texts\n", encoding="utf-8")
    (tmp_path / "c.csv").write_bytes(b"")
    extracts, notices = open_sources([tmp_path], tmp_path / "scratch")
    assert [(extract.name, extract.rows) for extract in extracts] == [("a.csv", 1), ("b.csv", 0)]
    assert extracts[1].frame.collect().shape == (0, 4)
    assert [notice.code for notice in notices] == ["file-without-rows", "file-empty"]
    (tmp_path / "d.csv").write_text("id,y\n", encoding="utf-8")
    for names, code in (
        (["b.csv"], "header-only"),
        (["b.csv", "c.csv"], "header-only"),
        (["b.csv", "d.csv"], "header-only"),
        (["c.csv"], "empty-file"),
    ):
        with pytest.raises(DataError) as caught:
            open_sources([tmp_path / name for name in names], tmp_path / "scratch")
        assert caught.value.code == code
