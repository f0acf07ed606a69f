"""The pace follows what the shop allows, on a clock that only moves when somebody sleeps."""

import asyncio
import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.channel.pace import SLOWEST, Pace


class FakeTime:
    """Monotonic seconds that pass only in `sleep`."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)
        self.now = math.nextafter(self.now + seconds, math.inf)


def _pace(ceiling: float, fake: FakeTime) -> Pace:
    return Pace(ceiling, monotonic=fake.monotonic, sleep=fake.sleep)


async def test_the_first_call_goes_at_once_and_the_next_ones_are_spaced_evenly() -> None:
    fake = FakeTime()
    pace = _pace(4, fake)
    times = []
    for _ in range(5):
        await pace.turn()
        times.append(fake.now)
    assert times[0] == 1000.0
    assert [later - sooner for sooner, later in itertools.pairwise(times)] == pytest.approx([0.25] * 4)


async def test_after_a_pause_there_is_no_burst() -> None:
    fake = FakeTime()
    pace = _pace(2, fake)
    await pace.turn()
    fake.now += 60
    await pace.turn()
    before = fake.now
    await pace.turn()
    assert fake.now - before == pytest.approx(0.5)


def test_a_refusal_halves_the_rate_and_answers_creep_back_to_the_ceiling() -> None:
    pace = _pace(8, FakeTime())
    pace.refused()
    assert pace.rate == 4
    pace.refused()
    assert pace.rate == 2
    rates = [pace.rate]
    while pace.rate < 8:
        pace.answered()
        rates.append(pace.rate)
    assert rates == sorted(rates)
    assert 20 < len(rates) < 400


async def test_retry_after_holds_back_those_who_already_wait() -> None:
    fake = FakeTime()
    pace = _pace(2, fake)
    await pace.turn()
    waiting = asyncio.create_task(pace.turn())
    await asyncio.sleep(0)
    pace.refused(retry_after=30)
    await waiting
    assert fake.now >= 1030
    assert fake.now < 1031


async def test_after_a_block_the_waiting_calls_do_not_burst() -> None:
    fake = FakeTime()
    pace = _pace(4, fake)
    pace.refused(retry_after=10)
    times: list[float] = []

    async def call() -> None:
        await pace.turn()
        times.append(fake.now)

    await asyncio.gather(*(call() for _ in range(5)))
    assert times[0] >= 1010
    assert all(later - sooner >= 0.49 for sooner, later in itertools.pairwise(times))


async def test_those_who_wait_are_served_in_the_order_they_came() -> None:
    fake = FakeTime()
    pace = _pace(5, fake)
    served: list[int] = []

    async def call(number: int) -> None:
        await pace.turn()
        served.append(number)

    await asyncio.gather(*(call(number) for number in range(20)))
    assert served == list(range(20))


async def test_a_call_that_is_given_up_leaves_no_hole() -> None:
    fake = FakeTime()
    pace = _pace(1, fake)
    await pace.turn()
    waiting = [asyncio.create_task(pace.turn()) for _ in range(10)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    before = fake.now
    await pace.turn()
    assert fake.now - before <= 1.01


def test_a_block_is_told_in_seconds_and_ends() -> None:
    fake = FakeTime()
    pace = _pace(1, fake)
    assert pace.blocked_for == 0
    pace.refused(retry_after=3600)
    pace.refused(retry_after=5)
    assert pace.blocked_for == 3600
    fake.now += 4000
    assert pace.blocked_for == 0


@settings(deadline=None)
@given(
    ceiling=st.floats(min_value=0.01, max_value=1000),
    what=st.lists(st.one_of(st.none(), st.floats(min_value=0, max_value=1e4), st.just("answered"))),
)
def test_the_rate_stays_between_the_slowest_and_the_ceiling(ceiling: float, what: list[object]) -> None:
    pace = _pace(ceiling, FakeTime())
    for event in what:
        if event == "answered":
            pace.answered()
        else:
            pace.refused(event if isinstance(event, float) else None)
        assert min(SLOWEST, ceiling) <= pace.rate <= ceiling


@settings(deadline=None)
@given(
    gaps=st.lists(st.floats(min_value=0, max_value=5), min_size=1, max_size=30),
    refusals=st.sets(st.integers(0, 29)),
)
def test_no_window_of_time_holds_more_calls_than_the_ceiling_allows(
    gaps: list[float], refusals: set[int]
) -> None:
    fake = FakeTime()
    pace = _pace(3, fake)
    times: list[float] = []

    async def calls() -> None:
        for number, gap in enumerate(gaps):
            fake.now += gap
            await pace.turn()
            times.append(fake.now)
            if number in refusals:
                pace.refused()
            else:
                pace.answered()

    asyncio.run(calls())
    assert all(later - sooner >= 1 / 3 - 1e-6 for sooner, later in itertools.pairwise(times))


@pytest.mark.parametrize("ceiling", [0, -1, math.inf, math.nan])
def test_a_ceiling_must_be_a_number_of_calls(ceiling: float) -> None:
    with pytest.raises(ValueError, match="ceiling"):
        Pace(ceiling)
