"""When each sync runs next (A52)."""

from datetime import timedelta

import pytest

from core.models.integration import SyncKind, SyncState
from core.settings import Settings
from core.sync import timers
from tests.core.sync.support import NOON

SETTINGS = Settings(tiktok_app_key="unused")


def state(kind: SyncKind = SyncKind.ORDERS, failures: int = 0) -> SyncState:
    return SyncState(integration_id="one", kind=kind, failures=failures)


@pytest.mark.parametrize(
    ("kind", "every"),
    [
        (SyncKind.ORDERS, timedelta(minutes=2)),
        (SyncKind.STOCK, timedelta(minutes=1)),
        (SyncKind.PRICE, timedelta(minutes=1)),
        (SyncKind.VERIFY, timedelta(minutes=15)),
    ],
)
def test_A52_the_default_intervals(kind: SyncKind, every: timedelta) -> None:
    done = timers.finished(state(kind), NOON, NOON + timedelta(seconds=5), SETTINGS, {"new": 1, "pages": 0})
    assert done.next_run_at == NOON + every, "counted from the start, so that timers do not drift"
    assert done.last_finished_at == NOON + timedelta(seconds=5)
    assert done.counts == {"new": 1}


def test_a_sync_longer_than_its_interval_is_due_again_at_once() -> None:
    end = NOON + timedelta(minutes=9)
    assert timers.finished(state(), NOON, end, SETTINGS, {}).next_run_at == end


def test_a_timer_that_never_ran_is_due_and_after_downtime_so_is_every_overdue_one() -> None:
    assert timers.is_due(state(), NOON)
    done = timers.finished(state(), NOON, NOON, SETTINGS, {})
    assert not timers.is_due(done, NOON + timedelta(seconds=119))
    assert timers.is_due(done, NOON + timedelta(seconds=120))
    assert timers.is_due(done, NOON + timedelta(days=30))


def test_failures_double_the_pause_up_to_a_quarter_of_an_hour() -> None:
    pauses: list[float] = []
    now = state(SyncKind.STOCK)
    for _ in range(8):
        now = timers.failed(now, NOON, NOON, SETTINGS, "HTTP 500")
        assert now.next_run_at is not None
        pauses.append((now.next_run_at - NOON).total_seconds())
    assert pauses == [60, 120, 240, 480, 900, 900, 900, 900]
    assert (now.failures, now.last_error, now.last_finished_at) == (8, "HTTP 500", None)


def test_a_short_interval_is_retried_soon() -> None:
    quick = Settings(stock_seconds=5)
    now = timers.failed(state(SyncKind.STOCK), NOON, NOON, quick, "HTTP 500")
    assert now.next_run_at == NOON + timedelta(seconds=5)


@pytest.mark.parametrize(("asked", "pause"), [(3600.0, 3600), (10.0, 60)])
def test_the_shop_is_never_asked_before_it_wants_to_be(asked: float, pause: int) -> None:
    now = timers.failed(state(), NOON, NOON, SETTINGS, "HTTP 429", asked)
    assert now.next_run_at == NOON + timedelta(seconds=pause)


def test_one_good_sync_forgets_the_failures() -> None:
    now = timers.finished(state(failures=6), NOON, NOON, SETTINGS, {})
    assert (now.failures, now.last_error) == (0, None)


def test_the_catalogue_is_downloaded_once_and_then_only_when_asked_for() -> None:
    done = timers.finished(state(SyncKind.CATALOGUE), NOON, NOON, SETTINGS, {})
    assert not timers.is_due(done, NOON + timedelta(days=3650))
