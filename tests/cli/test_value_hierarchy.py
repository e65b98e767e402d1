"""The operator's own indicators at the door: toml, workbook, a template to fill in, and what is wrong in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from telcli.cli import main

BILLS = "customer_id,month,amount\n" + "".join(
    f"{name},2024-0{month},{amount + month * (name == 'b')}\n"
    for name, amount in (("a", 90), ("b", 20), ("c", 30))
    for month in (4, 5, 6)
)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ingested")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        (place / "bills.csv").write_text(BILLS, encoding="utf-8")
        assert main(["ingest", "bills.csv", "-q", "--lang", "en"]) == 0
    return place


def toml(home: Path, body: str) -> None:
    (home / "telcli.toml").write_text(f"{body}\n", encoding="utf-8")


def score(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["score-value", "--format", "json", *more]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: pytest.CaptureFixture[str], code: int, *more: str) -> str:
    capsys.readouterr()
    assert main(["score-value", *more]) == code
    return capsys.readouterr().err


def test_a_template_is_written_read_and_makes_the_same_score(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = score(capsys)
    for lang in ("en", "zh"):
        assert main(["score-value", "--write-hierarchy", f"{lang}.xlsx", "--lang", lang, "-q"]) == 0
        toml(home, f'[score-value]\nhierarchy = "{lang}.xlsx"')
        again = score(capsys)
        assert not again["skipped"]
        assert again["metrics"]["consistency"]["nodes"]["goal"]["cr"] == pytest.approx(
            first["metrics"]["consistency"]["nodes"]["goal"]["cr"], abs=1e-8
        )
    assert score(capsys)["skipped"]
    assert "exists already" in refused(capsys, 2, "--write-hierarchy", "en.xlsx", "--lang", "en")
    assert "must be called .xlsx" in refused(capsys, 2, "--write-hierarchy", "en.csv", "--lang", "en")
    assert main(["score-value", "--write-hierarchy", "en.xlsx", "--force", "-q"]) == 0


def test_segments_that_would_run_again_are_told(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["score-value", "--lang", "en"]) == 0
    assert "out of date" not in capsys.readouterr().out
    monkeypatch.setattr("telcli.pipeline.status.stale_of", lambda request, stages: stages)
    assert main(["score-value", "--lang", "en"]) == 0
    assert "telcli segment are out of date: run it first" in capsys.readouterr().out
    assert main(["score-value", "--lang", "zh"]) == 0
    assert "telcli segment 的结果已过期：请先运行该命令" in capsys.readouterr().out


def test_another_cell_of_the_workbook_makes_the_score_stale(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score-value", "--write-hierarchy", "h.xlsx", "-q"]) == 0
    toml(home, '[score-value]\nhierarchy = "h.xlsx"')
    score(capsys)
    book = openpyxl.load_workbook(home / "h.xlsx")
    book["goal"]["C2"] = 5
    book.save(home / "h.xlsx")
    assert main(["status", "--format", "json"]) == 0
    stages = {one["stage"]: one for one in json.loads(capsys.readouterr().out)["stages"]}
    assert stages["score-value"]["reasons"] == [{"code": "setting", "what": "value_hierarchy"}]
    assert not score(capsys)["skipped"]
    book["goal"]["C2"] = "five"
    book.save(home / "h.xlsx")
    said = refused(capsys, 4, "--lang", "en")
    assert "h.xlsx, sheet goal, cell C2 (row current, column incremental): five must be a number" in said
    assert "工作表 goal 单元格 C2（current 行 incremental 列）" in refused(capsys, 4, "--lang", "zh")


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (
            '[score-value]\nhierarchy = "none.xlsx"',
            3,
            "none.xlsx, the hierarchy named in [score-value], does not exist",
        ),
        (
            '[score-value]\nhierarchy = "h.xlsx"\n[score-value.judgements.goal]\n"a : b" = 2',
            2,
            "names the workbook h.xlsx, and judgements beside it",
        ),
        (
            '[score-value.judgements.goal]\n"current : b" = 0',
            2,
            "[score-value.judgements.goal] current : b = 0 must be",
        ),
        ('[score-value.judgement.goal]\n"a : b" = 2', 2, "Did you mean judgements?"),
        (
            '[score-value.judgements.goal]\n"current : incremental" = 9\n"incremental : retention" = 9\n'
            '"retention : current" = 9',
            4,
            "judgements on goal contradict each other",
        ),
        ('[score-value.indicators.arpu]\ncolumn = "arpu"', 2, "the indicator arpu is made of arpu"),
        ("[score-value]\nitems = 3", 2, "[score-value] items = 3 (from telcli.toml) must be a table"),
        ('[score-value]\nrandom_index = "satty"', 2, "must be one of classic, saaty-2005, donegan-dodd"),
    ],
)
def test_what_is_wrong_is_a_sentence_with_its_code(
    home: Path, capsys: pytest.CaptureFixture[str], body: str, code: int, said: str
) -> None:
    toml(home, body)
    assert said in " ".join(refused(capsys, code, "--lang", "en").split())
    chinese = refused(capsys, code, "--lang", "zh")
    assert chinese.startswith("错误")
    assert "Traceback" not in chinese


@pytest.mark.slow
def test_tiers_before_and_now_are_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score-value", "--as-of", "2024-05", "-q"]) == 0
    found = score(capsys)
    assert found["metrics"]["scale"] == {"since": "2024-05", "kept": True}
    assert main(["score-value", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "tiers since 2024-05" in shown
    assert "before, now  platinum  gold  silver  bronze  gone" in shown
    assert main(["score-value", "--lang", "zh"]) == 0
    assert "与 2024-05 相比的等级" in capsys.readouterr().out
    assert score(capsys, "--refit")["metrics"]["scale"] == {"since": "2024-06", "kept": False}
    assert score(capsys, "--score-by", "lifetime")["metrics"]["score_by"] == "lifetime"


@pytest.mark.slow
def test_stars_by_conditions_of_your_own(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toml(home, '[score-value.stars]\n"五星" = "lifetime_value > 300"\nfour = "value_tier <> \'platinum\'"')
    assert main(["score-value", "--as-of", "2024-05", "-q"]) == 0
    found = score(capsys)
    assert [level["star"] for level in found["metrics"]["stars"]] == ["五星", "four", None]
    assert sum(level["customers"] for level in found["metrics"]["stars"]) == 3
    assert main(["show", "value_stars", "--format", "csv", "--columns", "customer_id,star,star_before"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("a,五星,五星")
    assert main(["score-value", "--lang", "zh"]) == 0
    assert "星级：五星" in capsys.readouterr().out
    toml(home, '[score-value.stars]\nfour = "value_tier <> \'platinum\'"\n"五星" = "lifetime_value > 300"')
    assert not score(capsys)["skipped"], "the order of levels counts"
    toml(home, "[score-value.stars]\nfive = 5")
    assert "[score-value.stars] five must be a condition in double quotes" in refused(capsys, 2, "--lang", "en")
    toml(home, '[score-value.stars]\nfive = "scor > 5"')
    chinese = refused(capsys, 2, "--lang", "zh")
    assert "引用了不存在的列 scor" in chinese
    assert "可用 value_scores" in chinese


def test_config_lists_what_is_your_own(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toml(
        home,
        '[score-value.stars]\nfive = "value_score > 80"\n[score-value.items]\nretention = ["tenure", "contract"]\n'
        '[score-value.experts.li.goal]\n"current : retention" = 3\n',
    )
    capsys.readouterr()
    assert main(["config", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["settings"]
    found = {(row["section"], row["name"]): row["value"] for row in rows if row["section"].count(".")}
    assert found == {
        ("score-value.stars", "five"): "value_score > 80",
        ("score-value.items", "retention"): '["tenure", "contract"]',
        ("score-value.experts", "li"): '{"goal": {"current : retention": 3}}',
    }
