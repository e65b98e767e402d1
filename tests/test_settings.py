"""Where a setting's value comes from, and what is refused."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from telcli import settings
from telcli.errors import UsageError

OFFER = "channel = 'sms'\ncost = 1\ncontact_cost = 0.1\naccept = 0.2\n"


def test_flag_beats_environment_beats_file_beats_default() -> None:
    file = {"segment": {"n_segments": 3}}
    variable = {"TELCLI_SEGMENT_N_SEGMENTS": "5"}

    def got(flags: dict[str, Any], config: dict[str, dict[str, Any]], environ: dict[str, str]) -> tuple[int, str]:
        found = settings.resolve("segment", flags, config, "telcli.toml", environ)
        origin = next(origin for origin in found.origins if origin.name == "n_segments")
        assert origin.value == found.values.n_segments
        return found.values.n_segments, origin.source

    assert got({"n_segments": 7}, file, variable) == (7, "command line")
    assert got({"n_segments": None}, file, variable) == (5, "TELCLI_SEGMENT_N_SEGMENTS")
    assert got({}, file, {}) == (3, "telcli.toml")
    assert got({}, {}, {}) == (0, "default")


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("segment", "n_segments", -1),
        ("segment", "n_segments", "many"),
        ("segment", "n_segments", 2.5),
        ("segment", "n_segments", True),
        ("score-value", "discount_rate", float("nan")),
        ("score-value", "discount_rate", float("inf")),
        ("score-value", "margin_rate", 1.5),
        ("general", "lang", "fr"),
        ("plan-retention", "budget", "lots"),
        ("plan-retention", "budget", -1),
        ("plan-retention", "channel_capacity", "sms"),
        ("general", "lang", True),
    ],
)
def test_a_bad_value_is_refused_with_its_place(section: str, name: str, value: object) -> None:
    with pytest.raises(UsageError) as caught:
        settings.resolve(section, {}, {section: {name: value}}, "here.toml", {})
    assert f"[{section}] {name}" in str(caught.value)
    assert "here.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("[segmnt]\n", "segmnt"),
        ("[segment]\nn_segment = 3\n", "n_segment"),
        ("[segment\n", "not valid TOML"),
        ("segment = 3\n", "not a [section]"),
        ("[segment.rules]\ncampus = 3\n", "campus must be a condition"),
        ("[segment.rules]\ncampus = ' '\n", "campus must be a condition"),
        ("[segment.rules]\n'a+b' = 'age < 3'\n", "a+b must be called"),
        ("[segment]\nrules = 'age < 3'\n", "rules must be a table"),
        ("[score-value.rules]\na = 'age < 3'\n", "no setting in [score-value] called rules"),
        ("[segment.rules]\n'' = 'age < 3'\n", '"" must be called'),
        ("[segment.rules]\nnot-known = 'age < 3'\n", "not-known must be called otherwise"),
        ("[segment.rules]\nCustomer_ID = 'age < 3'\n", "Customer_ID must be called otherwise"),
        (f"[segment.rules]\n{'x' * 999} = 'age < 3'\n", f"{'x' * 40}… must be called"),
        ('[segment.rules]\n"a\\u001b[1m" = "age < 3"\n', "a�[1m must be called"),
        ("[predict-churn.exit_words]\nported = ['x']\n", "no kind of leaving called ported"),
        ("[predict-churn.exit_words]\nport-out = 'x'\n", "port-out must be a list of texts"),
        ("[predict-churn]\nexit_words = 'x'\n", "exit_words = x"),
        ("[plan-retention]\noffers = 'x'\n", "offers = x"),
        ("[plan-retention.offers]\nA = 3\n", "A] must be a table"),
        ("[plan-retention.offers.all]\n", "all] must be called"),
        ("[plan-retention.offers.A]\ncost = 1\n", "must tell channel, contact_cost, accept"),
        (f"[plan-retention.offers.A]\n{OFFER}price = 1\n", "must hold channel"),
        (f"[plan-retention.offers.A]\n{OFFER}take = 2\n", "a share from 0 to 1 as take"),
        (f"[plan-retention.offers.A]\n{OFFER}limit = 0\n", "1 or more as limit"),
        (f"[plan-retention.offers.A]\n{OFFER}when = ''\n", "a text as when"),
        (f"[plan-retention.offers.A]\n{OFFER}themes = ['money']\n", "have themes among"),
        (f"[plan-retention.offers.A]\n{OFFER}excludes = 'B'\n", "a list of texts as excludes"),
        ("\xff", "not UTF-8"),
    ],
)
def test_a_bad_file_is_a_sentence(tmp_path: Path, body: str, says: str) -> None:
    file = tmp_path / "telcli.toml"
    file.write_text(body, encoding="latin-1")
    with pytest.raises(UsageError) as caught:
        settings.read_config(file)
    assert says in str(caught.value)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ('[segment.rules]\n校园 = "age < 25"\n', 'Write the name in quotes: "校园"'),
        ("[segment.rules]\n  x校园='a \"校\" b'\n", 'Write the name in quotes: "x校园"'),
        ('[segment]\nrules.校园 = "age < 25"\n', 'Write the name in quotes: rules."校园"'),
        ('[segment]\nrules = { 校园 = "age < 25" }\n', 'Write the name in quotes: "校园"'),
        ("[dictionary.地区]\n", 'Write the name in quotes: dictionary."地区"'),
        ('[segment.rules]\r\n# 校园\r\n校园 = "x"\r\n', 'Write the name in quotes: "校园"'),
        ("[segment.rules]\ncampus = “age < 25”\n", "Write “ ” as the signs of ASCII."),
        ("[segment]\nn_segments ＝ 4\n", "Write ＝ as the sign of ASCII."),
        ("[segment.rules]\ncampus = \"plan = '校园\n", ""),
        ("[segment\n", ""),
    ],
)
def test_names_and_signs_that_toml_does_not_take_are_hinted_at(tmp_path: Path, body: str, hint: str) -> None:
    file = tmp_path / "telcli.toml"
    file.write_bytes(body.encode())
    with pytest.raises(UsageError) as caught:
        settings.read_config(file)
    assert caught.value.code == "config-unreadable"
    assert caught.value.hint == hint


def test_the_file_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TELCLI_CONFIG", raising=False)
    work = tmp_path / "work"
    work.mkdir()
    assert settings.config_file(work) is None
    (work / "telcli.toml").touch()
    assert settings.config_file(work) == work / "telcli.toml"
    (tmp_path / "telcli.toml").touch()
    assert settings.config_file(work) == Path("telcli.toml")
    monkeypatch.setenv("TELCLI_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(UsageError, match=r"none\.toml"):
        settings.config_file(work)


@pytest.mark.parametrize("section", settings.SECTIONS)
def test_every_setting_is_explained_and_its_default_allowed(section: str) -> None:
    settings.resolve(section, environ={})
    for item in dataclasses.fields(settings.SECTIONS[section]):
        assert item.metadata["meaning"].endswith("."), item.name
        assert any("一" <= letter <= "鿿" for letter in item.metadata["zh"]), item.name
