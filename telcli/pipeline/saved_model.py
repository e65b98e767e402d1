"""The saved model that a stage scores with, where its settings name one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.pipeline.provenance import Manifest, file_sha256
from telcli.pipeline.workdir import Workdir
from telcli.stages import SavedModel

if TYPE_CHECKING:
    from telcli.pipeline.stage import Stage

__all__ = ["borrowed", "borrowed_prints", "fingerprint", "latest", "opened"]

_ENDINGS = (".skops", ".json")


def opened(settings: Any) -> SavedModel | None:
    """Read the model that the settings name; None where they name none.

    Raises
    ------
    MissingInputError
        There is no such file.
    DataError
        It was changed, is foreign, or is not described.
    """
    named = _named(settings)
    if named is None:
        return None
    from telcli.io import model_file

    estimator, description = model_file.read(named)
    return SavedModel(estimator, description, "/".join(named.resolve().with_suffix("").parts[-2:]))


def fingerprint(settings: Any) -> dict[str, str]:
    """Hash of the model's files, which results depend on; a file that is not there has none."""
    named = _named(settings)
    files = [named.with_suffix(ending) for ending in _ENDINGS] if named else []
    return {"saved model": " ".join(file_sha256(file) if file.is_file() else "" for file in files)} if files else {}


def latest(stage: Stage, workdir: Workdir, manifest: Manifest, as_of: date | None) -> str:
    """The path of the stage's latest saved model of a month before, as it may be named to be scored with; or nothing.

    One that only scored then is the model that it scored with, so it is as good.
    """
    if as_of is None:
        return ""
    path = _latest(manifest, stage.name, as_of)
    return str(workdir.path / path) if path else ""


def borrowed(stage: Stage, workdir: Workdir, manifest: Manifest, as_of: date | None) -> dict[str, SavedModel]:
    """The latest models of other stages that this one goes by, up to its month.

    Raises
    ------
    DataError
        One was changed since it was saved.
    """
    lent = _lent(stage, manifest, as_of)
    if not lent:
        return {}
    from telcli.io import model_file

    found = {}
    for name, path in lent.items():
        files = [f"{path.removesuffix(_ENDINGS[0])}{ending}" for ending in _ENDINGS]
        workdir.checked(manifest, [manifest.files[file] for file in files if file in manifest.files])
        estimator, description = model_file.read(workdir.path / path)
        found[name] = SavedModel(estimator, description, "/".join((workdir.path / path).with_suffix("").parts[-2:]))
    return found


def borrowed_prints(stage: Stage, manifest: Manifest, as_of: date | None) -> dict[str, str]:
    """Hashes of the models that are borrowed, which results depend on."""
    return {f"model {name}": manifest.files[path].sha256 for name, path in _lent(stage, manifest, as_of).items()}


def _lent(stage: Stage, manifest: Manifest, as_of: date | None) -> dict[str, str]:
    if as_of is None:
        return {}
    found = {name: _latest(manifest, lender, as_of, f"/{name}", own=True) for lender, name in stage.borrows}
    return {name: path for name, path in found.items() if path}


def _latest(manifest: Manifest, stage: str, as_of: date, name: str = "", *, own: bool = False) -> str:
    """The path of a stage's latest model before a month, or with `own` up to it; nothing where there is none."""
    records, last = manifest.stages.get(stage, {}), as_of.isoformat()
    for month in sorted((month for month in records if month < last or (own and month == last)), reverse=True):
        for path in records[month].files:
            if path.endswith(f"{name}.skops") and path in manifest.files:
                return path
    return ""


def _named(settings: Any) -> Path | None:
    """The model's path with the ending of its archive, whichever of its files, or their folder, was named."""
    named = getattr(settings, "model", "")
    if not named:
        return None
    place = Path(named).expanduser()
    place = place / "churn" if place.is_dir() else place
    base = place.with_suffix("") if place.suffix in _ENDINGS else place
    return base.with_name(base.name + ".skops")
