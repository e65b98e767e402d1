"""The JSON Schema: sound, strict enough to fail, in step with docs/json.md; each command's output goes by it."""

import json
from pathlib import Path
from typing import Any

import pytest

from telcli.cli import COMMANDS, main
from tests.json_shape import faults, schema

ROOT = Path(__file__).parents[2]
GOOD = {"schema_version": 1, "stage": "segment", "as_of": "2024-06", "outputs": [], "metrics": {"k": 4}, "warnings": []}
ERROR = {"code": "a-code", "message": "No.", "hint": "", "exit_code": 3}


def test_the_schema_is_one() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema())
    assert faults(GOOD) == []
    assert faults({**GOOD, "more": 1}) == [], "names may be added"
    assert faults({"schema_version": 1, "stage": None, "error": ERROR}) == []
    assert faults({**GOOD, "error": {**ERROR, "exit_code": 5}}) == []


@pytest.mark.parametrize(
    "bad",
    [
        {**GOOD, "schema_version": 2},
        {**GOOD, "as_of": "2024-06-01"},
        {**GOOD, "outputs": [{"table": "segments"}]},
        {**GOOD, "warnings": ["text"]},
        {**GOOD, "metrics": {"k": "many"}},
        {**GOOD, "metrics": {"never_heard_of": 1}},
        {**GOOD, "stage": "show"},
        {**GOOD, "stage": "status"},
        {name: value for name, value in GOOD.items() if name != "metrics"},
        {"schema_version": 1, "stage": "show", "error": {**ERROR, "exit_code": 0}},
        {"schema_version": 1, "stage": "show", "error": {"code": "a"}},
    ],
    ids=str,
)
def test_what_is_not_as_documented_is_found(bad: dict[str, Any]) -> None:
    assert faults(bad)


def test_the_page_lists_every_metric_and_every_command() -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    for command, about in schema()["$defs"]["metrics"].items():
        listed = page.partition(f"\n### {command}\n")[2].partition("\n### ")[0]
        for name in about["properties"]:
            plain = name.removesuffix("_low").removesuffix("_high")
            assert command == "run" or f"| `{name}`" in listed or f"| `{plain}`" in listed, (command, name)
    for command in COMMANDS:
        assert f"`{command}`" in page or f"\n### {command}\n" in page, command


LINES = {
    "ingest": "ingest crm.csv --force",
    "customer-months": "customer-months",
    "segment": "segment",
    "predict-churn": "predict-churn",
    "help": "help months",
    "status": "status",
    "show": "show bills",
    "cube": "cube customers --by region",
    "metrics": "metrics churn",
    "diff": "diff --rows",
    "export": "export bills -o bills.csv",
    "config": "config",
    "purge": "purge --customer c,3",
    "init": "init -w work -o other.toml",
    "simulate": "simulate -o small --customers 5 --months 1",
    "customer": "customer 000123",
}


@pytest.mark.parametrize("command", LINES)
def test_a_command_prints_one_object_that_goes_by_the_schema(
    command: str, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*LINES[command].split(), "--format", "json"]) == 0
    printed(command, capsys)


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_mistyped_is_told_in_one_object_too(
    command: str, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in ("--bogus", "--format=json --as-of June"):
        assert main([command, *line.split(), "--format", "json"]) == 2
        assert faults(json.loads(capsys.readouterr().out)) == []


def printed(command: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The object that a command put on stdout, which goes by the schema."""
    out = capsys.readouterr().out
    assert out.count("\n") == 1 or command == "show"
    body: dict[str, Any] = json.loads(out)
    assert faults(body) == []
    assert body["stage"] == command
    return body


@pytest.mark.parametrize(
    "more", ["show bills --schema", "help", "help json-schema", "help show", "show nothing", "xyzzy"]
)
def test_other_forms_go_by_it_too(more: str, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([*more.split(), "--format", "json"])
    assert faults(json.loads(capsys.readouterr().out)) == []
