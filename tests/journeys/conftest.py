"""A sandbox for every file of journeys."""

from collections.abc import Iterator

import pytest

from tests.journeys.world import SandboxProcess


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    running = SandboxProcess()
    yield running
    running.stop()
