"""The operator's own words in telcli.toml: they change what is understood, and mistakes in them are said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from telcli.errors import UsageError
from telcli.intake.dictionary import speak
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.status import Reason, status
from telcli.pipeline.workdir import Workdir
from tests.stages.test_ingest import good, ran

CONFIG = """
[dictionary.headers.bills]
amount = ["我的费用"]
[dictionary.headers.customers]
customer_id = "户"
[dictionary.words.gender]
female = ["Mme"]
[dictionary.units.currency]
"毫" = 0.001
[dictionary.personal]
headers = ["装维"]
"""


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    yield
    speak({})


def test_own_headers_words_units_and_persons(tmp_path: Path) -> None:
    own = {
        "headers": {"bills": {"amount": ["我的费用"]}, "customers": {"customer_id": ["户"]}},
        "words": {"gender": {"female": ["Mme"]}},
        "units": {"currency": {"毫": 0.001}},
        "personal": {"headers": ["装维"]},
    }
    files = {"a.csv": "户,sex,装维\nc1,Mme,x\n", "b.csv": "户,账期,我的费用(毫)\nc1,202406,5000\n"}
    found = ran(tmp_path, files, dictionary=own)
    assert good(found, "customers", "customer_id", "gender") == [("c1", "female")]
    assert good(found, "bills", "customer_id", "amount") == [("c1", 5.0)]
    assert "personal-dropped" in {notice.code for notice in found.notices}


def test_words_are_forgotten_with_the_next_ingest(tmp_path: Path) -> None:
    own = {"headers": {"customers": {"customer_id": ["户"]}}}
    assert good(ran(tmp_path, {"a.csv": "户,x\nc1,1\n"}, dictionary=own), "customers", "customer_id") == [("c1",)]
    assert "户" not in ran(tmp_path, {"a.csv": "id,户\nc1,1\n"}).metrics["sources"][0]["mapped"].values()


def test_a_header_goes_where_the_operator_puts_it(tmp_path: Path) -> None:
    own = {"headers": {"bills": {"discount": ["金额"]}}}
    found = ran(tmp_path, {"b.csv": "客户编号,账期,费用,金额\nc1,202406,50,4\n"}, dictionary=own)
    assert good(found, "bills", "amount", "discount") == [(50.0, 4.0)]


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"header": {}}, "Did you mean headers"),
        ({"headers": {"bill": {}}}, "Did you mean bills"),
        ({"headers": {"bills": {"amout": ["x"]}}}, "Did you mean amount"),
        ({"headers": {"bills": {"amount": [1]}}}, "dictionary.headers.bills.amount must be a list of texts"),
        ({"headers": {"bills": ["x"]}}, "must be a table of names"),
        ({"words": {"gender": {"femal": ["x"]}}}, "Did you mean female"),
        ({"units": {"currency": {"x": 0}}}, "dictionary.units.currency.x must be a number above 0"),
        ({"personal": {"header": ["x"]}}, "Did you mean headers"),
    ],
)
def test_mistakes_are_said_with_their_place(own: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        speak(own)
    assert said in f"{caught.value} {caught.value.hint}"
    speak({"headers": {"bills": {"amount": ["x"]}}})


def test_a_change_of_words_makes_ingest_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("户,sex\nc1,Mme\n", encoding="utf-8")
    (tmp_path / "telcli.toml").write_text(CONFIG, encoding="utf-8")
    request = Request(tmp_path / "work", sources=(tmp_path / "a.csv",))
    assert not run_stage("ingest", request).skipped
    assert run_stage("ingest", request).skipped
    (tmp_path / "telcli.toml").write_text(CONFIG.replace("Mme", "Frl"), encoding="utf-8")
    assert Reason("setting", "dictionary") in status(Request(tmp_path / "work")).stages[0].reasons
    assert not run_stage("ingest", request).skipped
    assert Workdir(tmp_path / "work").manifest().tables["customers"]
