"""Files of models that come inside Python packages, each known by its hash."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from voxhall.errors import EngineUnavailable


def bundled(package: str, place: str, sha256: str, *, of: str, remedy: str) -> Path:
    """Find a file at `place` in an installed package, without importing that.

    Raises EngineUnavailable where it is missing or altered: what it is `of`, and the command that is the remedy.
    """
    spec = find_spec(package)
    folders = (spec.submodule_search_locations or []) if spec else []
    path = next((path for folder in folders if (path := Path(folder) / place).exists()), None)
    if path is None or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise EngineUnavailable(f"{Path(place).name} of {of} is missing or altered: {remedy}")
    return path
