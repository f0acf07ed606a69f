"""The archive: old finished orders leave the store, nothing open does, and everything can still be found."""

import gzip
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core import tables
from core.models.job import Activity
from core.models.order import Address, ChannelOrder, Order, OrderKind, OrderState
from core.services.archive import ArchiveService
from core.services.errors import NotAllowedNow, ServiceError
from core.store import Store
from core.sync.archive import LEASE, Ages, Archive, Moved
from core.sync.archive_files import Archived, ArchiveFiles
from core.sync.problems import note_problem
from storage.tinydb import TinyStore
from tests.clocks import NOON, FrozenClock

LONG_AGO = NOON - timedelta(days=200)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Store]:
    opened = await TinyStore.open(tmp_path / "store", clock=clock)
    yield opened
    await opened.close()


@pytest.fixture
def files(store: Store, clock: FrozenClock, tmp_path: Path) -> Archive:
    return Archive(store, clock, tmp_path / "store" / "archive")


@pytest.fixture
def kept(store: Store, files: Archive) -> ArchiveService:
    return ArchiveService(store, files, owner="test:1")


def order(
    number: str,
    *,
    state: OrderState = OrderState.TRACKING_RETURNED,
    status: str = "COMPLETED",
    updated: datetime = LONG_AGO,
    follow_until: datetime | None = None,
) -> Order:
    source = ChannelOrder(
        id=number,
        status=status,
        created_at=LONG_AGO,
        updated_at=updated,
        address=Address(name="Zoë Müller", city="Leeds"),
    )
    return Order(
        integration_id="i1",
        source=source,
        kind=OrderKind.AVASAM,
        state=state,
        downloaded_at=LONG_AGO,
        follow_until=follow_until,
    )


async def put(store: Store, *orders: Order) -> None:
    async with store.transaction() as tx:
        for one in orders:
            await tx.put(tables.ORDERS, tables.key("i1", one.source.id), one.to_document())


async def ids(store: Store) -> list[str]:
    return [key.removeprefix("i1/") async for key, _ in store.scan(tables.ORDERS)]


async def test_old_finished_orders_move_and_are_found_again(
    store: Store, kept: ArchiveService, files: Archive
) -> None:
    old = order("100")
    await put(store, old, order("101", updated=NOON - timedelta(days=179)))
    assert await kept.run(Ages(180, 30)) == Moved(orders=1, activity=0)
    assert await ids(store) == ["101"]
    (path,) = files.files()
    assert path.name == f"orders-{LONG_AGO:%Y-%m}.jsonl.gz"
    assert path.stat().st_mode & 0o777 == 0o600
    for words in ("100", "müller LEEDS", ""):
        (found,) = await kept.search(words)
        assert Order.from_document(found.document) == old
    assert await kept.search("müller london") == []


@pytest.mark.parametrize(
    "open_order",
    [
        order("1", state=OrderState.SENT),
        order("1", state=OrderState.HELD, status="AWAITING_SHIPMENT"),
        order("1", state=OrderState.FLAGGED),
        order("1", state=OrderState.CLOSED, status="AWAITING_SHIPMENT"),
        order("1", state=OrderState.TRACKING_RETURNED, status="IN_TRANSIT"),
        order("1", follow_until=NOON + timedelta(days=1)),
    ],
)
async def test_what_is_not_over_on_both_sides_stays(
    store: Store, kept: ArchiveService, open_order: Order
) -> None:
    await put(store, open_order)
    assert await kept.run(Ages(1, 30)) == Moved(0, 0)
    assert await ids(store) == ["1"]


async def test_an_order_with_an_open_problem_and_all_problems_stay(
    store: Store, kept: ArchiveService, clock: FrozenClock
) -> None:
    await put(store, order("577"), order("578"))
    async with store.transaction() as tx:
        await note_problem(tx, clock, "i1", "order.577", what="w", why="y", cure="c")
    assert (await kept.run(Ages(1, 30))).orders == 1
    assert await ids(store) == ["577"]
    assert await store.count(tables.PROBLEMS) == 1


async def test_activity_leaves_when_it_is_older_than_its_days(store: Store, kept: ArchiveService) -> None:
    for number, days in enumerate((31, 40, 29)):
        at = NOON - timedelta(days=days)
        done = Activity(
            id=str(number), integration_id="i1", kind="orders", started_at=at, finished_at=at, ok=True
        )
        async with store.transaction() as tx:
            await tx.put(tables.ACTIVITY, f"i1/{number}", done.to_document())
    assert await kept.run(Ages(180, 30)) == Moved(0, 2)
    assert await kept.run(Ages(180, 30)) == Moved(0, 0)
    assert [key async for key, _ in store.scan(tables.ACTIVITY)] == ["i1/2"]
    assert {found.key for found in await kept.search()} == {"i1/0", "i1/1"}
    assert len(await kept.search(limit=1)) == 1


async def test_a_run_that_died_between_file_and_store_is_finished_by_the_next(
    store: Store, kept: ArchiveService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(store, order("100"))

    async def die(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "_drop", die)
        with pytest.raises(KeyboardInterrupt):
            await kept.run(Ages(180, 30))
    assert await ids(store) == ["100"]
    assert (await kept.run(Ages(180, 30))).orders == 1
    assert len(await kept.search()) == 1
    assert await ids(store) == []


async def test_an_order_that_changes_while_it_is_archived_stays_and_is_found_as_it_ended(
    store: Store, kept: ArchiveService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(store, order("100"), order("101"))
    add = ArchiveFiles.add

    def change_meanwhile(self: ArchiveFiles, rows: list[Archived]) -> None:
        for row in rows:
            if row.key == "i1/100":
                row.document["note"] = "as it was"
        add(self, rows)

    with monkeypatch.context() as patch:
        patch.setattr(ArchiveFiles, "add", change_meanwhile)
        assert (await kept.run(Ages(180, 30))).orders == 1
    assert await ids(store) == ["100"]
    assert (await kept.run(Ages(180, 30))).orders == 1
    (found,) = await kept.search("i1/100")
    assert Order.from_document(found.document) == order("100")
    assert await kept.search("as it was") == []


async def test_a_program_that_was_stopped_in_the_middle_keeps_others_from_the_files(
    store: Store, kept: ArchiveService, tmp_path: Path
) -> None:
    await put(store, order("100"))
    slow = ArchiveFiles(tmp_path / "store" / "archive")
    with slow._writing(), pytest.raises(NotAllowedNow, match="archiving"):
        await kept.run(Ages(180, 30))
    assert await ids(store) == ["100"]
    assert (await kept.run(Ages(180, 30))).orders == 1


async def test_two_programs_do_not_archive_at_once(store: Store, kept: ArchiveService) -> None:
    assert await store.lease(LEASE, owner="other:2", ttl=timedelta(minutes=1)) is not None
    with pytest.raises(NotAllowedNow, match="archiving"):
        await kept.run(Ages(180, 30))


async def test_a_damaged_month_is_named_and_not_overwritten(
    store: Store, kept: ArchiveService, files: Archive
) -> None:
    await put(store, order("100"))
    await kept.run(Ages(180, 30))
    (path,) = files.files()
    damaged = path.read_bytes()[:-12]
    path.write_bytes(damaged)
    await put(store, order("102"))
    with pytest.raises(ServiceError, match=path.name):
        await kept.search("x")
    with pytest.raises(ServiceError, match=path.name):
        await kept.run(Ages(180, 30))
    assert path.read_bytes() == damaged
    assert await ids(store) == ["102"]
    path.write_bytes(gzip.compress(b""))
    assert (await kept.run(Ages(180, 30))).orders == 1
