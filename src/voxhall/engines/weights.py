"""Models that widen the defaults: fetched from their hub into one folder each, and removed again."""

import errno
import shutil
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from voxhall.engines.registry import Engine, Weights
from voxhall.errors import EngineUnavailable, NotFound, StorageFull


def find(name: str, engines: Iterable[Engine]) -> Weights:
    """Give the model called `name` of any of the engines; raises NotFound, naming those there are."""
    known = {weights.name: weights for engine in engines for weights in engine.weights}
    if name not in known:
        raise NotFound(f"there is no model {name!r}; there are: {', '.join(known)}")
    return known[name]


def folder(name: str, models: Path) -> Path:
    """Give where a model of that name is kept."""
    return models / name


def present(weights: Weights, models: Path) -> bool:
    """Tell whether a model is here; it appears only once it is complete."""
    return folder(weights.name, models).is_dir()


def chosen(name: str, models: Path, known: Sequence[Weights]) -> Path | None:
    """Give the folder of the model `name`, under `auto` of the first of those known, if it is here."""
    names = [weights.name for weights in known] if name == "auto" else [name]
    return next((here for each in names if (here := folder(each, models)).is_dir()), None)


def missing(name: str, models: Path, known: Sequence[Weights], suggested: str) -> str | None:
    """Say which command fetches what would be chosen; None when it is here."""
    if chosen(name, models, known):
        return None
    if name in {"auto", *(weights.name for weights in known)}:
        wanted = suggested if name == "auto" else name
        return f"no model of it is here; fetch one with `voxhall models pull {wanted}`"
    return f"there is no model {name!r} in {models}"


def remove(weights: Weights, models: Path) -> None:
    """Remove a model and what was left of fetching it; raises NotFound when it is not here."""
    here, partial = folder(weights.name, models), _partial(weights, models)
    if not here.is_dir() and not partial.is_dir():
        raise NotFound(f"the model {weights.name!r} is not here")
    for place in (here, partial):
        shutil.rmtree(place, ignore_errors=True)


def pull(weights: Weights, models: Path, *, endpoint: str | None = None) -> Path:
    """Fetch a model and give its folder; going on where an earlier attempt stopped, doing nothing when it is here.

    `endpoint` is the hub's address, by default that of Hugging Face or what `HF_ENDPOINT` says.
    Raises EngineUnavailable when the hub cannot be reached or does not give it, StorageFull.
    """
    here, partial = folder(weights.name, models), _partial(weights, models)
    if here.is_dir():
        return here
    partial.mkdir(parents=True, exist_ok=True)
    try:
        _download(weights, partial, endpoint)
    except Exception as error:  # the hub's client raises the errors of its HTTP library, whichever that is
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise StorageFull(f"the disk is full; {weights.name} needs {weights.megabytes} MB") from error
        raise EngineUnavailable(_advice(weights, here, error)) from error
    shutil.rmtree(partial / ".cache", ignore_errors=True)
    return partial.rename(here)


def _partial(weights: Weights, models: Path) -> Path:
    return models / f".{weights.name}.partial"


def _advice(weights: Weights, here: Path, error: Exception) -> str:
    return (
        f"{weights.name} could not be fetched ({type(error).__name__}): either this machine cannot reach the hub or "
        f"{weights.repository} is not there. Without a network, copy its files into {here}"
    )


def _download(weights: Weights, place: Path, endpoint: str | None) -> None:
    """Fetch file by file: `snapshot_download` takes a folder that is half full for a whole one when it is offline."""
    from huggingface_hub import HfApi, hf_hub_download  # noqa: PLC0415 - slow to import, and only needed here

    found = HfApi(endpoint=endpoint).model_info(weights.repository)
    names = [file.rfilename for file in found.siblings or () if _wanted(weights, file.rfilename)]
    if not names:
        raise FileNotFoundError(f"{weights.repository} has none of the files")
    for name in names:
        hf_hub_download(weights.repository, name, local_dir=place, revision=found.sha, endpoint=endpoint)


def _wanted(weights: Weights, name: str) -> bool:
    return not weights.files or any(fnmatchcase(name, pattern) for pattern in weights.files)
