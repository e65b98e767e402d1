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

__all__ = ["fingerprint", "latest", "opened"]

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
    records = manifest.stages.get(stage.name, {})
    for month in sorted((month for month in records if month < as_of.isoformat()), reverse=True):
        for path in records[month].files:
            if path.endswith(".skops") and path in manifest.files:
                return str(workdir.path / path)
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
