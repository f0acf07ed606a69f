"""What holds for every test: the same examples every time, and no verdict by the speed of the machine."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first, the longest before all: they wait for timers, and the rest fills that time."""
    items.sort(key=lambda item: ("worst_day" not in item.name, "/journeys/" not in f"/{item.nodeid}"))


@pytest.fixture(autouse=True)
def logs_as_they_come() -> Iterator[None]:
    """A command that ran inside the test must not leave its logs to the next one."""
    yield
    structlog.reset_defaults()
