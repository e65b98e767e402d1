"""What `--format json` prints is held to the JSON Schema of the package, in every test that prints any."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any

import pytest


@cache
def schema() -> dict[str, Any]:
    """The schema as users have it."""
    found: dict[str, Any] = json.loads(files("telcli.cli").joinpath("json_schema.json").read_text("utf-8"))
    return found


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())


def faults(body: dict[str, Any]) -> list[str]:
    """Where one object is not as the schema has it, and metrics that the schema does not know."""
    command = body["stage"]
    found = [f"{command}: {error.json_path}: {error.message[:200]}" for error in _validator().iter_errors(body)]
    for stage in [body, *body.get("stages", ())] if "metrics" in body else []:
        known = schema()["$defs"]["metrics"].get(stage["stage"], {}).get("properties", {})
        found += [
            f"{command}: metric {name} of {stage['stage']} is in no list: telcli/cli/json_schema.json, docs/json.md"
            for name in _unknown(stage, known)
        ]
    return found


def _unknown(stage: dict[str, Any], known: dict[str, Any]) -> list[str]:
    return sorted(set(stage.get("metrics", {})) - set(known))


@contextmanager
def watched() -> Iterator[list[str]]:
    """Every object that is printed meanwhile is looked at; what is wrong comes into the list."""
    from telcli.cli import _output

    found: list[str] = []
    plain: Callable[[Any], str] = _output.to_json

    def looked_at(body: Any) -> str:
        text = plain(body)
        if isinstance(body, dict) and "schema_version" in body:
            found.extend(faults(json.loads(text)))
        return text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_output, "to_json", looked_at)
        yield found
