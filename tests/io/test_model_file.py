"""Models on disk: the same bytes every time, and nothing foreign let in."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import skops.io

from telcli.errors import DataError, MissingInputError
from telcli.io import model_file
from telcli.methods.churn_model import ChurnModel
from telcli.methods.uplift_learners import LineEffect, OddsEffect
from telcli.methods.uplift_learning import UpliftModel
from telcli.methods.uplift_trees import TreeEffect


def trained(rows: int = 3000) -> tuple[ChurnModel, np.ndarray]:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(rows, 4)).astype(np.float32)
    X[:, 0] = rng.integers(0, 4, rows)
    X[rng.random(X.shape) < 0.1] = np.nan
    y = rng.random(rows) < np.where(np.nan_to_num(X[:, 1]) > 0, 0.5, 0.1)
    return ChurnModel(categorical=(0,)).fit(X, y), X


def test_a_model_comes_back_whole_with_its_description(tmp_path: Path) -> None:
    model, X = trained()
    paths = model_file.write(tmp_path / "churn", model, {"label": "流失", "features": [1, 2]})
    assert [path.name for path in paths] == ["churn.skops", "churn.json"]
    for name in ("churn", "churn.skops", "churn.json"):
        again, description = model_file.read(tmp_path / name)
        assert np.array_equal(again.predict_proba(X), model.predict_proba(X))
        assert description["label"] == "流失"


@pytest.mark.slow
def test_the_same_model_makes_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    model_file.write(tmp_path / "one", trained()[0], {})
    code = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[1]); sys.path.insert(0, sys.argv[2])\n"
        "from test_model_file import trained; from telcli.io import model_file\n"
        "model_file.write(pathlib.Path(sys.argv[3]), trained()[0], {})"
    )
    root = Path(__file__).parents[2]
    arguments = [sys.executable, "-c", code, str(Path(__file__).parent), str(root), str(tmp_path / "two")]
    subprocess.run(arguments, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    for ending in (".skops", ".json"):
        assert (tmp_path / f"one{ending}").read_bytes() == (tmp_path / f"two{ending}").read_bytes()


def test_a_changed_archive_is_refused(tmp_path: Path) -> None:
    model, _ = trained(100)
    path, _ = model_file.write(tmp_path / "churn", model, {})
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(DataError) as caught:
        model_file.read(path)
    assert caught.value.code == "model-changed"


def test_a_changed_side_car_is_refused_and_one_only_laid_out_anew_is_not(tmp_path: Path) -> None:
    told = {"features": [{"name": "plan", "levels": ["A", "B", "丙"]}], "stayer": [0.1, None]}
    _, side = model_file.write(tmp_path / "churn", trained(100)[0], told)
    body = json.loads(side.read_text(encoding="utf-8"))
    side.write_text(json.dumps(body, indent=4), encoding="utf-8")
    assert model_file.read(side)[1]["features"] == told["features"]
    for changed in (
        {**body, "features": [{"name": "plan", "levels": ["丙", "B", "A"]}]},
        {**body, "stayer": [0.1, 0.0]},
        {**body, "more": 1},
        {name: value for name, value in body.items() if name != "seal"},
    ):
        side.write_text(json.dumps(changed), encoding="utf-8")
        with pytest.raises(DataError) as caught:
            model_file.read(side)
        assert caught.value.code == "model-changed"


def test_the_side_car_of_another_model_is_refused(tmp_path: Path) -> None:
    for name, rows in (("one", 100), ("two", 120)):
        model_file.write(tmp_path / name, trained(rows)[0], {})
    (tmp_path / "one.json").write_bytes((tmp_path / "two.json").read_bytes())
    with pytest.raises(DataError) as caught:
        model_file.read(tmp_path / "one")
    assert caught.value.code == "model-changed"


def test_a_side_car_without_a_seal_of_an_earlier_version_says_to_train_again(tmp_path: Path) -> None:
    model_file.write(tmp_path / "churn", trained(100)[0], {})
    (tmp_path / "churn.json").write_text('{"format": 1, "sha256": "0"}')
    with pytest.raises(DataError) as caught:
        model_file.read(tmp_path / "churn")
    assert caught.value.code == "model-earlier"
    assert "telcli predict-churn" in (caught.value.hint or "")


@pytest.mark.parametrize("missing", [".skops", ".json"])
def test_a_missing_half_is_named(tmp_path: Path, missing: str) -> None:
    model_file.write(tmp_path / "churn", trained(100)[0], {})
    (tmp_path / f"churn{missing}").unlink()
    with pytest.raises(MissingInputError) as caught:
        model_file.read(tmp_path / "churn")
    assert caught.value.values["file"] == f"churn{missing}"


@pytest.mark.parametrize("body", ["{", "[]", '{"format": 99}'])
def test_a_side_car_of_another_kind_is_refused(tmp_path: Path, body: str) -> None:
    model_file.write(tmp_path / "churn", trained(100)[0], {})
    (tmp_path / "churn.json").write_text(body)
    with pytest.raises(DataError) as caught:
        model_file.read(tmp_path / "churn")
    assert caught.value.code == "model-side-car"


class Foreign:
    """A type telcli does not write."""

    def __init__(self) -> None:
        self.value = 1


@pytest.mark.parametrize("thing", [Foreign(), functools.partial(os.system, "true"), {"call": os.system}])
def test_foreign_types_and_functions_are_refused_by_name(tmp_path: Path, thing: object) -> None:
    with pytest.raises(DataError) as caught:
        model_file.write(tmp_path / "churn", thing, {})
    assert caught.value.code == "model-untrusted"
    with pytest.raises(DataError) as caught:
        model_file.read(tmp_path / "churn")
    assert caught.value.code == "model-untrusted"


def test_a_file_that_is_no_archive_is_refused_even_with_its_own_hash(tmp_path: Path) -> None:
    import hashlib

    body = b"\x80\x04not an archive"
    (tmp_path / "churn.skops").write_bytes(body)
    side = {"format": 2, "sha256": hashlib.sha256(body).hexdigest()}
    side["seal"] = hashlib.sha256(json.dumps(side, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    (tmp_path / "churn.json").write_text(json.dumps(side))
    with pytest.raises(DataError) as caught:
        model_file.read(tmp_path / "churn")
    assert caught.value.code == "model-unreadable"


def test_every_trusted_name_is_needed() -> None:
    models = [trained(rows)[0] for rows in (150, 3000)]
    assert [model.kind_ for model in models] == ["logistic", "blend"]
    rng = np.random.default_rng(2)
    X, treated, stayed = rng.normal(size=(200, 2)), rng.random(200) < 0.5, rng.random(200) < 0.7
    uplift = UpliftModel().fit(X, treated, stayed, ["a"] * 200, propensity=0.5)
    line = np.zeros(3)
    tree = TreeEffect().fit(X, stayed.astype(float), np.ones(200))
    uplift.learned_ = [LineEffect(line), OddsEffect(line, line), tree]  # whichever of them a trial calls for
    made = [*models, uplift]
    needed = {name for model in made for name in skops.io.get_untrusted_types(data=skops.io.dumps(model))}
    assert needed == set(model_file.TRUSTED)
