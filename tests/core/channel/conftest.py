"""Nobody waits in these tests."""

from collections.abc import Iterator

import pytest

from tests.core.channel.support import without_waiting


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with without_waiting():
        yield
