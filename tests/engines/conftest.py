"""What the contract tests share."""

from collections.abc import Iterator

import pytest

from hearing import samples_of
from lending import ENGINES, Lender
from recordings import BECKETT, TWO_CITIES
from tiny_kokoro import write_kokoro
from tiny_nllb import write_nllb
from tiny_whisper import write_whisper
from voxhall.engines.host import Host
from voxhall.engines.protocols import Samples
from voxhall.engines.registry import Registry


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Two processes, and a model for those engines that bring none."""
    models = tmp_path_factory.mktemp("models")
    write_whisper(models / "whisper-tiny")
    write_kokoro(models / "kokoro-v1.0")
    write_nllb(models / "nllb-200-distilled-600m")
    with Host(Registry(models, engines=ENGINES), processes=2) as host:
        yield host


@pytest.fixture
def lender(request: pytest.FixtureRequest, host: Host) -> Lender:
    """Lend an engine, or skip it by name where it cannot be used."""
    if reason := host._registry.missing(request.param):
        pytest.skip(f"{request.param.name}: {reason}")
    return Lender(host, request.param)


@pytest.fixture(scope="session")
def readings() -> tuple[Samples, Samples]:
    """Speech of two men, 16 kHz."""
    return samples_of(TWO_CITIES, 0.0, 20.0), samples_of(BECKETT)
