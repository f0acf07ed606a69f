"""A sandbox for every file of journeys."""

from collections.abc import Iterator

import pytest

from tests.journeys.world import SandboxProcess, mappable


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    running = SandboxProcess()
    yield running
    running.stop()


@pytest.fixture
def mapping(sandbox: SandboxProcess) -> dict[str, str]:
    return mappable(sandbox.state(), but_every=5)
