"""The hierarchy in telcli.toml: pairs, matrices, experts, and what is said of what is wrong."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from telcli.errors import UsageError
from telcli.settings import STARS, own_rules
from telcli.tables.hierarchy import default, from_config, judgement, merged


def read(text: str) -> dict[str, Any]:
    return from_config(tomllib.loads(text), "telcli.toml")


def test_the_default_is_whole() -> None:
    found = merged(default())
    items = {item for below in found["items"].values() for item in below}
    assert items == set(found["indicators"]) | {"current", "incremental", "retention"}
    for node, below in found["items"].items():
        pairs = {frozenset(pair[:2]) for pair in found["judgements"][""][node]}
        assert len(pairs) == len(below) * (len(below) - 1) / 2


def test_pairs_and_matrices_say_the_same() -> None:
    pairs = read('[judgements.goal]\n"current : incremental" = 3\n"retention:current" = "1/2"\n')
    matrix = read('[judgements]\ngoal = [[1, 3, 2], ["1/3", 1, ""], [0.5, "", 1]]\n')
    assert pairs["judgements"][""]["goal"] == [["current", "incremental", 3.0], ["retention", "current", 0.5]]
    assert matrix["judgements"][""]["goal"] == [["current", "incremental", 3.0], ["current", "retention", 2.0]]


def test_what_is_named_takes_the_place_of_the_default_and_the_rest_stays() -> None:
    found = merged(read('[items]\nretention = ["tenure", "contract"]\n[indicators.tenure]\ncolumn = "plan_fee"\n'))
    assert found["items"]["retention"] == ["tenure", "contract"]
    assert found["judgements"][""]["retention"] == [["contract", "tenure", 2.0]]
    assert found["indicators"]["tenure"] | {"name": "", "name_zh": ""} == {
        "column": "plan_fee",
        "better": "more",
        "scaling": "rank",
        "name": "",
        "name_zh": "",
    }
    assert "complaints" not in found["indicators"]


def test_several_experts_judge_each_for_themselves() -> None:
    found = merged(
        read('[experts.li.goal]\n"current : retention" = 2\n[experts.wang.goal]\n"current : retention" = 4\n')
    )
    assert set(found["judgements"]) == {"", "li", "wang"}
    assert "goal" not in found["judgements"][""]


def test_experts_go_by_their_names_with_spaces() -> None:
    found = merged(read('[experts."王 经理".goal]\n"current : retention" = 2\n'))
    assert found["judgements"]["王 经理"]["goal"] == [["current", "retention", 2.0]]


def test_what_the_docs_show_is_a_hierarchy() -> None:
    page = (Path(__file__).parents[2] / "docs" / "score.md").read_text(encoding="utf-8")
    block, stars = re.findall(r"```toml\n(.*?)```", page, re.S)
    assert len(own_rules(tomllib.loads(stars)["score-value"], "telcli.toml", STARS)) == 2
    found = merged(from_config(tomllib.loads(block)["score-value"], "telcli.toml"))
    assert found["items"]["retention"] == ["tenure", "contract", "payer"]
    assert len(found["judgements"][""]["current"]) == 3


@pytest.mark.parametrize("value", [True, 0, -3, 10, "1/0", "1/10", "a", None, [3], float("nan"), float("inf")])
def test_what_is_no_judgement(value: Any) -> None:
    assert judgement(value) is None


@pytest.mark.parametrize(
    ("text", "section", "name", "wanted"),
    [
        ("items = 3", "score-value", "items", "a table"),
        ("[items]\ngoal = []", "score-value.items", "goal", "a list of different names"),
        ('[items]\ngoal = ["a", "a"]', "score-value.items", "goal", "a list of different names"),
        ('[items]\ngoal = ["a", 1]', "score-value.items", "goal", "a list of different names"),
        ('[items]\n"a b" = ["c"]', "score-value.items", "a b", "called by letters"),
        ("[indicators]\na = 3", "score-value.indicators", "a", "a table"),
        ("[indicators.a]\nbetter = 'more'", "score-value.indicators.a", "column", "there"),
        ("[indicators.a]\ncolumn = 'b'\nbetter = 'up'", "score-value.indicators.a", "better", "one of more, less"),
        ("[indicators.a]\ncolumn = ''", "score-value.indicators.a", "column", "text"),
        ("[indicators.a]\ncolumn = 'b'\nscale = 'x'", "score-value.indicators.a", "scale", "one of column"),
        ('[judgements.goal]\n"current" = 3', "score-value.judgements.goal", "current", "two items"),
        ('[judgements.goal]\n"a : a" = 1', "score-value.judgements.goal", "a : a", "two items"),
        ('[judgements.goal]\n"a : b" = 12', "score-value.judgements.goal", "a : b = 12", "a number from 1/9 to 9"),
        ('[judgements.goal]\n"a : b" = 3\n"b : a" = 3', "score-value.judgements.goal", "b : a", "1 divided by a : b"),
        ("[judgements]\ngoal = [[1, 2], [3]]", "score-value.judgements.goal", "matrix", "3 rows of 3"),
        ("[judgements]\nretention = 5", "score-value.judgements", "retention", "a table"),
        (
            "[judgements]\ngoal = [[2, 2, 2], ['1/2', 1, 1], ['1/2', 1, 1]]",
            "score-value.judgements.goal",
            "current : current",
            "1, an item against itself",
        ),
        ("[judgements.a]\n'b : c' = 1\n[experts.x.a]\n'b : c' = 1", "score-value.judgements", "experts", "alone"),
        ("[experts]\n'a, b' = {}", "score-value.experts", "a, b", "called by letters"),
    ],
)
def test_what_is_wrong_is_named(text: str, section: str, name: str, wanted: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert str(caught.value).startswith(f"telcli.toml: [{section}] {name} must be {wanted}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[items]\ngoal = ["current", "novel"]', "[score-value.indicators] novel must be there"),
        ('[items]\ncurrent = ["goal"]', "a tree"),
        ('[items]\ngoal = ["current", "retention"]\ncurrent = ["tenure"]', "tenure must be in one place"),
        ('[judgements.nothing]\n"a : b" = 2', "nothing must be an item that others belong to"),
        ('[judgements.goal]\n"current : margin" = 2', "margin must be one of current, incremental, retention"),
    ],
)
def test_what_does_not_fit_together_is_named(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        merged(read(text))
    assert message in str(caught.value)
