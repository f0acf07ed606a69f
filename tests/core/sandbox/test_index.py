"""The sorted index agrees with sorting everything, whatever happened to the items."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from core.sandbox.index import BULK, TimeIndex, Window

STATUSES = ("NEW", "SENT")


@dataclass
class Item:
    """The least that can be indexed."""

    id: str
    status: str
    create_time: int
    update_time: int


ITEMS = st.builds(
    Item, st.sampled_from("abcdefgh"), st.sampled_from(STATUSES), st.integers(0, 9), st.integers(0, 9)
)
CHANGES = st.lists(st.tuples(st.booleans(), st.booleans(), ITEMS), max_size=25)


def plainly(items: dict[str, Item], window: Window, *, descending: bool) -> list[str]:
    """The ids of a window by filtering and sorting everything."""
    keys = sorted(
        (getattr(item, window.field), item.id)
        for item in items.values()
        if window.status in {None, item.status} and window.start <= getattr(item, window.field) < window.end
    )
    return [item_id for _, item_id in (reversed(keys) if descending else keys)]


@given(
    changes=CHANGES,
    field=st.sampled_from(["create_time", "update_time"]),
    status=st.sampled_from([None, *STATUSES]),
    start=st.integers(0, 9),
    end=st.integers(0, 10),
    descending=st.booleans(),
)
def test_after_any_changes_every_window_is_as_if_sorted_anew(
    changes: list[tuple[bool, bool, Item]],
    field: str,
    status: str | None,
    start: int,
    end: int,
    descending: bool,
) -> None:
    items: dict[str, Item] = {}
    index = TimeIndex(items)
    for gone, told, item in changes:
        if gone:
            items.pop(item.id, None)
        else:
            items[item.id] = item
        if told:
            index.touch(item.id)
        else:
            index.refresh()
    window = Window(status, field, start, end)
    expected = plainly(items, window, descending=descending)
    walked = list(index.walk(window, descending=descending))
    assert [item.id for _, item in walked] == expected
    assert index.count(window) == len(expected)
    for place, (key, _) in enumerate(walked):
        rest = [item.id for _, item in index.walk(window, after=key, descending=descending)]
        assert rest == expected[place + 1 :]


def test_many_changes_at_once_are_placed_too() -> None:
    items = {str(n): Item(str(n), "NEW", n, n) for n in range(2 * BULK)}
    index = TimeIndex(items)
    for item in items.values():
        item.update_time = -item.update_time
    index.refresh()
    first = next(iter(index.walk(Window(None, "update_time", start=-(10**6)))))
    assert first[1].id == str(2 * BULK - 1)
