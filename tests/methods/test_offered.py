"""What telcli.methods offers to a notebook: there, documented, sorted, and free of names that are modules too."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator, clone

from telcli import methods


def test_what_types_tell_is_what_is_found() -> None:
    tree = ast.parse(Path(methods.__file__).read_text(encoding="utf-8"))
    typed = {node.names[0].asname: node.module for node in ast.walk(tree)
             if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("telcli.")}  # fmt: skip
    rooms = {name: f"telcli.methods.{room}" for room, names in methods._ROOMS.items() for name in names}
    assert typed == rooms
    assert set(dir(methods)) == set(rooms)
    for name in methods.__all__:
        assert not (Path(methods.__file__).parent / f"{name}.py").exists(), f"{name} is a module too"
        assert getattr(methods, name) is getattr(importlib.import_module(rooms[name]), name)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = methods.nothing


@pytest.mark.parametrize("name", methods.__all__)
def test_each_says_what_it_is_and_shows_it(name: str) -> None:
    told = inspect.getdoc(getattr(methods, name))
    assert len(told.splitlines()[0]) > 20
    assert ">>>" in told, "no example"


def test_estimators_are_those_of_scikit_learn() -> None:
    kinds = [kind for kind in (getattr(methods, name) for name in methods.__all__)
             if inspect.isclass(kind) and issubclass(kind, BaseEstimator)]  # fmt: skip
    assert len(kinds) >= 9
    for kind in kinds:
        made = kind()
        assert clone(made).get_params() == made.get_params()
