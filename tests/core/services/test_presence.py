"""Who else is here: programs show up, stay while they beat, and are forgotten when they die."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.services.presence import BEAT_SECONDS, Presence, who_is_here
from core.store import Store
from storage.tinydb import TinyStore
from tests.clocks import FrozenClock


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Store]:
    opened = await TinyStore.open(tmp_path / "store", clock=clock)
    yield opened
    await opened.close()


async def test_two_people_see_each_other_and_not_themselves(store: Store, clock: FrozenClock) -> None:
    ann = Presence(store, clock, owner="desk:1", user="ann", role="screens")
    clock.advance(timedelta(minutes=5))
    ben = Presence(store, clock, owner="server:22", user="ben", role="worker")
    assert await ann.beat() == []
    (seen,) = await ben.beat()
    assert (seen.user, seen.role, seen.host) == ("ann", "screens", "desk")
    assert [one.user for one in await who_is_here(store, clock.now())] == ["ann", "ben"]
    assert [one.user for one in await who_is_here(store, clock.now(), but="desk:1")] == ["ben"]
    await ann.leave()
    assert await ben.beat() == []


async def test_one_that_beats_stays_and_one_that_died_is_forgotten(store: Store, clock: FrozenClock) -> None:
    ann = Presence(store, clock, owner="desk:1", user="ann", role="screens")
    dead = Presence(store, clock, owner="desk:2", user="dead", role="screens")
    await dead.beat()
    for _ in range(4):
        await ann.beat()
        clock.advance(timedelta(seconds=BEAT_SECONDS))
    assert [one.user for one in await who_is_here(store, clock.now())] == ["ann"]
    assert await store.count("presence") == 1


async def test_a_clock_that_jumps_back_does_not_keep_the_dead_here(store: Store, clock: FrozenClock) -> None:
    await Presence(store, clock, owner="desk:2", user="dead", role="screens").beat()
    clock.advance(timedelta(days=-2))
    assert await who_is_here(store, clock.now()) == []
