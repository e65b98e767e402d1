"""Options every command shares, and where a value may come from."""

import json
from pathlib import Path

import pytest

from telcli.cli import main
from telcli.cli._intake import share
from telcli.errors import UsageError
from telcli.settings.month_named import month


@pytest.mark.parametrize("given", ["2024", "2024-6", "2024-00", "24-06", "2024-06-01", "", "２０２４-06"])
def test_a_month_is_four_digits_and_two(given: str) -> None:
    with pytest.raises(UsageError):
        month(given)


def test_shares() -> None:
    assert [share(given) for given in ("0", "1%", "2.5 %", "0.3", "5％")] == [0.0, 0.01, 0.025, 0.3, 0.05]


def config(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, tuple[object, str]]:
    assert main(["config", "--format", "json", *args]) == 0
    rows = json.loads(capsys.readouterr().out)["settings"]
    return {f"{row['section']}.{row['name']}": (row["value"], row["source"]) for row in rows}


def test_config_tells_where_each_value_came_from(
    faked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (faked / "telcli.toml").write_text("[segment]\nn_segments = 3\nmax_segments = 9\n", encoding="utf-8")
    monkeypatch.setenv("TELCLI_SEGMENT_MAX_SEGMENTS", "7")
    found = config(capsys, "--seed", "11")
    assert found["segment.n_segments"] == (3, "telcli.toml")
    assert found["segment.max_segments"] == (7, "TELCLI_SEGMENT_MAX_SEGMENTS")
    assert found["general.seed"] == (11, "command line")
    assert found["report.top_customers"][1] == "default"
    assert main(["config"]) == 0
    assert "TELCLI_SEGMENT_MAX_SEGMENTS" in capsys.readouterr().out


def test_the_working_directory_may_come_from_the_environment(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "work").rename(work / "elsewhere")
    assert main(["status", "-q"]) == 3
    monkeypatch.setenv("TELCLI_WORKDIR", "elsewhere")
    assert main(["status", "-q"]) == 0
    capsys.readouterr()
    assert main([]) == 0
    assert capsys.readouterr().out.startswith("elsewhere  2024-06")


def test_the_language_may_come_from_the_file(faked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (faked / "telcli.toml").write_text('[general]\nlang = "zh"\n', encoding="utf-8")
    assert main(["segmet"]) == 2
    assert capsys.readouterr().err.startswith("错误：")
    assert main(["segmet", "--lang", "en"]) == 2
    assert capsys.readouterr().err.startswith("Error:")
    (faked / "telcli.toml").write_text("[general\n", encoding="utf-8")
    assert main(["config"]) == 2
    assert "telcli.toml is not valid TOML" in capsys.readouterr().err


def test_names_in_chinese_go_in_quotes_in_files_of_toml(faked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (faked / "mapping.toml").write_text("[[source]]\n账期 = 1\n", encoding="utf-8")
    assert main(["ingest", "crm.csv", "--mapping", "mapping.toml", "--lang", "zh"]) == 2
    assert '名称请加引号："账期"' in capsys.readouterr().err
    (faked / "telcli.toml").write_text("[segment.rules]\n校园 = 'age < 25'\n", encoding="utf-8")
    assert main(["config"]) == 2
    assert 'Write the name in quotes: "校园"' in capsys.readouterr().err


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_init_writes_every_setting_as_a_comment(lang: str, faked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import tomllib

    from telcli.settings import SECTIONS

    assert main(["init", "--lang", lang, "--seed", "5"]) == 0
    text = (faked / "telcli.toml").read_text(encoding="utf-8")
    parsed = tomllib.loads(text)
    assert set(parsed.pop("dictionary")) == {"headers", "words", "units", "personal"}
    assert parsed["segment"].pop("rules") == {}
    assert [parsed["score-value"].pop(name) for name in ("items", "indicators", "judgements", "stars")] == [{}] * 4
    assert [parsed["predict-churn"].pop(name) for name in ("exit_words", "reasons")] == [{}] * 2
    assert parsed["plan-retention"].pop("offers") == {}
    assert parsed["detect-fraud"].pop("rules") == {}
    assert parsed == {name: {"seed": 5, "lang": lang} if name == "general" else {} for name in SECTIONS}
    capsys.readouterr()
    every = "\n".join(line.removeprefix("# ") if " = " in line else line for line in text.splitlines())
    parsed = tomllib.loads(every)
    assert config(capsys, "--lang", "en")["general.seed"] == (5, "telcli.toml")
    (faked / "telcli.toml").write_text(every, encoding="utf-8")
    assert config(capsys)["segment.max_segments"] == (parsed["segment"]["max_segments"], "telcli.toml")
    assert main(["init"]) == 2, "a file that exists is kept"
    assert main(["init", "--force"]) == 0
    assert main(["init", "-w", "there"]) == 0
    assert (faked / "there" / "telcli.toml").is_file()


def test_simulate_takes_the_last_month_from_as_of(faked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = ["simulate", "-o", "raw", "--customers", "30", "--months", "3", "--as-of", "2024-03", "--format", "json"]
    assert main(args) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["metrics"]["customers"] == 30
    assert body["as_of"] == "2024-03"
    first = {output["path"]: Path(output["path"]).read_bytes() for output in body["outputs"]}
    assert main([*args[:-2], "-q"]) == 2
    assert "--force" in capsys.readouterr().err
    assert main([*args[:-2], "-q", "--force"]) == 0
    assert first == {path: Path(path).read_bytes() for path in first}


def test_a_mapping_written_is_one_that_can_be_read(faked: Path) -> None:
    import tomllib

    from tests.cli.fakes import MAPPING

    assert main(["ingest", "crm.csv", "--write-mapping", "map.toml", "-q"]) == 0
    assert tomllib.loads((faked / "map.toml").read_text(encoding="utf-8")) == MAPPING
    assert main(["ingest", "crm.csv", "--mapping", "map.toml", "-q"]) == 0


def test_a_suggested_command_names_the_working_directory(
    faked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", "crm.csv", "-w", "my flat", "-q"]) == 0
    assert main(["show", "bills", "--columns", "zzz", "-w", "my flat"]) == 2
    assert "telcli show -w 'my flat' bills --schema" in capsys.readouterr().err
    assert main(["show", "value_scores", "-w", "my flat"]) == 3
    assert capsys.readouterr().err.count("-w") == 1
    monkeypatch.setenv("TELCLI_WORKDIR", "my flat")
    assert main(["show", "bills", "--columns", "zzz"]) == 2
    assert "-w" not in capsys.readouterr().err


def test_a_variable_that_is_no_setting_is_refused(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TELCLI_SOMETHING_ELSE_ENTIRELY", "1")
    assert main(["segment", "-q"]) == 0
    monkeypatch.setenv("TELCLI_SEGMENT_N_SEGMETS", "4")
    assert main(["segment"]) == 2
    assert "TELCLI_SEGMENT_N_SEGMENTS?" in capsys.readouterr().err


@pytest.mark.parametrize("locale", ["zh", "zh_CN", "zh-CN", "zh_CN.UTF-8"])
def test_the_language_may_be_a_locale(
    locale: str, work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TELCLI_LANG", locale)
    assert main(["segment"]) == 0
    assert "行" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["customer-months", "purge --customer 000123"])
def test_a_month_is_refused_where_every_month_is_worked_on(
    line: str, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*line.split(), "--as-of", "2024-05"]) == 2
    assert "--as-of 2024-05 would change nothing" in capsys.readouterr().err
    assert main(["show", "customers", "--format", "csv", "--where", "customer_id = '000123'"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2, "nothing was done"


def test_a_list_is_as_good_as_names_with_commas(faked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (faked / "telcli.toml").write_text('[predict-churn]\nchurn_kinds = ["voluntary", "port-out"]\n', encoding="utf-8")
    assert config(capsys)["predict-churn.churn_kinds"] == ("voluntary, port-out", "telcli.toml")
